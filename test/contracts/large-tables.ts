// Rules T19 to T28 of docs/store.md: tables that are divided into scopes and read by asking.
import { describe, expect, it } from 'vitest';
import type { Commit, LargeTable, Row, Slice, Store, Write } from '../../src/service/store.ts';
import { Follower } from './follower.ts';

type Own = () => Store;
/** `holds`: whether a text is anywhere in what the place keeps. */
type NewPlace = () => Promise<{ open(): Promise<Store>; holds(text: string): boolean | Promise<boolean> }>;

export const contact = (id: string, book: string, more: object = {}): Write => ({
  table: 'contacts',
  id,
  value: contactValue(book, more),
});
/** A contact as the table holds it; the store knows of it no more than the book, and what is searched. */
export const contactValue = (book: string, more: object = {}): object => ({
  book,
  fields: { lastName: 'Lovelace', numbers: [] },
  keys: [],
  ...more,
});
const mark = (owner: string, target: string): Write => ({
  table: 'favorites',
  id: `${owner} ${target}`,
  value: { owner, target, at: '2026-01-01T00:00:00.000Z' },
});
const gone = (id: string, table: LargeTable = 'contacts'): Write => ({ table, id, value: null });
const ask = (scope: string, more: Partial<Parameters<Store['read']>[0]> = {}): Parameters<Store['read']>[0] => ({
  table: 'contacts',
  scope,
  since: null,
  removedSince: null,
  limit: 100,
  ...more,
});

export function largeTableRules(store: Own): void {
  scopeRules(store);
  sliceRules(store);
  questionRules(store);
}

function scopeRules(store: Own): void {
  it('T19 rows are found by id, and ids without a row are left out', async () => {
    const first = await store().commit([contact('1', 'a', { n: 1 }), contact('2', 'b')]);
    const second = await store().commit([contact('1', 'a', { n: 2 }), gone('2'), contact('3', 'b')]);
    expect(await store().find('contacts', ['1', '2', '3', '4', '1', '__proto__'])).toEqual(
      new Map([
        ['1', { id: '1', value: contactValue('a', { n: 2 }), rev: second }],
        ['3', { id: '3', value: contactValue('b'), rev: second }],
      ]),
    );
    expect(second).toBeGreaterThan(first);
    expect(await store().find('favorites', ['1'])).toEqual(new Map());
  });

  it('T20 a row put with another scope moves: its old scope loses it and the new one has it, at one revision', async () => {
    const since = await store().commit([contact('1', 'a', { n: 1 }), contact('2', 'a')]);
    const rev = await store().commit([contact('1', 'b', { n: 2 })]);
    const row = { id: '1', value: contactValue('b', { n: 2 }), rev };
    const end = { reset: false, rev, now: rev, more: false };
    expect(await store().read(ask('a', { since }))).toEqual({ ...end, rows: [], removed: ['1'] });
    expect(await store().read(ask('b', { since }))).toEqual({ ...end, rows: [row], removed: [] });
    expect(await store().read(ask('b'))).toEqual({ ...end, reset: true, rows: [row], removed: [] });
    expect(await store().find('contacts', ['1'])).toEqual(new Map([['1', row]]));
  });

  it('T20 a row that goes and comes back is a row where it is, and a removal where it was', async () => {
    const since = await store().commit([contact('1', 'a')]);
    await store().commit([contact('1', 'b')]);
    const back = await store().commit([contact('1', 'a', { n: 2 })]);
    const ofA = await store().read(ask('a', { since }));
    const ofB = await store().read(ask('b', { since }));
    expect([ofA.rows, ofA.removed, ofB.rows, ofB.removed]).toEqual([
      [{ id: '1', value: contactValue('a', { n: 2 }), rev: back }],
      [],
      [],
      ['1'],
    ]);
    await store().commit([gone('1')]);
    expect(await store().read(ask('a', { since }))).toMatchObject({ rows: [], removed: ['1'] });
  });

  it('T21 the feed tells the scope of each write, and the one that a row came from', async () => {
    const commits: Commit[] = [];
    store().subscribe((commit) => commits.push(commit));
    const user: Write = { table: 'users', id: '1', value: {} };
    const first = await store().commit([contact('1', 'a'), mark('1001', 'contact:1'), user]);
    const second = await store().commit([contact('1', 'b'), gone('2'), contact('3', 'b')]);
    const third = await store().commit([gone('1'), gone('1001 contact:1', 'favorites'), gone('7', 'retired')]);
    expect(commits).toEqual([
      {
        rev: first,
        writes: [{ ...contact('1', 'a'), scope: 'a' }, { ...mark('1001', 'contact:1'), scope: '1001' }, user],
      },
      {
        rev: second,
        writes: [
          { ...contact('1', 'b'), scope: 'b', movedFrom: 'a' },
          { ...contact('3', 'b'), scope: 'b' },
        ],
      },
      {
        rev: third,
        writes: [
          { ...gone('1'), scope: 'b' },
          { ...gone('1001 contact:1', 'favorites'), scope: '1001' },
        ],
      },
    ]);
  });
}

