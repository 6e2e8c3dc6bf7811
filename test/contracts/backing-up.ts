// Rule T29 of docs/store.md: a backup is one moment, however long its reading takes.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Store, Write } from '../../src/service/store.ts';
import { readBackup } from '../../src/store/files/backup.ts';
import { STEPS } from '../../src/store/files/format.ts';
import { contact } from './large-tables.ts';

type Own = () => Store;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Found {
  readonly rev: number;
  /** Values by table and id. */
  readonly rows: ReadonlyMap<string, object>;
}

/** What a backup says. */
export async function contentsOf(backup: AsyncIterable<string | Uint8Array>): Promise<Found> {
  let rev = -1;
  const rows = new Map<string, object>();
  for await (const part of readBackup(backup, STEPS)) {
    if ('rollcall' in part) rev = part.rev;
    else for (const [id, , value] of part.rows) rows.set(`${part.table} ${id}`, value);
  }
  return { rev, rows };
}

/** What a store held at one revision. */
interface Moment {
  readonly rev: number;
  /** What was committed. */
  readonly rows: ReadonlyMap<string, object>;
  /** Of `rows`, whatever their order. */
  readonly sum: bigint;
  /** What was noted last. */
  readonly noted: object | undefined;
}

const NOTED = 'presence 1001';

function sumOf(key: string, value: object): bigint {
  return createHash('sha256')
    .update(JSON.stringify([key, value]))
    .digest()
    .readBigUInt64BE();
}

/** Follows the feed of a store that is empty now: all its moments, the last one at the end. */
function follow(store: Store): Moment[] {
  let last: Moment = { rev: store.changes('users', null).rev, rows: new Map(), sum: 0n, noted: undefined };
  const moments = [last];
  store.subscribe(({ rev, writes }) => {
    const rows = new Map(last.rows);
    let { sum, noted } = last;
    for (const { table, id, value } of writes) {
      const key = `${table} ${id}`;
      if (key === NOTED) noted = value ?? undefined;
      else {
        const before = rows.get(key);
        if (before) sum ^= sumOf(key, before);
        rows.delete(key);
        if (value !== null) {
          rows.set(key, value);
          sum ^= sumOf(key, value);
        }
      }
    }
    last = { rev, rows, sum, noted };
    moments.push(last);
  });
  return moments;
}

/** Notes may take effect for others in another place between commits than they do here: they are looked at by themselves. */
function expectMoment({ rev, rows }: Found, moments: readonly Moment[], since: number): void {
  const { [NOTED]: noted, ...committed } = Object.fromEntries(rows);
  const sum = Object.entries(committed).reduce((all, [key, value]) => all ^ sumOf(key, value), 0n);
  const later = moments.filter((moment) => moment.rev >= since);
  const moment = later.find((one) => one.sum === sum) ?? later.at(-1);
  expect(committed).toEqual(Object.fromEntries(moment?.rows ?? []));
  expect(later.map((one) => one.noted)).toContainEqual(noted);
  expect(rev).toBeGreaterThanOrEqual(since);
}

export function backupRules(store: Own): void {
  it('T29 a backup holds all rows of one revision, none before it was asked for, while writers run and however slowly it is read', async () => {
    const moments = follow(store());
    const newest = () => moments.at(-1)?.rev ?? 0;
    const all = Array.from({ length: 900 }, (_, n) =>
      contact(String(n), n % 4 === 0 ? 'b' : 'a', { text: 'x'.repeat(500) }),
    );
    await store().commit(all);
    await store().commit([{ table: 'users', id: '1001', value: { name: 'ß 日本 \n "' } }, all[3] as Write]);
    store().note([{ table: 'presence', id: '1001', value: { n: 1 } }]);
    let running = true;
    const writers = [1, 2, 3].map(async (writer) => {
      for (let n = 0; running; n += 1) {
        const id = String((n * 7 + writer) % 950);
        await store().commit([n % 3 === 0 ? { table: 'contacts', id, value: null } : contact(id, 'a', { writer, n })]);
        store().note([{ table: 'presence', id: '1001', value: { n } }]);
        await turn();
      }
    });
    const backups = await Promise.all(
      [1, 2].map(async (round) => {
        for (let n = 0; n < round * 5; n += 1) await turn();
        return { backup: store().backup(), since: newest() };
      }),
    );
    const revs: number[] = [];
    for (const { backup, since } of backups) {
      async function* slowly(): AsyncGenerator<string> {
        for await (const line of backup) {
          expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
          for (let n = 0; n < 5; n += 1) await turn();
          yield line;
        }
      }
      const found = await contentsOf(slowly());
      revs.push(found.rev);
      expectMoment(found, moments, since);
    }
    running = false;
    await Promise.all(writers);
    expect(revs.map((rev) => rev < newest())).toEqual([true, true]);
  });

  it('T29 a backup of a store that holds nothing is one too, and one that nobody reads is no burden', async () => {
    expect((await contentsOf(store().backup())).rows).toEqual(new Map());
    await store().commit(Array.from({ length: 600 }, (_, n) => contact(String(n), 'a')));
    for await (const line of store().backup()) {
      expect(line).toContain('"backup"');
      break;
    }
    await store().commit([contact('0', 'b')]);
    expect((await contentsOf(store().backup())).rows.get('contacts 0')).toMatchObject({ book: 'b' });
  });

  it('T29 a backup holds nothing of what was removed', async () => {
    const secret = contact('1', 'a', { fields: { lastName: 'Babbage', numbers: [] } });
    await store().commit([
      secret,
      contact('2', 'a'),
      { table: 'favorites', id: '1001 contact:1', value: { owner: '1001', target: 'contact:1' } },
    ]);
    await store().commit([
      { table: 'contacts', id: '1', value: null },
      { table: 'favorites', id: '1001 contact:1', value: null },
    ]);
    let text = '';
    for await (const line of store().backup()) text += line;
    expect(text).not.toMatch(/Babbage|contact:1/);
    expect(text).toContain('Lovelace');
  });
}
