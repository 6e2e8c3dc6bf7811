// The judge of the fault trials is judged: each loss and each untruth is found out, and what may happen is let pass.
import { expect, it } from 'vitest';
import { Ledger } from './ledger.ts';
import type { Line, WriteLine } from './lines.ts';

const row = (id: string, text: string): WriteLine => ['users', id, { text }];
const writes = (n: number): WriteLine[] => [row('a', `${n}`), row('b', `${n}`), ['statuses', 'counter 0', { n }]];
const tried = (n: number): Line => ({ try: [0, n], writes: writes(n), batch: false });
const told = (n: number, rev: number): Line => ({
  told: rev,
  writes: writes(n).map(([table, id, value]) => [table, id, value, null, null]),
});
const done = (n: number, rev: number): Line => ({ done: [0, n], rev });
const committed = (n: number, rev: number): Line[] => [tried(n), told(n, rev), done(n, rev)];
const found = (n: number, rev: number): Line[] =>
  writes(n).map(([table, id, value]): Line => ({ row: [table, id, rev, value as object] }));
const changed = (n: number, rev: number): Line[] =>
  (['users', 'statuses'] as const).map((table) => {
    const rows = writes(n).flatMap(([of, id, value]) => (of === table ? [{ id, rev, value: value as object }] : []));
    return { changed: { reset: false, rows, removed: [], rev }, table, scope: null };
  });
const open = (rev: number): Line => ({ open: rev });

/** What is wrong when these lives follow one another; each but the last is killed, or loses its power where `cut` stands. */
function faultsOf(...lives: readonly (readonly (Line | 'cut')[])[]): readonly string[] {
  const ledger = new Ledger();
  for (const lines of lives) {
    for (const line of lines) {
      if (line === 'cut') ledger.cut();
      else ledger.take(line);
    }
    ledger.end();
  }
  return ledger.faults;
}

it('what was acknowledged and is there is right', () => {
  expect(faultsOf([open(0), ...committed(1, 1)], [...found(1, 1), open(9)])).toEqual([]);
});

it('what was acknowledged and is gone is lost', () => {
  expect(faultsOf([open(0), ...committed(1, 1)], [open(9)])).toContain(
    'writer 0: commit 1 was acknowledged, found is 0',
  );
});

it('what was told and not acknowledged must be there too', () => {
  expect(faultsOf([open(0), tried(1), told(1, 1)], [open(9)])).toContain(
    'writer 0: commit 1 was acknowledged, found is 0',
  );
});

it('what was only tried may be there or not', () => {
  const before = [open(0), ...committed(1, 1), tried(2)];
  expect(faultsOf(before, [...found(1, 1), open(9)])).toEqual([]);
  expect(faultsOf(before, [...changed(2, 12), ...found(2, 12), open(12)])).toEqual([]);
});

it('half of a commit is never right', () => {
  const [a, , counter] = found(2, 12) as [Line, Line, Line];
  const [, b] = found(1, 1) as [Line, Line, Line];
  const faults = faultsOf([open(0), ...committed(1, 1), tried(2)], [...changed(2, 12), a, b, counter, open(12)]);
  expect(faults).toContain('users b is {"text":"1"}, not {"text":"2"}');
});

it('what was refused must not be there, unless the disk had failed', () => {
  const refused = (sure: boolean): Line[] => [open(0), ...committed(1, 1), tried(2), { refused: [0, 2], sure }];
  const after = [...changed(2, 12), ...found(2, 12), open(12)];
  expect(faultsOf(refused(true), after)).toContain('users a is {"text":"2"}, not {"text":"1"}');
  expect(faultsOf(refused(false), after)).toEqual([]);
});

it('a row of nobody is found out', () => {
  const stray: Line = { row: ['retired', 'stale 0 1', 1, {}] };
  expect(faultsOf([open(0)], [stray, open(9)])).toContain('retired stale 0 1 should not be there: {}');
});

it('a revision that was given stays or is followed by one above all', () => {
  const before = [open(0), ...committed(1, 1), ...committed(2, 2)];
  expect(faultsOf(before, [...found(2, 1), open(9)])).toContain('users a has revision 1, not 2');
  expect(faultsOf(before, [...changed(2, 7), ...found(2, 7), open(9)])).toEqual([]);
});

it('who asks for the changes since what it was told must hold what is there', () => {
  const faults = faultsOf([open(0), ...committed(1, 1), tried(2)], [...found(2, 12), open(12)]);
  expect(faults).toContain(
    'who asked for changes since the last told revision: users a is {"text":"2"}, not {"text":"1"}',
  );
});

