// The call history as the rows of a list: newest first, by days, with calls of the same party one after the other in one row, and
// times in which nobody watched the calls. Pure.
import type { Call, CallGap } from '../../../../client/types.ts';
import { foundWords, typedWords } from '../../../../src/domain/fold.ts';

export const CALL_KINDS = ['all', 'missed', 'in', 'out'] as const;
type CallKind = (typeof CALL_KINDS)[number];

export interface HistoryFilter {
  readonly kind: CallKind;
  readonly text: string;
}

export type HistoryRow =
  | { readonly kind: 'day'; readonly id: string; readonly at: string }
  | { readonly kind: 'gap'; readonly id: string; readonly gap: CallGap }
  /** At least one, the newest first. */
  | { readonly kind: 'calls'; readonly id: string; readonly call: Call; readonly calls: readonly Call[] };

/** Newest first. */
export function sortCalls(calls: Iterable<Call>): readonly Call[] {
  return [...calls].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? 1 : -1));
}

/** What is left of a list. Every typed word begins a word of the name or is in the number. */
export function filterCalls(calls: readonly Call[], { kind, text }: HistoryFilter): readonly Call[] {
  const words = typedWords(text);
  if (kind === 'all' && words.length === 0) return calls;
  return calls.filter((call) => isOfKind(call, kind) && words.every((word) => answers(word, call)));
}

/** Of sorted calls. `dayOf`: a word for the day of a time, the same for all times of that day. */
export function historyRows(
  calls: readonly Call[],
  gaps: readonly CallGap[],
  dayOf: (at: string) => string,
): readonly HistoryRow[] {
  const entries = [...calls.map((call) => ({ at: call.at, call })), ...gaps.map((gap) => ({ at: gap.from, gap }))].sort(
    (a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0),
  );
  const rows: HistoryRow[] = [];
  let day: string | undefined;
  for (const entry of entries) {
    const itsDay = dayOf(entry.at);
    if (itsDay !== day) rows.push({ kind: 'day', id: `day ${itsDay}`, at: entry.at });
    day = itsDay;
    if ('gap' in entry) {
      rows.push({ kind: 'gap', id: `gap ${entry.gap.from}`, gap: entry.gap });
      continue;
    }
    const { call } = entry;
    const last = rows.at(-1);
    if (last?.kind === 'calls' && isLike(last.call, call))
      rows[rows.length - 1] = { ...last, calls: [...last.calls, call] };
    else rows.push({ kind: 'calls', id: call.id, call, calls: [call] });
  }
  return rows;
}

function isOfKind({ direction, disposition }: Call, kind: CallKind): boolean {
  if (kind === 'all') return true;
  return kind === 'missed' ? disposition === 'missed' : direction === kind;
}

function answers(word: string, { name = '', number }: Call): boolean {
  return foundWords(name).some((found) => found.startsWith(word)) || number.replace(/\D/g, '').includes(digits(word));
}

/** What is never in a number, where there are none. */
function digits(word: string): string {
  return /^\d+$/.test(word) ? word : '-';
}

/** Calls that stand in one row: with the same party, in the same way. What goes on stands by itself, and so do withheld numbers. */
function isLike(a: Call, b: Call): boolean {
  return (
    a.number !== '' &&
    a.state === undefined &&
    b.state === undefined &&
    a.number === b.number &&
    a.direction === b.direction &&
    a.disposition === b.disposition &&
    a.reason === b.reason
  );
}
