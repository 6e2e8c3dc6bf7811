// Rule T29 of docs/store.md: a backup is one moment, however long its reading takes.
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

/** Follows the feed of a store that is empty now: what it holds at its newest revision. */
function follow(store: Store): { rev: number; readonly rows: Map<string, object> } {
  const model = { rev: store.changes('users', null).rev, rows: new Map<string, object>() };
  store.subscribe(({ rev, writes }) => {
    model.rev = rev;
    for (const { table, id, value } of writes) {
      if (value === null) model.rows.delete(`${table} ${id}`);
      else model.rows.set(`${table} ${id}`, value);
    }
  });
  return model;
}

export function backupRules(store: Own): void {
  it('T29 a backup holds all rows of one revision, while writers run and however slowly it is read', async () => {
    const model = follow(store());
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
        const backup = store().backup();
        const expected: Found = { rev: model.rev, rows: new Map(model.rows) };
        return { backup, expected };
      }),
    );
    for (const { backup, expected } of backups) {
      async function* slowly(): AsyncGenerator<string> {
        for await (const line of backup) {
          expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
          for (let n = 0; n < 5; n += 1) await turn();
          yield line;
        }
      }
      expect(await contentsOf(slowly())).toEqual(expected);
    }
    running = false;
    await Promise.all(writers);
    expect(backups.map(({ expected }) => expected.rev < model.rev)).toEqual([true, true]);
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
