// What a daemon holds and has told, when notes of its own and the writes of others cross.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Commit, Write } from '../../../src/service/store.ts';
import { Contents } from '../../../src/store/held/contents.ts';
import { Feed } from '../../../src/store/held/feed.ts';
import { Ledger } from '../../../src/store/postgres/ledger.ts';

const FIRST = 100;
const presence = (id: string, value: object | null): Write => ({ table: 'presence', id, value });
const textOf = ({ value }: Write): string | null => (value === null ? null : JSON.stringify(value));

let ledger: Ledger;
let told: Commit[];
let now: number;

beforeEach(() => {
  now = 0;
  told = [];
  const feed = new Feed(() => {});
  feed.subscribe((commit) => told.push(commit));
  const contents = new Contents({ epoch: 'e', rev: FIRST, removalsKept: 100 });
  ledger = new Ledger(contents, [[40, 50]], feed, () => now);
});

const note = (...writes: Write[]): number => ledger.note(writes, writes.map(textOf), true);
const foreign = (g: number, ...writes: Write[]): void => ledger.foreign(g, { writes, texts: writes.map(textOf) });
const sent = () => ledger.notes.take(() => false);
const rowsAfter = (since: number) =>
  ledger.contents.changes('presence', since).rows.map(({ id, value }) => [id, value]);

describe('a note that gets its number in its place', () => {
  it('keeps the revision with which it was told', () => {
    const rev = note(presence('1', { n: 1 }));
    const [unit] = sent();
    if (unit) ledger.noted(FIRST + 1, unit);
    expect([rev, ledger.rev, ledger.newest, ledger.lasting(rev), ledger.known(FIRST + 1)]).toEqual([
      FIRST + 1,
      FIRST + 1,
      FIRST + 1,
      FIRST + 1,
      FIRST + 1,
    ]);
    expect(ledger.notes.isEmpty).toBe(true);
  });
});

describe('a note that others overtake', () => {
  it('moves behind them without being told again, and guards on either revision mean it', () => {
    const rev = note(presence('1', { n: 1 }), presence('2', null));
    const [unit] = sent();
    foreign(FIRST + 1, presence('3', { by: 'other' }));
    if (unit) ledger.noted(FIRST + 2, unit);
    expect(told.map((commit) => commit.rev)).toEqual([rev, rev + 1]);
    expect(ledger.contents.table('presence').get('1')?.rev).toBe(rev + 2);
    expect([rev, rev + 2].map((guard) => ledger.meantBy('presence', '1', guard))).toEqual([
      { g: FIRST + 2 },
      { g: FIRST + 2 },
    ]);
    expect(ledger.contents.changes('presence', ledger.known(FIRST + 1))).toEqual({
      ...{ reset: false, rev: rev + 2, removed: ['2'] },
      rows: [{ id: '1', value: { n: 1 }, rev: rev + 2 }],
    });
  });

  it('holds against what they wrote to its row, since it is written after it', () => {
    note(presence('1', { by: 'note' }));
    const [unit] = sent();
    foreign(FIRST + 1, presence('1', { by: 'other' }), presence('2', {}));
    if (unit) ledger.noted(FIRST + 2, unit);
    expect(ledger.contents.table('presence').get('1')?.value).toEqual({ by: 'note' });
    expect(told.slice(1).map(({ writes }) => writes)).toEqual([[presence('2', {})]]);
    foreign(FIRST + 3, presence('1', { by: 'other' }));
    expect(ledger.contents.table('presence').get('1')?.value).toEqual({ by: 'other' });
  });

  it('is among what somebody gets who comes from elsewhere before it has its number', () => {
    note(presence('1', { n: 1 }));
    sent();
    foreign(FIRST + 1, presence('2', { n: 2 }));
    expect(rowsAfter(ledger.known(FIRST + 1))).toEqual([
      ['1', { n: 1 }],
      ['2', { n: 2 }],
    ]);
  });

  it('is among that also when it was held back, and goes behind later ones', () => {
    note(presence('1', { n: 1 }));
    const [empty] = ledger.notes.take(() => true);
    note(presence('2', { n: 2 }));
    const [second] = sent();
    ledger.notes.release(new Map());
    const [late] = sent();
    if (empty) ledger.noted(FIRST + 1, empty);
    foreign(FIRST + 2, presence('3', { n: 3 }));
    expect(rowsAfter(ledger.known(FIRST + 2)).map(([id]) => id)).toEqual(['1', '2', '3']);
    if (second) ledger.noted(FIRST + 3, second);
    expect(rowsAfter(ledger.known(FIRST + 2)).map(([id]) => id)).toEqual(['1', '3', '2']);
    if (late) ledger.noted(FIRST + 4, late);
    expect(rowsAfter(ledger.known(FIRST + 2)).map(([id]) => id)).toEqual(['2', '1']);
  });
});

