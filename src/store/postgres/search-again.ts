// Indexes contacts again that a program with older rules has indexed: the daemon with the house duty does so, a few at a time beside
// everything else.
import type { Duty } from '../../service/cluster.ts';
import type { Report } from '../../service/report.ts';
import { codeOf, type Sql } from './connect.ts';
import { oneConnection } from './one-connection.ts';
import { contactIndex, INDEX_RULES } from './search-payload.ts';
import { joined, valueIn } from './wire.ts';

/** Contacts between two breaths of those who write. */
const PART = 200;

const IS_OLD = 'select exists (select from rollcall.contact_search where rules < $1::smallint) as old';

/** Who writes takes the counter first, and so does this, or each could wait for the other. A daemon that stands still keeps it not for long. */
const BEGIN = `
begin;
set local idle_in_transaction_session_timeout = 5000;
select from rollcall.state for update`;

const OLD = `
select c.id, c.scope, c.value from rollcall.contacts c
where c.id in (
  select s.id from rollcall.contact_search s where s.id > $1::text and s.rules < $2::smallint order by s.id limit ${PART}
) order by c.id`;

const INDEX = `
select rollcall.index_contacts_1(
  string_to_array($1, e'\\x01'), string_to_array($2, e'\\x01'), string_to_array($3, e'\\x01'))`;

interface Parts {
  readonly url: string;
  readonly duty: Duty;
  readonly report: Report;
}

/** Looks whenever the duty comes here. Returns what stops it, and resolves when nothing goes on any more. */
export function keepIndexed({ url, duty, report }: Parts): () => Promise<void> {
  let [running, isStopped] = [Promise.resolve(), false];
  let sql: Sql | undefined;
  const look = async (): Promise<void> => {
    sql = oneConnection(url, { statementMs: 0 });
    try {
      const contacts = await indexAgain(sql, () => isStopped || !duty.isHeld);
      if (contacts > 0) report('store.indexed_again', { contacts });
    } catch (error) {
      if (!isStopped) report('store.index_failed', { code: codeOf(error) });
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  const begin = (isHeld: boolean): void => {
    if (isHeld) running = running.then(() => (isStopped ? undefined : look()));
  };
  const stop = duty.subscribe(begin);
  begin(duty.isHeld);
  return async () => {
    isStopped = true;
    stop();
    // A database that hangs is not waited for.
    await Promise.all([sql?.end({ timeout: 1 }), running]);
  };
}

/** How many there were until `isOver`, over one connection. Rejects as the library does: what was done until then is done. */
export async function indexAgain(sql: Sql, isOver = () => false): Promise<number> {
  const [looked] = await sql.unsafe<{ old: boolean }[]>(IS_OLD, [INDEX_RULES]);
  let [count, last] = [0, ''];
  while (looked?.old && !isOver()) {
    await sql.unsafe(BEGIN);
    const ids = await indexPart(sql, last).catch(async (error: unknown) => {
      await sql.unsafe('rollback').catch(() => 'the connection has ended, and the transaction with it');
      throw error;
    });
    await sql.unsafe('commit');
    if (ids.length === 0) break;
    count += ids.length;
    last = ids[ids.length - 1] as string;
  }
  return count;
}

/** The ids of those that were indexed, the next after `last`. */
async function indexPart(sql: Sql, last: string): Promise<string[]> {
  const old = await sql.unsafe<{ id: string; scope: string; value: string }[]>(OLD, [last, INDEX_RULES]);
  const payloads = old.map(({ value }) => contactIndex(valueIn(value) ?? {}));
  const ids = old.map(({ id }) => id);
  if (old.length > 0) await sql.unsafe(INDEX, [ids, old.map(({ scope }) => scope), payloads].map(joined));
  return ids;
}