it('what is heard after a power cut counts for nothing', () => {
  expect(faultsOf([open(0), tried(1), 'cut', told(1, 1), done(1, 1)], [open(9)])).toEqual([]);
});

it('a note that is a turn old survives a kill, not a power cut', () => {
  const noted: Line[] = [open(0), { told: 1, writes: [['presence', '1', { n: 5 }, null, null]] }, { noted: '1', n: 5 }];
  expect(faultsOf(noted, [open(9)])).toContain('presence 1 is missing');
  const reset: Line = { changed: { reset: true, rows: [], removed: [], rev: 9 }, table: 'presence', scope: null };
  expect(faultsOf([...noted, 'cut'], [reset, open(9)])).toEqual([]);
});

it('commits told out of order, twice or otherwise than they were made are found out', () => {
  expect(faultsOf([open(5), tried(1), told(1, 5)])).toEqual(['revision 5 was told after 5']);
  expect(faultsOf([open(0), tried(1), told(2, 1)])).toEqual(['revision 1 was told with rows that nobody wrote']);
  expect(faultsOf([open(0), tried(1), done(1, 1)])).toEqual([
    'commit 1 of writer 0 was acknowledged before the feed told it',
  ]);
});

const CONTACTS = ['c0.1', 'c0.2', 'c0.3'];
const inBook = (book: string): object => ({ book });
const batchWrites: WriteLine[] = [
  ...CONTACTS.map((id): WriteLine => ['contacts', id, inBook('a')]),
  ['statuses', 'counter 0', { n: 1 }],
];
const batchTried: Line = { try: [0, 1], writes: batchWrites, batch: true };
const slice = (rev: number, ...ids: string[]): Line => ({
  told: rev,
  writes: ids.map((id) => ['contacts', id, inBook('a'), 'a', null]),
});
const last = (rev: number): Line => ({ told: rev, writes: [['statuses', 'counter 0', { n: 1 }, null, null]] });
/** What a restart finds and tells of the batch, each row with its revision. */
const batchFound = (...revs: number[]): Line[] => {
  const [rev = 0] = revs.slice(-1);
  const rows = CONTACTS.map((id, index) => ({ id, rev: revs[index] ?? rev, value: inBook('a') }));
  const counter = { id: 'counter 0', rev, value: { n: 1 } };
  return [
    { changed: { reset: false, rows, removed: [], rev }, table: 'contacts', scope: 'a' },
    { changed: { reset: false, rows: [counter], removed: [], rev }, table: 'statuses', scope: null },
    ...rows.map((one): Line => ({ row: ['contacts', one.id, one.rev, one.value] })),
    { row: ['statuses', 'counter 0', rev, counter.value] },
    open(rev),
  ];
};

it('a batch is told in slices, and is there with their revisions', () => {
  const whole = [open(0), batchTried, slice(1, 'c0.1', 'c0.2'), slice(2, 'c0.3'), last(3), done(1, 3)];
  expect(faultsOf(whole, batchFound(1, 1, 2, 3))).toEqual([]);
  expect(faultsOf(whole, batchFound(1, 2, 2, 3))).toContain('contacts c0.2 has revision 2, not 1');
});

it('a batch of which some was told must be there as a whole, and one of which nothing was may', () => {
  const begun = [open(0), batchTried, slice(1, 'c0.1', 'c0.2')];
  expect(faultsOf(begun, batchFound(1, 1, 12, 13))).toEqual([]);
  expect(faultsOf(begun, [open(9)])).toContain('writer 0: commit 1 was acknowledged, found is 0');
  expect(faultsOf([open(0), batchTried], [open(9)])).toEqual([]);
  expect(faultsOf([open(0), batchTried], batchFound(11, 11, 12, 13))).toEqual([]);
  const half = batchFound(11, 11, 12, 13).filter((line) => !('row' in line && line.row[1] === 'c0.3'));
  expect(faultsOf([open(0), batchTried], half)).toContain('contacts c0.3 is missing');
});

it('slices that are none, or that lack a row, are found out', () => {
  expect(faultsOf([open(0), tried(1), slice(1, 'c0.1')])).toEqual(['revision 1 was told with rows that nobody wrote']);
  expect(faultsOf([open(0), batchTried, slice(1, 'c0.1', 'c0.2'), last(2)])).toEqual([
    'revision 2 was told with rows that nobody wrote',
  ]);
});