function sliceRules(store: Own): void {
  it('T22 slices come in order of revision, and none ends within one', async () => {
    const revs: number[] = [];
    for (const n of [0, 1, 2, 3]) {
      const ids = Array.from({ length: 2 + n }, (_, i) => `${n}-${i}`);
      revs.push(await store().commit(ids.map((id) => contact(id, 'a'))));
    }
    await store().commit([contact('other', 'b')]);
    for (const limit of [1, 2, 3, 5, 13, 14, 15]) {
      const follower = new Follower('contacts', 'a');
      await follower.finish(store(), limit);
      const parts = follower.slices.map(({ rows }) => [...new Set(rows.map(({ rev }) => rev))]);
      expect([limit, parts.flat()]).toEqual([limit, revs]);
      const short = follower.slices.filter(({ rows, more }) => more && rows.length < limit);
      expect([limit, short]).toEqual([limit, []]);
      expect(follower.slices.map(({ reset }) => reset)).toEqual(follower.slices.map((_, index) => index === 0));
      const ends = follower.slices.map(({ rev, now, more, rows }) => (more ? rev === rows.at(-1)?.rev : rev === now));
      expect(ends).toEqual(ends.map(() => true));
    }
  });

  it('T22 a limit below one is one, and a scope without rows is an end at once', async () => {
    const rev = await store().commit([contact('1', 'a')]);
    const now = await store().commit([contact('2', 'a')]);
    for (const limit of [0, -1]) {
      expect(await store().read(ask('a', { limit }))).toMatchObject({ rows: [{ id: '1' }], rev, now, more: true });
    }
    expect(await store().read(ask('none', { limit: 1 }))).toEqual({
      reset: true,
      rows: [],
      removed: [],
      rev: now,
      now,
      more: false,
    });
  });

  it('T23 whoever begins hears of no removal from before, and whoever goes on hears of those after', async () => {
    await store().commit([contact('early', 'a')]);
    await store().commit([gone('early'), ...['1', '2', '3'].map((id) => contact(id, 'a', { n: 1 }))]);
    const fourth = await store().commit([contact('4', 'a')]);
    const before = await store().commit([gone('2')]);
    const first = await store().read(ask('a', { limit: 1 }));
    expect([first.rows.map(({ id }) => id), first.removed, first.more, first.now]).toEqual([
      ['1', '3'],
      [],
      true,
      before,
    ]);
    const last = await store().commit([gone('1'), gone('4'), contact('5', 'a')]);
    const next = await store().read(ask('a', { since: first.rev, removedSince: first.now }));
    expect([next.reset, next.rows.map(({ id }) => id), [...next.removed].sort()]).toEqual([false, ['5'], ['1', '4']]);
    const resumed = await store().read(ask('a', { since: fourth, removedSince: fourth }));
    expect([resumed.reset, resumed.rows.map(({ id }) => id), [...resumed.removed].sort()]).toEqual([
      false,
      ['5'],
      ['1', '2', '4'],
    ]);
    expect(await store().read(ask('a', { since: last, removedSince: before }))).toEqual({
      reset: false,
      rows: [],
      removed: [],
      rev: last,
      now: last,
      more: false,
    });
  });

  it('T23 removals that are not told are no reason to ask again', async () => {
    await store().commit(['1', '2', '3'].map((id) => contact(id, 'a')));
    for (const id of ['2', '3']) await store().commit([gone(id)]);
    expect(await store().read(ask('a', { limit: 1 }))).toMatchObject({ rows: [{ id: '1' }], removed: [], more: false });
  });

  it('T24 a revision that the store never gave is answered from the beginning', async () => {
    const rev = await store().commit([contact('1', 'a'), contact('2', 'a')]);
    const now = await store().commit([gone('2'), contact('3', 'a')]);
    const whole = await store().read(ask('a'));
    expect(whole).toMatchObject({
      reset: true,
      rows: [
        { id: '1', rev },
        { id: '3', rev: now },
      ],
      removed: [],
    });
    for (const wrong of [now + 1, Number.MAX_SAFE_INTEGER, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect([wrong, await store().read(ask('a', { since: wrong }))]).toEqual([wrong, whole]);
      expect([wrong, await store().read(ask('a', { since: rev, removedSince: wrong }))]).toEqual([wrong, whole]);
    }
    expect((await store().read(ask('a', { since: null, removedSince: rev }))).reset).toBe(true);
  });

  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`T22 T23 whoever asks slice by slice while all changes holds what its scope holds (history ${seed})`, async () => {
      await liveHistory(store(), seed);
    });
  }
}

