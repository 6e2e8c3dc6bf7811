// Rules T33 to T39 of docs/store.md: many rows written all or none, without holding up anybody.
import { expect, it } from 'vitest';
import { type Commit, type Guard, Stale, type Store, type Told, type Write } from '../../src/service/store.ts';
import { contentsOf } from './backing-up.ts';
import { Follower } from './follower.ts';
import { contact, contactValue } from './large-tables.ts';

type Own = () => Store;

/** Enough for several slices in any store. */
const ROWS = 1000;
const LAST = `row ${ROWS - 1}`;

const importRow: Write = { table: 'imports', id: 'i', value: { rows: ROWS } };
const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const gone = (id: string): Write => ({ table: 'contacts', id, value: null });
const manyOf = (book: string, more: object = {}, count = ROWS): Write[] =>
  Array.from({ length: count }, (_, n) => contact(`row ${n}`, book, { n, ...more }));

function heard(store: Store): Commit[] {
  const commits: Commit[] = [];
  store.subscribe((commit) => commits.push(commit));
  return commits;
}

/** Resolves while the batch that is asked for next takes effect: some of its rows are told, and some are not. */
function underWay(store: Store): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(({ writes }) => {
      if (!writes.some(({ id }) => id.startsWith('row '))) return;
      stop();
      resolve();
    });
  });
}

async function outcome(commit: Promise<number>): Promise<number | 'stale'> {
  try {
    return await commit;
  } catch (error) {
    if (error instanceof Stale) return 'stale';
    throw error;
  }
}

const find = async (store: Store, id: string) => (await store.find('contacts', [id])).get(id);
const rowsIn = (commits: readonly Commit[]): Told[] =>
  commits.flatMap(({ writes }) => writes).filter(({ table }) => table === 'contacts');

export function batchRules(store: Own): void {
  effectRules(store);
  neighbourRules(store);
  guardRules(store);
  progressRules(store);
  orderRules(store);
}

function effectRules(store: Own): void {
  it('T33 a batch takes effect in slices with revisions of their own, in the order of its rows, and resolves when all were told', async () => {
    const commits = heard(store());
    const rev = await store().commitMany([importRow, ...manyOf('a')]);
    expect(rowsIn(commits)).toEqual(manyOf('a').map((write) => ({ ...write, scope: 'a' })));
    expect(commits.length).toBeGreaterThan(2);
    expect(commits.at(-1)).toEqual({ rev, writes: [importRow] });
    expect(commits.map((commit) => commit.rev)).toEqual(commits.map((_, index) => rev - commits.length + 1 + index));
    expect(await store().counts('contacts')).toEqual(new Map([['a', ROWS]]));
    for (const commit of commits.slice(0, -1)) {
      const [{ id } = importRow] = commit.writes;
      expect((await find(store(), id))?.rev).toBe(commit.rev);
    }
    expect(store().get('imports', 'i')).toEqual({ id: 'i', value: { rows: ROWS }, rev });
  });

  it('T33 a batch changes, moves and removes, and of several writes to one row the last holds', async () => {
    const since = await store().commit([...manyOf('a', {}, 300), contact('same', 'a')]);
    const [a, b] = [new Follower('contacts', 'a'), new Follower('contacts', 'b')];
    for (const follower of [a, b]) await follower.finish(store(), 50);
    const commits = heard(store());
    const writes = manyOf('a').map((write, n): Write => {
      if (n % 3 === 0) return contact(write.id, 'b', { moved: n });
      return n % 3 === 1 ? gone(write.id) : write;
    });
    const again = [contact('same', 'b', { n: 1 }), gone('same'), contact('same', 'a', { n: 2 })];
    const rev = await store().commitMany([...again.slice(0, 1), ...writes, ...again.slice(1)]);
    const of = (rest: number) => Array.from({ length: ROWS }, (_, n) => n).filter((n) => n % 3 === rest);
    const told = new Map(rowsIn(commits).map((one) => [one.id, one]));
    expect(told.get('row 0')).toEqual({ ...contact('row 0', 'b', { moved: 0 }), scope: 'b', movedFrom: 'a' });
    expect(told.get('row 1')).toEqual({ ...gone('row 1'), scope: 'a' });
    expect(told.has('row 301')).toBe(false);
    expect((await a.finish(store(), 50)).map(({ id }) => id)).toEqual(
      [...of(2).map((n) => `row ${n}`), 'same'].sort((one, other) => (one < other ? -1 : 1)),
    );
    expect((await b.finish(store(), 50)).map(({ value }) => value)).toEqual(
      expect.arrayContaining(of(0).map((n) => contactValue('b', { moved: n }))),
    );
    expect(await store().counts('contacts')).toEqual(
      new Map([
        ['a', of(2).length + 1],
        ['b', of(0).length],
      ]),
    );
    expect(await find(store(), 'same')).toEqual({ id: 'same', value: contactValue('a', { n: 2 }), rev });
    expect([a.slices.at(-1)?.reset, (a.slices.at(-1)?.rev ?? 0) >= since]).toEqual([false, true]);
  });

  it('T33 a batch tells how many of its rows of large tables are written, rising up to all', async () => {
    const told: number[] = [];
    await store().commitMany([...manyOf('a'), importRow], [], (written) => told.push(written));
    expect([told.at(-1), told]).toEqual([ROWS, [...new Set(told)].sort((a, b) => a - b)]);
  });

  it('T33 a batch without rows takes no revision, and one of small tables alone is a commit', async () => {
    const before = store().changes('users', null).rev;
    expect(await store().commitMany([])).toBe(before);
    const commits = heard(store());
    expect(await store().commitMany([user('1'), importRow])).toBe(before + 1);
    expect(commits).toEqual([{ rev: before + 1, writes: [user('1'), importRow] }]);
  });
}

