// Presence states in AMI's writing: PresenceStateChange read, PRESENCE_STATE values written. Pure.
import type { Presentity } from '../service/pbx-port.ts';
import { type AmiMessage, header } from './ami/message.ts';
import { NOTE_LENGTH, plainText } from './plain-text.ts';

/** What stands for a presentity that was never set. */
export const NO_OPINION: Presentity = { state: 'not_set', subtype: '', message: '' };

const STATES: ReadonlySet<string> = new Set(['not_set', 'unavailable', 'available', 'away', 'xa', 'chat', 'dnd']);
const SUBTYPE_LENGTH = 40;

/** Asterisk's own escapes in PresenceStateChange and PresenceStateList, and no others. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** Undoes the C-style escapes of subtype and message. */
export function unescapeText(text: string): string {
  return text.replace(/\\([abfnrtv\\'"?])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** Reads PresenceStateChange, live or of a list. Undefined when headers are missing or the state is not Asterisk's. */
export function readPresentity(message: AmiMessage): { name: string; presentity: Presentity } | undefined {
  const name = header(message, 'presentity');
  const state = header(message, 'status')?.toLowerCase();
  if (!name || !state || !STATES.has(state)) return undefined;
  const subtype = unescapeText(header(message, 'subtype') ?? '');
  // Asterisk cuts a long message by bytes: what is left of the last character says nothing.
  const note = unescapeText(header(message, 'message') ?? '').replace(/\ufffd+$/, '');
  return { name, presentity: boundedPresentity({ state, subtype, message: note }) };
}

/** The presentity as it can be written and read back: plain text within the lengths that fit one AMI line. */
export function boundedPresentity({ state, subtype, message }: Presentity): Presentity {
  return { state, subtype: plainText(subtype, SUBTYPE_LENGTH), message: plainText(message, NOTE_LENGTH) };
}

/**
 * The value for `Setvar PRESENCE_STATE(…)` with option e: state, base64 of subtype and message. At the longest it is
 * under 1,000 bytes, within Asterisk's limit of a header line.
 */
export function encodePresentity(presentity: Presentity): string {
  const { state, subtype, message } = boundedPresentity(presentity);
  return `${state},${base64(subtype)},${base64(message)},e`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

export function samePresentity(a: Presentity, b: Presentity): boolean {
  return a.state === b.state && a.subtype === b.subtype && a.message === b.message;
}