describe('cursors', () => {
  it('stand for what all know, and for nothing when a note waits for long', () => {
    foreign(FIRST + 1, presence('2', {}));
    const rev = note(presence('1', {}));
    now = 1000;
    expect(ledger.lasting(rev)).toBe(FIRST + 1);
    now = 1001;
    expect([ledger.lasting(rev), ledger.lasting(rev - 1)]).toEqual([undefined, FIRST + 1]);
  });

  it('that were never given, or are in a gap, are known to nobody', () => {
    const wrong = [FIRST + 1, -1, 0.5, Number.NaN, 41, 49, Number.POSITIVE_INFINITY];
    expect(wrong.map((cursor) => ledger.contents.changes('presence', ledger.known(cursor)).reset)).toEqual(
      wrong.map(() => true),
    );
    ledger.skipped([[FIRST, FIRST + 1000]]);
    ledger.advance(FIRST + 1000);
    expect([FIRST, FIRST + 1, FIRST + 999, FIRST + 1000].map((cursor) => ledger.known(cursor) >= 0)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('of a guard mean a note that has no number by its value, and nothing when it is no more', () => {
    const first = note(presence('1', { n: 1 }));
    const second = note(presence('1', { n: 2 }));
    expect([ledger.meantBy('presence', '1', second), ledger.meantBy('presence', '1', first)]).toEqual([
      { text: '{"n":2}' },
      { g: Number.NaN },
    ]);
  });
});

describe('notes that are too many for one call', () => {
  it('are taken in their order, and those to rows of a commit go before it', () => {
    for (let n = 0; n < 5; n += 1) note(presence(String(n), { n }));
    note(presence('4', { n: 'newer' }), presence('5', {}));
    const shown = (units: ReturnType<typeof sent>) =>
      units.map(({ local, rows }) => [local, rows.map(({ id, text }) => `${id} ${text}`)]);
    expect(shown(ledger.notes.take(() => false, 2))).toEqual([
      [FIRST + 1, ['0 {"n":0}']],
      [FIRST + 2, ['1 {"n":1}']],
    ]);
    expect(ledger.meantBy('presence', '4', FIRST + 6)).toEqual({ text: '{"n":"newer"}' });
    expect(shown(ledger.notes.takeOf(['presence\x001', 'presence\x004', 'presence\x009']))).toEqual([
      [undefined, ['4 {"n":"newer"}']],
    ]);
    expect(ledger.meantBy('presence', '4', FIRST + 6)).toEqual({ text: '{"n":"newer"}' });
    expect(shown(sent())).toEqual([
      [FIRST + 3, ['2 {"n":2}']],
      [FIRST + 4, ['3 {"n":3}']],
      [FIRST + 5, []],
      [FIRST + 6, ['5 {}']],
    ]);
  });

  it('are not sent after a commit that took effect here after them', () => {
    note(presence('1', { n: 1 }), presence('2', { n: 1 }));
    const replaced = ledger.commit(FIRST + 1, [presence('1', { by: 'commit' })], []);
    note(presence('1', { n: 2 }));
    ledger.notes.release(new Map([['presence\x001', replaced]]));
    expect(sent().map(({ rows }) => rows.map(({ id, text }) => [id, text]))).toEqual([
      [['2', '{"n":1}']],
      [['1', '{"n":2}']],
    ]);
  });

  it('wait when they are refused, unless a newer one of the row is here', () => {
    note(presence('1', { n: 1 }), presence('2', { n: 1 }));
    const [unit] = sent();
    note(presence('1', { n: 2 }));
    if (unit) ledger.notes.refused(unit);
    ledger.notes.gatherWaiting(10);
    expect(sent().map(({ rows }) => rows.map(({ id, text }) => [id, text]))).toEqual([
      [['1', '{"n":2}']],
      [['2', '{"n":1}']],
    ]);
  });
});

describe('notes while the database is away', () => {
  it('give way to what others wrote meanwhile, but not to what was their own', () => {
    note(presence('own', { n: 1 }), presence('both', { n: 1 }));
    sent();
    ledger.notes.lost();
    ledger.note([presence('own', { n: 2 }), presence('both', { n: 2 })], ['{"n":2}', '{"n":2}'], false);
    foreign(FIRST + 1, presence('own', { n: 1 }), presence('both', { by: 'other' }));
    const held = ['own', 'both'].map((id) => ledger.contents.table('presence').get(id)?.value);
    expect(held).toEqual([{ n: 2 }, { by: 'other' }]);
    ledger.notes.gatherWaiting(1000);
    expect(sent().map(({ rows }) => rows.map(({ id, text }) => [id, text]))).toEqual([[['own', '{"n":2}']]]);
  });

  it('of rows that came and went are not written when nobody can ask for them', () => {
    const away = (id: string, value: object | null): void => {
      const row = presence(id, value);
      ledger.note([row], [textOf(row)], false);
    };
    foreign(FIRST + 1, presence('known', {}));
    for (const id of ['first', 'early']) away(id, {});
    now = 1001;
    for (const id of ['short', 'stays', 'known', 'again']) away(id, { n: 1 });
    for (const id of ['short', 'known', 'again', 'early']) away(id, null);
    away('again', { n: 2 });
    ledger.notes.gatherWaiting(1000);
    expect(sent().map(({ rows }) => rows.map(({ id, text }) => [id, text]))).toEqual([
      [
        ['first', '{}'],
        ['stays', '{"n":1}'],
        ['known', null],
        ['early', null],
        ['again', '{"n":2}'],
      ],
    ]);
  });

  it('are sent a part at a time, each when the one before has its number, and only the last note of a row', () => {
    for (let n = 0; n < 7; n += 1) ledger.note([presence(String(n), { n })], [`{"n":${n}}`], false);
    const { oldest } = ledger.notes;
    const idsOf = (units: ReturnType<typeof sent>) => units.map(({ rows }) => rows.map(({ id }) => id));
    ledger.notes.gatherWaiting(3);
    ledger.notes.gatherWaiting(3);
    note(presence('5', { n: 'new' }));
    const first = sent();
    expect(idsOf(first)).toEqual([['0', '1', '2'], ['5']]);
    expect(ledger.notes.oldest).toEqual(oldest);
    for (const [at, unit] of first.entries()) ledger.noted(FIRST + 1 + at, unit);
    expect(ledger.notes.oldest).toEqual(oldest);
    ledger.notes.gatherWaiting(3);
    const [rest] = sent();
    expect(rest?.rows.map(({ id, text }) => [id, text])).toEqual([
      ['3', '{"n":3}'],
      ['4', '{"n":4}'],
      ['6', '{"n":6}'],
    ]);
    if (rest) ledger.noted(FIRST + 3, rest);
    expect([ledger.notes.isEmpty, ledger.notes.oldest]).toEqual([true, undefined]);
    expect(rowsAfter(ledger.known(FIRST + 2)).map(([id]) => id)).toEqual(['3', '4', '6']);
  });

  it('are as many as there are rows, however often they are noted', () => {
    for (let n = 0; n < 5000; n += 1) {
      const row = presence(String(n % 7), { n });
      ledger.note([row], [textOf(row)], false);
    }
    ledger.notes.gatherWaiting(1000);
    expect(sent().flatMap(({ rows }) => rows)).toHaveLength(7);
  });
});
