// Rule T18 of docs/store.md: a commit that takes something for granted takes effect only when it is so.
import { expect, it } from 'vitest';
import { type Commit, type Guard, Stale, type Store, type Write } from '../../src/service/store.ts';
import { contact, contactValue } from './large-tables.ts';

type Own = () => Store;

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function outcome(commit: Promise<number>): Promise<number | 'stale'> {
  try {
    return await commit;
  } catch (error) {
    if (error instanceof Stale) return 'stale';
    throw error;
  }
}

export function guardRules(store: Own): void {
  it('T18 a commit whose guards hold takes effect', async () => {
    const rev = await store().commit([contact('1', 'a'), user('1')]);
    const guards: Guard[] = [
      { table: 'contacts', id: '1', rev },
      { table: 'users', id: '1', rev },
      { table: 'contacts', id: '2', rev: null },
      { table: 'retired', id: '2', rev: null },
    ];
    const next = await store().commit([contact('2', 'b')], guards);
    expect(await store().find('contacts', ['2'])).toEqual(
      new Map([['2', { id: '2', value: contactValue('b'), rev: next }]]),
    );
  });

  it('T18 a commit of which one guard does not hold changes nothing and is not told', async () => {
    const rev = await store().commit([contact('1', 'a'), user('1')]);
    const wrong: Guard[] = [
      { table: 'contacts', id: '1', rev: rev - 1 },
      { table: 'contacts', id: '1', rev: rev + 1 },
      { table: 'contacts', id: '1', rev: null },
      { table: 'contacts', id: '2', rev },
      { table: 'users', id: '1', rev: null },
      { table: 'users', id: '2', rev },
      { table: 'favorites', id: '1', rev },
    ];
    const commits: Commit[] = [];
    store().subscribe((commit) => commits.push(commit));
    for (const guard of wrong) {
      const holding: Guard = { table: 'retired', id: '9', rev: null };
      const commit = store().commit([user('3'), contact('1', 'b'), contact('3', 'a')], [holding, guard]);
      expect([guard, await outcome(commit)]).toEqual([guard, 'stale']);
    }
    expect([store().get('users', '3'), [...(await store().find('contacts', ['1', '3'])).keys()], commits]).toEqual([
      undefined,
      ['1'],
      [],
    ]);
    expect(await store().counts('contacts')).toEqual(new Map([['a', 1]]));
    expect(store().changes('users', rev)).toEqual({ reset: false, rows: [], removed: [], rev });
  });

  it('T18 of several commits on one revision, made at once, one takes effect', async () => {
    const rev = await store().commit([contact('1', 'a')]);
    const guard: Guard = { table: 'contacts', id: '1', rev };
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((n) => outcome(store().commit([contact('1', 'a', { n })], [guard]))),
    );
    expect(outcomes.slice(1)).toEqual(['stale', 'stale', 'stale']);
    expect((await store().find('contacts', ['1'])).get('1')).toEqual({
      id: '1',
      value: contactValue('a', { n: 1 }),
      rev: outcomes[0],
    });
  });

  it('T18 a guard sees what commits made before have done, whatever stage they are at', async () => {
    for (const turns of [0, 1, 2, 3, 4]) {
      const id = `id ${turns}`;
      const made = store().commit([contact(id, 'a')]);
      for (let n = 0; n < turns; n += 1) await turn();
      const free: Guard = { table: 'contacts', id, rev: null };
      const second = outcome(store().commit([contact(id, 'b')], [free]));
      const others = [outcome(store().commit([user(id)])), outcome(store().commit([contact(id, 'c')], [free]))];
      const removed = outcome(store().commit([{ table: 'contacts', id, value: null }]));
      const again = outcome(store().commit([contact(id, 'd')], [free]));
      const [first, ...rest] = await Promise.all([made, second, ...others, removed, again]);
      const revs = rest.filter((one) => one !== 'stale');
      expect([turns, rest.map((one) => one === 'stale')]).toEqual([turns, [true, false, true, false, false]]);
      expect([first, ...revs]).toEqual([first, ...revs].sort((a, b) => a - b));
      expect((await store().find('contacts', [id])).get(id)).toEqual({
        id,
        value: contactValue('d'),
        rev: revs.at(-1),
      });
    }
  });

  it('T18 whoever reads, decides and starts over when it was too late loses no change of another', async () => {
    await store().commit([contact('1', 'a', { count: 0 })]);
    const add = async (): Promise<void> => {
      for (;;) {
        const row = (await store().find('contacts', ['1'])).get('1');
        if (!row) throw new Error('the row is gone');
        const count = (row.value as { count: number }).count + 1;
        const guard: Guard = { table: 'contacts', id: '1', rev: row.rev };
        if ((await outcome(store().commit([contact('1', 'a', { count })], [guard]))) !== 'stale') return;
      }
    };
    await Promise.all(Array.from({ length: 12 }, add));
    expect((await store().find('contacts', ['1'])).get('1')?.value).toEqual(contactValue('a', { count: 12 }));
  });
}
