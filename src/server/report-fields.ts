// What a field of a report may show, by its kind: what does not look like its kind is left out, what people wrote and what
// could be a secret is taken out of free text. Pure.
import { isIP } from 'node:net';

const LONGEST_TEXT = 200;
const MOST_FRAMES = 6;

const shaped = (shape: RegExp) => (value: unknown) =>
  typeof value === 'string' && shape.test(value) ? value : undefined;

/** Each kind: the value as the log may show it, or undefined to leave it out. */
export const FIELD_KINDS = {
  number: (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
  flag: (value: unknown) => (typeof value === 'boolean' ? value : undefined),
  /** An extension number: longer ones could be somebody's phone number. */
  extension: shaped(/^[0-9]{1,8}$/),
  /** One of our own words, such as the reason of a refusal. */
  word: shaped(/^[a-z]{1,24}([ _.,-][a-z]{1,24}){0,3}$/i),
  /** A code of the operating system, such as ECONNREFUSED. */
  code: shaped(/^[A-Z][A-Z0-9_]{1,40}$/),
  /** The id under which a bug is found again. */
  id: shaped(/^([0-9a-z]{1,8}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/),
  /** The address of a peer. */
  address: (value: unknown) => (typeof value === 'string' && isIP(value) > 0 ? value : undefined),
  /** A host from the settings. */
  host: shaped(/^[A-Za-z0-9._:%-]{1,255}$/),
  /** Of a listener of ours. */
  url: shaped(/^(https?|agi):\/\/[A-Za-z0-9._:[\]-]{1,270}(\/lookup)?$/),
  /** A name that the operator or the daemon gave: of a file in the data folder, of the manager user. */
  label: shaped(/^[\w.-]{1,80}$/),
  /** What the operating system or Asterisk says. */
  text: (value: unknown) => (typeof value === 'string' && value !== '' ? plain(value) : undefined),
  /** One or more lines that name no value, as the settings' faults. */
  faults: (value: unknown) =>
    typeof value === 'string' ? value.split('\n').map(oneLine).join('; ').slice(0, 2_000) : undefined,
  /** A stack: the kind of error and the places, without its message, which may quote what a peer sent. */
  fault: (value: unknown) => (typeof value === 'string' ? faultOf(value) : undefined),
} as const;

export type FieldKind = keyof typeof FIELD_KINDS;

/** Text in one line without quotations, e-mails, long numbers and what looks like a token; at most 200 characters. */
function plain(text: string): string {
  const scrubbed = oneLine(text.slice(0, 4 * LONGEST_TEXT))
    .replace(/(["“„«])[^"”“»]*["”“»]/g, '"…"')
    .replace(/[^\s@<>]+@[^\s@<>]+/g, '…')
    .replace(/\+?\d(?:[\s().-]{0,2}\d){8,}/g, '…')
    .replace(/[\w-]{32,}/g, '…');
  return scrubbed.length > LONGEST_TEXT ? `${scrubbed.slice(0, LONGEST_TEXT - 1)}…` : scrubbed;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim();
}

/** `TypeError ECODE at open (file.js:3:1) < read (other.js:4:2)`; of frames alone only the places. */
function faultOf(stack: string): string {
  const lines = stack.slice(0, 20_000).split('\n');
  const frames = lines.flatMap((line) => /^\s*at (.{1,300}:\d+:\d+\)?)$/.exec(line)?.[1] ?? []).map(withoutFolders);
  const places = frames.length > 0 ? `at ${frames.slice(0, MOST_FRAMES).join(' < ')}` : undefined;
  const head = lines[0] ?? '';
  if (/^\s*at /.test(head) && places) return places;
  const name = /^([A-Z]\w{0,40}(?:Error|Failure))\b/.exec(head)?.[1] ?? 'Error';
  const code = /\b(E[A-Z]{3,20}|ERR_[A-Z_]{3,40})\b/.exec(head)?.[1];
  return [name, code, places].filter((part) => part !== undefined).join(' ');
}

function withoutFolders(frame: string): string {
  return frame.replace(/file:\/\/|[^\s(]*\/(?=[^/]*$)/g, '');
}