const SCOPES = ['a', 'b', 'personal:1001'] as const;

/** Numbers that look random, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = seed * 2654435761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return (state >>> 8) % below;
  };
}

/** What a newcomer may hear of: what its scope has held since it began. */
interface Watcher {
  readonly follower: Follower;
  readonly mayKnow: Set<string>;
}

async function liveHistory(store: Store, seed: number): Promise<void> {
  const roll = dice(seed);
  const model = new Map<string, string>();
  const idsIn = (scope: string) => [...model].filter(([, book]) => book === scope).map(([id]) => id);
  const watchers: Watcher[] = [];
  for (let step = 0; step < 150; step += 1) {
    const writes = new Map<string, Write>();
    for (let n = roll(5); n >= 0; n -= 1) {
      const id = String(roll(25));
      writes.set(id, roll(4) === 0 ? gone(id) : contact(id, SCOPES[roll(3)] as string, { step, n }));
    }
    await store.commit([...writes.values()]);
    for (const { id, value } of writes.values()) {
      if (value === null) model.delete(id);
      else model.set(id, (value as { book: string }).book);
    }
    for (const { follower, mayKnow } of watchers) for (const id of idsIn(follower.scope)) mayKnow.add(id);
    if (roll(4) === 0) {
      const scope = SCOPES[roll(3)] as string;
      watchers.push({ follower: new Follower('contacts', scope), mayKnow: new Set(idsIn(scope)) });
    }
    for (const { follower } of watchers) if (roll(3) > 0) await follower.step(store, 1 + roll(4));
  }
  for (const { follower, mayKnow } of watchers) {
    const held = await follower.finish(store, 3);
    expect(held.map(({ id }) => id)).toEqual(idsIn(follower.scope).sort());
    expect(held).toEqual([...(await store.find('contacts', idsIn(follower.scope))).values()].sort(byId));
    const told = follower.slices.flatMap(({ rows, removed }: Slice) => [...rows.map(({ id }) => id), ...removed]);
    expect(told.filter((id) => !mayKnow.has(id))).toEqual([]);
    expect(follower.slices.filter(({ reset }) => reset)).toHaveLength(1);
  }
}

const byId = (a: Row, b: Row): number => (a.id < b.id ? -1 : 1);

