// The rules of docs/store.md as tests that every implementation of the Store port runs; titles carry the rule numbers.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { Changes, Commit, Row, Store, Table, Write } from '../../src/service/store.ts';
import { backupRules } from './backing-up.ts';
import { batchRules, durableBatchRules } from './batches.ts';
import { durableNumberRules, numberRules } from './by-number.ts';
import { guardRules } from './guards.ts';
import { durableLargeTableRules, largeTableRules } from './large-tables.ts';
import { durableSearchRules, searchRules } from './searching.ts';

/** Opens a new, empty store for one test. */
export type OpenStore = () => Promise<Store>;
/** A place that keeps its data: `open` after `close` brings it back; `holds` says whether a text is anywhere in what is kept. */
export type NewPlace = () => Promise<{ open(): Promise<Store>; holds(text: string): boolean | Promise<boolean> }>;

const put = (id: string, value: object, table: Table = 'users'): Write => ({ table, id, value });
const remove = (id: string, table: Table = 'users'): Write => ({ table, id, value: null });
const rowsOf = (store: Store, table: Table): Row[] => [...store.all(table)].sort((a, b) => (a.id < b.id ? -1 : 1));

/** What a client holds that applied these changes to what it held before. */
function applied(before: readonly Row[], changes: Changes): Row[] {
  const held = new Map(changes.reset ? [] : before.map((row) => [row.id, row]));
  for (const id of changes.removed) held.delete(id);
  for (const row of changes.rows) held.set(row.id, row);
  return [...held.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function heard(store: Store): Commit[] {
  const commits: Commit[] = [];
  store.subscribe((commit) => commits.push(commit));
  return commits;
}

export function storeContract(name: string, open: OpenStore): void {
  describe(`the store contract, kept by ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());
    const own = () => store;
    readingRules(own);
    commitRules(own);
    feedRules(own);
    changesRules(own);
    guardRules(own);
    batchRules(own);
    largeTableRules(own);
    searchRules(own);
    numberRules(own);
    backupRules(own);
    closingRules(own);
  });
}

function readingRules(store: () => Store): void {
  it('T1 a row reads as last written, with its revision, and a removed or unknown one is undefined', async () => {
    const first = await store().commit([put('1', { name: 'Ada' }), put('2', { name: 'Bo' })]);
    const second = await store().commit([put('1', { name: 'Ada L.' }), remove('2')]);
    expect(second).toBeGreaterThan(first);
    expect(store().get('users', '1')).toEqual({ id: '1', value: { name: 'Ada L.' }, rev: second });
    expect([store().get('users', '2'), store().get('users', '3'), store().get('logins', '1')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(rowsOf(store(), 'users')).toEqual([{ id: '1', value: { name: 'Ada L.' }, rev: second }]);
  });

  it('T1 text of every kind comes back as it went in', async () => {
    const value = { text: 'ß 日本 😀 "quoted" \\ \u2028 \n \r\n \u0000', deep: [{ n: 1.5, no: false, nothing: null }] };
    const id = '\n"😀 __proto__';
    const rev = await store().commit([put(id, value), put('__proto__', value)]);
    expect(rowsOf(store(), 'users')).toEqual([
      { id, value, rev },
      { id: '__proto__', value, rev },
    ]);
  });

  it('T2 a row that was handed out keeps its value and revision when it is written again', async () => {
    await store().commit([put('1', { name: 'Ada' })]);
    const held = store().get('users', '1');
    const copy = structuredClone(held);
    await store().commit([put('1', { name: 'Bo' })]);
    expect(held).toEqual(copy);
  });
}

function commitRules(store: () => Store): void {
  it('T3 a commit is read by nobody before it takes effect, and by all when it resolves', async () => {
    const pending = store().commit([put('1', {})]);
    expect(store().get('users', '1')).toBeUndefined();
    const rev = await pending;
    expect(store().get('users', '1')).toEqual({ id: '1', value: {}, rev });
  });

  it('T4 all rows of a commit carry its revision, and the revisions of all tables are one rising count', async () => {
    const first = await store().commit([put('1', {}), put('1', {}, 'logins'), put('1', {}, 'statuses')]);
    const noted = store().note([put('1', {}, 'presence')]);
    const second = await store().commit([put('2', {}, 'logins')]);
    expect([noted, second]).toEqual([first + 1, first + 2]);
    expect([store().get('users', '1')?.rev, store().get('logins', '1')?.rev]).toEqual([first, first]);
  });

  it('T5 commits take effect in the order in which they were made', async () => {
    const revs = await Promise.all([1, 2, 3].map((n) => store().commit([put('1', { n })])));
    expect(revs).toEqual([...revs].sort((a, b) => a - b));
    expect(store().get('users', '1')).toEqual({ id: '1', value: { n: 3 }, rev: revs[2] });
  });

  it('T5 of the writes to one row in a commit the last holds', async () => {
    const rev = await store().commit([put('1', { n: 1 }), remove('1'), put('1', { n: 2 }), put('2', {}), remove('2')]);
    expect(rowsOf(store(), 'users')).toEqual([{ id: '1', value: { n: 2 }, rev }]);
  });

  it('T6 a note has taken effect and was told when it returns', () => {
    const commits = heard(store());
    const rev = store().note([put('1', { n: 1 }, 'presence'), remove('2', 'presence')]);
    expect(store().get('presence', '1')).toEqual({ id: '1', value: { n: 1 }, rev });
    expect(commits).toEqual([{ rev, writes: [put('1', { n: 1 }, 'presence'), remove('2', 'presence')] }]);
  });

  it('T7 a note that overtakes a commit has the lower revision, and the commit holds', async () => {
    const pending = store().commit([put('1', { by: 'commit' })]);
    const noted = store().note([put('1', { by: 'note' })]);
    expect(store().get('users', '1')).toEqual({ id: '1', value: { by: 'note' }, rev: noted });
    const rev = await pending;
    expect(rev).toBeGreaterThan(noted);
    expect(store().get('users', '1')).toEqual({ id: '1', value: { by: 'commit' }, rev });
  });

  it('T8 nothing to write takes no revision and is not told', async () => {
    const commits = heard(store());
    const before = store().changes('users', null).rev;
    expect([await store().commit([]), store().note([])]).toEqual([before, before]);
    expect(commits).toEqual([]);
  });
}

function feedRules(store: () => Store): void {
  it('T9 each commit and note is told once, in order of revision, before the commit resolves', async () => {
    const commits = heard(store());
    const told = new Map<number, number>();
    const pending = [1, 2, 3].map(async (n) => {
      const rev = await store().commit([put(String(n), { n })]);
      told.set(rev, commits.filter((commit) => commit.rev <= rev).length);
    });
    const noted = store().note([put('9', {}, 'presence')]);
    await Promise.all(pending);
    expect(commits.map(({ rev }) => rev)).toEqual([noted, noted + 1, noted + 2, noted + 3]);
    expect(commits.map(({ writes }) => writes[0]?.id)).toEqual(['9', '1', '2', '3']);
    expect([...told]).toEqual([
      [noted + 1, 2],
      [noted + 2, 3],
      [noted + 3, 4],
    ]);
  });

  it('T9 what a listener notes is told to all after what it heard', async () => {
    store().subscribe(({ writes }) => {
      if (writes[0]?.table === 'users') store().note([put('1', {}, 'presence')]);
    });
    const commits = heard(store());
    await Promise.all([store().commit([put('1', {})]), store().commit([put('2', {})])]);
    expect(commits.map(({ writes }) => writes[0]?.table)).toEqual(['users', 'presence', 'users', 'presence']);
    const revs = commits.map(({ rev }) => rev);
    expect(revs).toEqual(revs.map((_, index) => (revs[0] ?? 0) + index));
  });

  it('T10 a listener that was stopped hears nothing more, and the others do', async () => {
    const commits: Commit[] = [];
    const stop = store().subscribe((commit) => commits.push(commit));
    const others = heard(store());
    const rev = await store().commit([put('1', {})]);
    stop();
    stop();
    await store().commit([put('2', {})]);
    expect(commits).toEqual([{ rev, writes: [put('1', {})] }]);
    expect(others).toHaveLength(2);
  });
}

function changesRules(store: () => Store): void {
  it('T11 changes are net: each row and removal once, its newest state, in order of revision', async () => {
    const since = await store().commit(['1', '2', '3', '4'].map((id) => put(id, { n: 0 })));
    await store().commit([put('2', { n: 1 })]);
    const third = await store().commit([put('1', { n: 1 }), remove('3')]);
    const fourth = await store().commit([put('2', { n: 2 })]);
    await store().commit([put('1', {}, 'logins')]);
    expect(store().changes('users', since)).toEqual({
      reset: false,
      rows: [
        { id: '1', value: { n: 1 }, rev: third },
        { id: '2', value: { n: 2 }, rev: fourth },
      ],
      removed: ['3'],
      rev: fourth + 1,
    });
  });

  it('T11 a row removed and put again is a row, and one put and removed is a removal', async () => {
    const since = await store().commit([put('1', { n: 0 })]);
    await store().commit([remove('1'), put('2', {})]);
    const rev = await store().commit([put('1', { n: 1 }), remove('2')]);
    expect(store().changes('users', since)).toEqual({
      reset: false,
      rows: [{ id: '1', value: { n: 1 }, rev }],
      removed: ['2'],
      rev,
    });
  });

  it('T11 whoever applies the changes since any revision holds what the table holds', async () => {
    const views = [{ rev: store().changes('users', null).rev, rows: [] as Row[] }];
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8]) {
      await store().commit([put(String(n), { n }), remove(String(n - 3)), put(String(n % 3), { n })]);
      views.push({ rev: store().changes('users', null).rev, rows: rowsOf(store(), 'users') });
    }
    for (const { rev, rows } of views) {
      const changes = store().changes('users', rev);
      expect(changes.reset).toBe(false);
      expect(applied(rows, changes)).toEqual(rowsOf(store(), 'users'));
    }
  });

  it('T12 since the newest revision nothing has changed', async () => {
    const rev = await store().commit([put('1', {})]);
    expect(store().changes('users', rev)).toEqual({ reset: false, rows: [], removed: [], rev });
  });

  it('T13 without a revision, or with one that the store never gave, the whole table is told anew', async () => {
    await store().commit([put('1', {}), put('2', {})]);
    const rev = await store().commit([put('1', { n: 1 }), remove('2')]);
    const whole = { reset: true, rows: [{ id: '1', value: { n: 1 }, rev }], removed: [], rev };
    for (const since of [null, rev + 1, Number.MAX_SAFE_INTEGER, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect([since, store().changes('users', since)]).toEqual([since, whole]);
    }
  });
}

function closingRules(store: () => Store): void {
  it('T14 what was asked before the close is done, and after it commits are refused and notes do nothing', async () => {
    const pending = store().commit([put('1', {})]);
    const closing = store().close();
    const rev = await pending;
    await closing;
    expect(store().state).toBe('closed');
    await expect(store().commit([put('2', {})])).rejects.toMatchObject({ code: 'storage' });
    await expect(store().commit([put('2', {})])).rejects.toBeInstanceOf(Failure);
    expect(store().note([put('3', {})])).toBe(rev);
    expect(rowsOf(store(), 'users')).toEqual([{ id: '1', value: {}, rev }]);
    await store().close();
  });
}

/** The rules of what outlives the process, for stores that keep their data. */
export function durableStoreContract(name: string, newPlace: NewPlace): void {
  describe(`the durable store contract, kept by ${name}`, () => {
    durableLargeTableRules(newPlace);
    durableBatchRules(newPlace);
    durableSearchRules(newPlace);
    durableNumberRules(newPlace);

    it('T15 rows, revisions, removals and the epoch are there again after a restart', async () => {
      const place = await newPlace();
      const first = await place.open();
      const since = await first.commit([put('1', { n: 1 }), put('2', {}), put('1', { é: '😀' }, 'logins')]);
      first.note([put('1', { n: 1 }, 'presence'), put('2', {}, 'presence')]);
      await first.commit([remove('2'), put('3', {})]);
      first.note([remove('2', 'presence')]);
      const tables: readonly Table[] = ['users', 'logins', 'presence'];
      const before = tables.map((table) => [rowsOf(first, table), { ...first.changes(table, since), rev: 0 }]);
      await first.close();
      const second = await place.open();
      expect(tables.map((table) => [rowsOf(second, table), { ...second.changes(table, since), rev: 0 }])).toEqual(
        before,
      );
      expect(second.epoch).toBe(first.epoch);
      await second.close();
    });

    it('T16 revisions go on rising after a restart, and one not given out before it is unknown', async () => {
      const place = await newPlace();
      const first = await place.open();
      const rev = await first.commit([put('1', {})]);
      await first.close();
      const second = await place.open();
      expect(second.changes('users', rev).reset).toBe(false);
      expect(second.changes('users', rev + 1).reset).toBe(true);
      const next = await second.commit([put('2', {})]);
      expect(next).toBeGreaterThan(rev + 1);
      expect(second.changes('users', rev + 1).reset).toBe(true);
      expect(second.changes('users', rev)).toEqual({
        reset: false,
        rows: [{ id: '2', value: {}, rev: next }],
        removed: [],
        rev: next,
      });
      await second.close();
    });

    it('T17 every store has an epoch of its own', async () => {
      const [one, other] = [await (await newPlace()).open(), await (await newPlace()).open()];
      expect(one.epoch).not.toBe(other.epoch);
      await one.close();
      await other.close();
    });
  });
}