function neighbourRules(store: Own): void {
  it('T34 while a batch is written, commits and notes go on before it, its own rows among them', async () => {
    const batch = store().commitMany(manyOf('a'));
    const noted = store().note([{ table: 'presence', id: '1', value: {} }]);
    const first = await store().commit([contact('row 0', 'b'), contact('other', 'b')]);
    expect([noted < first, await find(store(), LAST)]).toEqual([true, undefined]);
    expect(await batch).toBeGreaterThan(first);
    expect([(await find(store(), 'row 0'))?.value, (await find(store(), 'other'))?.value]).toEqual([
      contactValue('a', { n: 0 }),
      contactValue('b'),
    ]);
  });

  it('T35 while a batch takes effect, commits of other rows and notes go on', async () => {
    const begun = underWay(store());
    const batch = store().commitMany([...manyOf('a', {}, 5 * ROWS), importRow]);
    await begun;
    const noted = store().note([{ table: 'presence', id: '1', value: {} }]);
    expect([await find(store(), 'row 0'), await find(store(), `row ${5 * ROWS - 1}`)]).toMatchObject([{}, undefined]);
    const free: Guard[] = [{ table: 'contacts', id: 'other', rev: null }];
    const other = await store().commit([contact('other', 'a'), user('1')], free);
    expect([noted < other, store().get('imports', 'i')]).toEqual([true, undefined]);
    expect(await batch).toBeGreaterThan(other);
  });

  it('T35 commits that write or guard one of its rows wait until all of it has taken effect', async () => {
    await store().commit([contact(LAST, 'b', { old: true })]);
    const old = (await find(store(), LAST))?.rev ?? 0;
    const begun = underWay(store());
    const batch = store().commitMany([...manyOf('a'), importRow]);
    await begun;
    const held = [
      outcome(store().commit([user('guarding')], [{ table: 'contacts', id: LAST, rev: old }])),
      outcome(store().commit([user('free')], [{ table: 'imports', id: 'i', rev: null }])),
      outcome(store().commit([contact(LAST, 'c')])),
      outcome(store().commit([gone('row 0')])),
      outcome(store().commit([user('guarding')], [{ table: 'contacts', id: 'row 0', rev: null }])),
    ];
    const rev = await batch;
    const [guarding, free, written, removed, after] = await Promise.all(held);
    expect([guarding, free]).toEqual(['stale', 'stale']);
    expect([written, removed, after]).toEqual([rev + 1, rev + 2, rev + 3]);
    expect(await store().counts('contacts')).toEqual(
      new Map([
        ['a', ROWS - 2],
        ['c', 1],
      ]),
    );
  });
}

function guardRules(store: Own): void {
  it('T36 the guards of a batch are looked at when all of it is written: then it is stale, or takes effect', async () => {
    const rev = await store().commit([contact('row 0', 'b'), contact('row 1', 'b'), user('1')]);
    const guards: Guard[] = manyOf('a').map(({ id }, n) => ({ table: 'contacts', id, rev: n < 2 ? rev : null }));
    const commits = heard(store());
    const late = store().commitMany([...manyOf('a'), importRow], guards);
    const changed = await store().commit([contact(LAST, 'b')]);
    expect(await outcome(late)).toBe('stale');
    expect([commits.map((commit) => commit.rev), store().get('imports', 'i')]).toEqual([[changed], undefined]);
    expect(await store().counts('contacts')).toEqual(new Map([['b', 3]]));
    const more = guards.map((guard) => (guard.id === LAST ? { ...guard, rev: changed } : guard));
    const wrongs: Guard[] = [
      { table: 'users', id: '1', rev: null },
      { table: 'contacts', id: 'other', rev: changed },
    ];
    for (const wrong of wrongs) expect(await outcome(store().commitMany(manyOf('a'), [...more, wrong]))).toBe('stale');
    const right: Guard = { table: 'users', id: '1', rev };
    expect(await outcome(store().commitMany(manyOf('a'), [...more, right]))).toBeGreaterThan(changed);
    expect(await store().counts('contacts')).toEqual(new Map([['a', ROWS]]));
  });

  it('T36 a guard of a batch sees what commits made before have done', async () => {
    const free: Guard = { table: 'users', id: '1', rev: null };
    const made = store().commit([user('1')]);
    const batch = outcome(store().commitMany(manyOf('a'), [free]));
    const removed = store().commit([user('1', null)]);
    expect(await batch).toBeGreaterThan(Math.max(await made, await removed));
  });
}

