// Statuses in Asterisk's words (PRESENCE_STATE): the table of both directions. Pure.
import type { Status } from './presence.ts';
import type { EffectiveStatus } from './status.ts';

/** A presence state as the PBX holds it. Strings are decoded text without control characters. */
export interface Presentity {
  /** Asterisk's word: not_set, unavailable, available, away, xa, chat, dnd. */
  readonly state: string;
  readonly subtype: string;
  readonly message: string;
}

/** Bytes of a message that Asterisk tells in its events; it keeps more, but nobody sees them there. */
const SHOWN_BYTES = 255;

/** As much of a note as Asterisk tells of it: two notes that agree in this are the same one there. */
export function shownNote(note: string): string {
  const bytes = new TextEncoder().encode(note);
  if (bytes.length <= SHOWN_BYTES) return note;
  return new TextDecoder()
    .decode(bytes.subarray(0, SHOWN_BYTES))
    .replace(/\ufffd+$/, '')
    .trimEnd();
}

export const NOT_SET: Presentity = { state: 'not_set', subtype: '', message: '' };

const WRITTEN: Readonly<Record<Status, readonly [state: string, subtype: string]>> = {
  available: ['available', ''],
  away: ['away', ''],
  lunch: ['away', 'lunch'],
  business_trip: ['xa', 'business_trip'],
  off_work: ['unavailable', 'off_work'],
  do_not_disturb: ['dnd', ''],
};

/** What is written to the PBX for a status. */
export function presentityOf(status: EffectiveStatus): Presentity {
  const [state, subtype] = WRITTEN[status.status];
  return { state, subtype, message: status.note ?? '' };
}

function statusWord(state: string, subtype: string): Status | undefined {
  switch (state) {
    case 'available':
    case 'chat':
      return 'available';
    case 'away':
      return subtype === 'lunch' ? 'lunch' : 'away';
    case 'xa':
      return subtype === 'off_work' ? 'off_work' : 'business_trip';
    case 'unavailable':
      return 'off_work';
    case 'dnd':
      return 'do_not_disturb';
    default:
      return undefined;
  }
}

/** What a presentity says of the status, whoever wrote it; undefined when it has no opinion. */
export function statusOf(presentity: Presentity): EffectiveStatus | undefined {
  const status = statusWord(presentity.state.toLowerCase(), presentity.subtype.toLowerCase());
  if (!status) return undefined;
  return { status, ...(presentity.message ? { note: presentity.message } : {}) };
}
