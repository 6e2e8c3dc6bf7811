// A chat as it is shown: messages in their days, each with its author where the author changes, and how far one's own have come. Pure.
import type { Message } from '../../../client/types.ts';
import type { Refusal, Unsent } from './kept-writing.ts';

export type LineState = 'theirs' | 'waiting' | 'sending' | 'refused' | 'sent' | 'delivered' | 'read';

interface Line {
  readonly id: string;
  readonly text: string;
  readonly at: string;
  readonly state: LineState;
  /** When it was delivered or read. */
  readonly stateAt?: string;
  readonly refusal?: Refusal;
  /** Begins what one of the two wrote in one go. */
  readonly isFirst: boolean;
}

export interface Day {
  /** `2026-11-21`, of this device's time zone. */
  readonly id: string;
  readonly at: string;
  readonly lines: readonly Line[];
}

type Said = Omit<Line, 'isFirst'>;

/** After so long somebody begins anew. */
const PAUSE_MS = 5 * 60_000;

/** What waits to be sent stands behind the messages; what the server has by now stands among them. */
export function unsentBehind(messages: readonly Message[], unsent: readonly Unsent[], chat: string): readonly Unsent[] {
  const own = unsent.filter(({ to }) => to === chat);
  if (own.length === 0) return own;
  const ids = new Set(messages.slice(-1_000).map(({ id }) => id));
  return own.filter(({ id }) => !ids.has(id));
}

/** The part `from` to `to` of the messages with the unsent behind them. */
export function daysOf(
  messages: readonly Message[],
  unsent: readonly Unsent[],
  { from, to, isConnected }: { readonly from: number; readonly to: number; readonly isConnected: boolean },
): readonly Day[] {
  const days: { id: string; at: string; lines: Line[] }[] = [];
  const said = (index: number): Said | undefined => {
    const message = messages[index];
    if (message) return saidOf(message);
    const waiting = unsent[index - messages.length];
    return waiting && unsaidOf(waiting, isConnected);
  };
  let before = said(from - 1);
  for (let index = from; index < to; index += 1) {
    const line = said(index);
    if (!line) break;
    const id = dayOf(line.at);
    const isFirst = !before || dayOf(before.at) !== id || isOwn(before) !== isOwn(line) || pause(before, line);
    if (days.at(-1)?.id !== id) days.push({ id, at: line.at, lines: [] });
    days.at(-1)?.lines.push({ ...line, isFirst });
    before = line;
  }
  return days;
}

function isOwn({ state }: Said): boolean {
  return state !== 'theirs';
}

function pause(before: Said, line: Said): boolean {
  return Math.abs(Date.parse(line.at) - Date.parse(before.at)) > PAUSE_MS;
}

function saidOf({ id, text, at, from, with: other, delivered, read }: Message): Said {
  if (from === other) return { id, text, at, state: 'theirs' };
  if (read !== undefined) return { id, text, at, state: 'read', stateAt: read };
  if (delivered !== undefined) return { id, text, at, state: 'delivered', stateAt: delivered };
  return { id, text, at, state: 'sent' };
}

function unsaidOf({ id, text, at, refusal }: Unsent, isConnected: boolean): Said {
  if (refusal) return { id, text, at, state: 'refused', refusal };
  return { id, text, at, state: isConnected ? 'sending' : 'waiting' };
}

function dayOf(at: string): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
