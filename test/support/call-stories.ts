// Finished calls as a watcher tells of them, in short words.
import type { IncomingEntry, OutgoingEntry } from '../../src/domain/call.ts';
import type { CallNews, OpenCall } from '../../src/service/calls-port.ts';

export const BEGAN = Date.parse('2026-01-05T08:00:00.000Z');
export const ADA = '020 7946 0000';

let calls = 0;

/** A name of a call that nobody had yet. */
export function newCall(): string {
  calls += 1;
  return `1767600000.${calls}`;
}

export function missed(owner: string, number: string, more: Partial<IncomingEntry> = {}): IncomingEntry {
  return {
    ...{ owner, call: newCall(), at: BEGAN, direction: 'in', number, disposition: 'missed', reason: 'no_answer' },
    ...{ ring: 20, talk: 0, ...more },
  };
}

export function called(owner: string, number: string, more: Partial<OutgoingEntry> = {}): OutgoingEntry {
  return {
    ...{ owner, call: newCall(), at: BEGAN, direction: 'out', number, disposition: 'answered' },
    ...{ ring: 3, talk: 60, ...more },
  };
}

/** The end of the call that the first of these entries is of. */
export function ended(...entries: readonly (IncomingEntry | OutgoingEntry)[]): CallNews {
  return { kind: 'ended', id: entries[0]?.call ?? newCall(), entries, isOver: true };
}

export function opened(id: string, more: Partial<OpenCall> = {}): CallNews {
  return { kind: 'open', call: { id, state: 'ringing', memory: { caller: '+442079460000' }, ...more } };
}
