// Marks messages as delivered and read, on the copies of both who write to each other, some at a time. Knows neither who asks nor why.
import { retried } from './attempts.ts';
import { type Clock, isoTime } from './clock.ts';
import { type MessageRow, messageIdOf, messageRowId } from './message-row.ts';
import type { Guard, Store, Write } from './store.ts';
import type { Turns } from './turns.ts';

/** Messages marked in one commit. */
const SLICE = 100;

interface MarksParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly turns: Turns;
}

/**
 * Marks rows of one owner, who was written these messages; what is read was delivered. A row that is gone or has the mark is left alone,
 * and so is a copy that the other one has no more. Rejects with Failure `storage`; what was marked before stays so.
 */
export async function markMessages(
  { store, clock, turns }: MarksParts,
  owner: string,
  rows: readonly string[],
  mark: 'delivered' | 'read',
): Promise<void> {
  for (let from = 0; from < rows.length; from += SLICE) {
    const some = rows.slice(from, from + SLICE);
    await retried(turns, `marks ${owner}`, () => markSome(store, clock, some, mark));
  }
}

async function markSome(store: Store, clock: Clock, ids: readonly string[], mark: 'delivered' | 'read') {
  const own = await store.find('messages', ids);
  const copies = [...own].map(([id, { value }]) => messageRowId((value as MessageRow).with, messageIdOf(id)));
  const others = await store.find('messages', copies);
  const writes: Write[] = [];
  const guards: Guard[] = [];
  for (const { id, value, rev } of [...own.values(), ...others.values()]) {
    const row = value as MessageRow;
    if (row[mark] !== undefined) continue;
    writes.push({ table: 'messages', id, value: marked(row, mark, clock.now()) });
    guards.push({ table: 'messages', id, rev });
  }
  await store.commit(writes, guards);
}

/** Nothing is delivered before it was written, nor read before it was delivered, whatever the clock says. */
function marked(row: MessageRow, mark: 'delivered' | 'read', now: number): MessageRow {
  const time = isoTime(Math.max(now, Date.parse(row.at), Date.parse(row.delivered ?? row.at)));
  return { ...row, delivered: row.delivered ?? time, ...(mark === 'read' ? { read: time } : {}) };
}