function questionRules(store: Own): void {
  it('T25 the rows of a scope are counted, also after moves and removals', async () => {
    const counts = async (table: LargeTable) => Object.fromEntries(await store().counts(table));
    expect([await counts('contacts'), await store().count('contacts', 'a')]).toEqual([{}, 0]);
    await store().commit([contact('1', 'a'), contact('2', 'a'), contact('3', 'b'), mark('1001', 'contact:1')]);
    expect([await counts('contacts'), await counts('favorites')]).toEqual([{ a: 2, b: 1 }, { 1001: 1 }]);
    await store().commit([contact('1', 'a', { again: true }), contact('3', 'a'), gone('2'), gone('9')]);
    expect([
      await counts('contacts'),
      await store().count('contacts', 'a'),
      await store().count('contacts', 'b'),
    ]).toEqual([{ a: 2 }, 2, 0]);
  });

  it('T26 the favourites with some targets are found, whoever owns them', async () => {
    const marks = [mark('1001', 'contact:1'), mark('1001', 'contact:2'), mark('1002', 'contact:1')];
    await store().commit([...marks, mark('1002', 'extension:1001')]);
    const owned = async (...targets: string[]) => (await store().marksOn(targets)).map(({ id }) => id).sort();
    expect(await owned('contact:1')).toEqual(['1001 contact:1', '1002 contact:1']);
    expect(await owned('contact:2', 'extension:1001', 'contact:2', 'contact:9')).toEqual([
      '1001 contact:2',
      '1002 extension:1001',
    ]);
    const rev = await store().commit([gone('1001 contact:1', 'favorites'), mark('1002', 'contact:1')]);
    expect(await store().marksOn(['contact:1'])).toEqual([
      { id: '1002 contact:1', value: mark('1002', 'contact:1').value, rev },
    ]);
    expect(await owned()).toEqual([]);
  });
}

/** The rules of large tables for stores that keep their data. */
export function durableLargeTableRules(newPlace: NewPlace): void {
  describe('large tables', () => {
    it('T28 scopes, moves, removals, counts and favourites are there again after a restart', async () => {
      const place = await newPlace();
      const first = await place.open();
      const since = await first.commit(['1', '2', '3'].map((id) => contact(id, 'a')));
      await first.commit([contact('1', 'b'), gone('2'), mark('1001', 'contact:1')]);
      await first.commit([contact('4', 'b'), contact('1', 'a'), contact('3', 'personal:1001')]);
      const look = async (store: Store) => ({
        slices: await Promise.all(
          ['a', 'b', 'personal:1001', 'none'].flatMap((scope) => [
            store.read(ask(scope)).then(({ now, rev, ...rest }) => ({ ...rest, isEnd: now === rev })),
            store.read(ask(scope, { since })).then(({ now, rev, ...rest }) => ({ ...rest, isEnd: now === rev })),
          ]),
        ),
        counts: await store.counts('contacts'),
        marks: await store.marksOn(['contact:1']),
        found: await store.find('contacts', ['1', '2', '3', '4']),
      });
      const before = await look(first);
      await first.close();
      const second = await place.open();
      expect(await look(second)).toEqual(before);
      await second.close();
    });

    it('T40 what a row held before a write that erases is gone after the close, of rows that are put and removed', async () => {
      const place = await newPlace();
      const store = await place.open();
      const call = (id: string, name: string | null): Write => ({
        table: 'calls',
        id,
        value: name === null ? null : { owner: '1001', name },
      });
      await store.commit([call('1', 'Lovelace'), call('2', 'Babbage'), call('3', 'Hopper'), call('4', 'Turing')]);
      const told: Commit[] = [];
      store.subscribe((commit) => told.push(commit));
      const rev = await store.commit([{ ...call('1', 'nobody'), erase: true }, call('3', null)]);
      expect(told).toEqual([
        { rev, writes: [call('1', 'nobody'), call('3', null)].map((write) => ({ ...write, scope: '1001' })) },
      ]);
      await store.commit([{ ...call('4', null), erase: true }]);
      await store.close();
      const names = ['Lovelace', 'nobody', 'Babbage', 'Turing'];
      expect(await Promise.all(names.map((name) => place.holds(name)))).toEqual([false, true, true, false]);
      const again = await place.open();
      expect((await again.counts('calls')).get('1001')).toBe(2);
      await again.close();
    });

    it('T28 whoever has got half of a scope goes on after a restart', async () => {
      const place = await newPlace();
      const first = await place.open();
      for (let n = 0; n < 10; n += 1) await first.commit([contact(String(n), 'a', { n })]);
      const follower = new Follower('contacts', 'a');
      await follower.step(first, 4);
      await first.commit([gone('1'), gone('8')]);
      await first.close();
      const second = await place.open();
      await second.commit([contact('2', 'b'), contact('10', 'a')]);
      const held = await follower.finish(second, 2);
      expect(held.map(({ id }) => id)).toEqual(['0', '10', '3', '4', '5', '6', '7', '9']);
      expect(follower.slices.filter(({ reset }) => reset)).toHaveLength(1);
      await second.close();
    });
  });
}
