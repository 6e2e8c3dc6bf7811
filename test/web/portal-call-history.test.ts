import { describe, expect, test } from 'vitest';
import type { Call } from '../../client/types.ts';
import {
  filterCalls,
  type HistoryFilter,
  type HistoryRow,
  historyRows,
  sortCalls,
} from '../../web/src/calls/history/history-rows.ts';

const call = (id: string, more: Partial<Call> = {}): Call => ({
  id,
  at: '2026-11-21T10:00:00.000Z',
  direction: 'in',
  number: '1002',
  disposition: 'answered',
  ring: 4,
  talk: 60,
  ...more,
});

const dayOf = (at: string) => at.slice(0, 10);

/** A row in short: the day, the calls by their ids, or the beginning of a gap. */
function short(row: HistoryRow): string {
  if (row.kind === 'day') return `day ${row.at.slice(8, 10)}`;
  return row.kind === 'gap' ? `gap ${row.gap.from}` : row.calls.map(({ id }) => id).join('+');
}

const rowsOf = (...args: Parameters<typeof historyRows>) => historyRows(...args).map(short);

describe('the order of the history', () => {
  test('is newest first, and the same for calls of one moment', () => {
    const calls = [
      call('b'),
      call('c', { at: '2026-11-21T11:00:00.000Z' }),
      call('a'),
      call('d', { at: '2026-11-20T23:00:00.000Z' }),
    ];
    expect(sortCalls(calls).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd']);
    expect(sortCalls([...calls].reverse())).toEqual(sortCalls(calls));
  });
});

describe('the rows of the history', () => {
  test('have a heading for each day', () => {
    const calls = [
      call('a'),
      call('b', { at: '2026-11-20T10:00:00.000Z' }),
      call('c', { at: '2026-11-18T10:00:00.000Z' }),
    ];
    expect(rowsOf(calls, [], dayOf)).toEqual(['day 21', 'a', 'day 20', 'b', 'day 18', 'c']);
    expect(rowsOf([], [], dayOf)).toEqual([]);
  });

  test('fold calls of the same party that follow each other and ended alike, the newest standing for all', () => {
    const missed = { disposition: 'missed', reason: 'no_answer', talk: 0 } as const;
    const rows = historyRows(
      [
        call('a', missed),
        call('b', missed),
        call('busy', { ...missed, reason: 'busy' }),
        call('c'),
        call('d', { direction: 'out' }),
        call('e', { direction: 'out', number: '1003' }),
        call('f', { direction: 'out', number: '1003', at: '2026-11-20T10:00:00.000Z' }),
      ],
      [],
      dayOf,
    );
    expect(rows.map(short)).toEqual(['day 21', 'a+b', 'busy', 'c', 'd', 'e', 'day 20', 'f']);
    expect(rows[1]).toMatchObject({ id: 'a', call: { id: 'a' } });
  });

  test('never fold withheld numbers, nor a call that goes on', () => {
    const { disposition: _, ...open } = call('c', { direction: 'out', state: 'ringing' });
    const calls = [call('a', { number: '' }), call('b', { number: '' }), open, { ...open, id: 'd' }];
    expect(rowsOf(calls, [], dayOf)).toEqual(['day 21', 'a', 'b', 'c', 'd']);
  });

  test('show a time in which nobody watched where it belongs, and nothing is folded over it', () => {
    const gap = { id: 'gap', from: '2026-11-21T09:00:00.000Z', until: '2026-11-21T09:30:00.000Z' };
    const older = { id: 'older', from: '2026-11-01T09:00:00.000Z', until: '2026-11-01T09:30:00.000Z' };
    const calls = [call('a'), call('b', { at: '2026-11-21T08:00:00.000Z' })];
    expect(rowsOf(calls, [older, gap], dayOf)).toEqual([
      'day 21',
      'a',
      'gap 2026-11-21T09:00:00.000Z',
      'b',
      'day 01',
      'gap 2026-11-01T09:00:00.000Z',
    ]);
  });
});

describe('the filter of the history', () => {
  const calls = [
    call('answered', { name: 'Zoë Müller', number: '+44 20 7946 0009' }),
    call('missed', { disposition: 'missed', name: 'Ben Bitdiddle', talk: 0 }),
    call('out', { direction: 'out', number: '0049 30 1234' }),
    call('busy', { direction: 'out', disposition: 'busy', talk: 0 }),
    call('withheld', { number: '' }),
  ];
  const left = (filter: Partial<HistoryFilter>) =>
    filterCalls(calls, { kind: 'all', text: '', ...filter }).map(({ id }) => id);

  test('leaves missed, incoming or outgoing calls', () => {
    expect(left({})).toEqual(['answered', 'missed', 'out', 'busy', 'withheld']);
    expect(left({ kind: 'missed' })).toEqual(['missed']);
    expect(left({ kind: 'in' })).toEqual(['answered', 'missed', 'withheld']);
    expect(left({ kind: 'out' })).toEqual(['out', 'busy']);
  });

  test('finds names without accents, and numbers however they are written', () => {
    expect(left({ text: 'zoe mull' })).toEqual(['answered']);
    expect(left({ text: 'mueller' })).toEqual(['answered']);
    expect(left({ text: '020' })).toEqual([]);
    expect(left({ text: '7946' })).toEqual(['answered']);
    expect(left({ text: '301234' })).toEqual(['out']);
    expect(left({ text: 'ben', kind: 'in' })).toEqual(['missed']);
    expect(left({ text: 'ben', kind: 'out' })).toEqual([]);
    expect(left({ text: '-' })).toEqual(['answered', 'missed', 'out', 'busy', 'withheld']);
  });
});