function progressRules(store: Own): void {
  it('T36 a batch whose asker fails when it is told of the progress is refused with that, and leaves nothing', async () => {
    const fault = new RangeError('of the test');
    const commits = heard(store());
    const progress = (): void => {
      throw fault;
    };
    await expect(store().commitMany([...manyOf('a'), importRow], [], progress)).rejects.toBe(fault);
    await store().commitMany(manyOf('b'));
    expect([await store().counts('contacts'), store().get('imports', 'i')]).toEqual([
      new Map([['b', ROWS]]),
      undefined,
    ]);
    expect(new Set(commits.flatMap(({ writes }) => writes.map(({ scope }) => scope)))).toEqual(new Set(['b']));
  });
}

function orderRules(store: Own): void {
  it('T37 batches take effect one after the other, and one that is stale holds up none', async () => {
    const commits = heard(store());
    const stale: Guard = { table: 'users', id: '1', rev: 1 };
    const [first, second, third] = await Promise.all([
      outcome(store().commitMany(manyOf('a'))),
      outcome(store().commitMany(manyOf('b'), [stale])),
      outcome(store().commitMany([...manyOf('c', {}, 500), importRow])),
    ]);
    expect([second, Number(first) < Number(third)]).toEqual(['stale', true]);
    const books = commits.map(({ writes }) => writes[0]?.scope);
    expect([...new Set(books)]).toEqual(['a', 'c', undefined]);
    expect(books).toEqual([...books].sort());
    expect(await store().counts('contacts')).toEqual(
      new Map([
        ['a', 500],
        ['c', 500],
      ]),
    );
  });

  it('T38 a close waits for the batches that were asked for, and after it they are refused', async () => {
    const commits = heard(store());
    const batches = [store().commitMany(manyOf('a')), store().commitMany([...manyOf('b'), importRow])];
    const closing = store().close();
    const [, rev] = await Promise.all(batches);
    await closing;
    await expect(store().commitMany(manyOf('c'))).rejects.toMatchObject({ code: 'storage' });
    expect(rowsIn(commits).map(({ scope }) => scope)).toEqual([
      ...manyOf('a').map(() => 'a'),
      ...manyOf('b').map(() => 'b'),
    ]);
    expect(store().get('imports', 'i')?.rev).toBe(rev);
  });

  it('T39 a backup that is asked for while a batch takes effect holds all of it, and one before it nothing', async () => {
    const begun = underWay(store());
    const batch = store().commitMany([...manyOf('a'), importRow]);
    const before = store().backup();
    await begun;
    const within = store().backup()[Symbol.asyncIterator]();
    const [rev, head] = await Promise.all([batch, within.next()]);
    await store().commit([contact('row 0', 'b')]);
    expect([...(await contentsOf(before)).rows.keys()]).toEqual([]);
    async function* rest(): AsyncGenerator<string> {
      for (let line = head; !line.done; line = await within.next()) yield line.value;
    }
    const held = await contentsOf(rest());
    expect([held.rev, held.rows.size, held.rows.get('contacts row 0')]).toEqual([
      rev,
      ROWS + 1,
      contactValue('a', { n: 0 }),
    ]);
  });
}

/** The same of what outlives the process. */
export function durableBatchRules(newPlace: () => Promise<{ open(): Promise<Store> }>): void {
  it('T33 the rows of a batch, their revisions, moves and removals are there again after a restart', async () => {
    const place = await newPlace();
    const first = await place.open();
    await first.commit(manyOf('b', {}, 150));
    const since = await first.commit([contact('other', 'b')]);
    const changes = manyOf('a').map((write, n) => (n < 100 ? gone(write.id) : write));
    await first.commitMany([...changes, importRow]);
    await first.commit([contact('row 500', 'a', { late: true })]);
    const sights = (store: Store) =>
      Promise.all(
        ['a', 'b'].map(async (scope) => {
          const { rows, removed, reset } = await store.read({
            ...{ table: 'contacts', scope, since, removedSince: null, limit: Number.POSITIVE_INFINITY },
          });
          return { rows, removed, reset };
        }),
      );
    const before = [await sights(first), first.get('imports', 'i')];
    await first.close();
    const second = await place.open();
    expect([await sights(second), second.get('imports', 'i')]).toEqual(before);
    expect((await sights(second)).map(({ rows, removed, reset }) => [rows.length, removed.length, reset])).toEqual([
      [ROWS - 100, 0, false],
      [0, 150, false],
    ]);
    await second.close();
  });
}
