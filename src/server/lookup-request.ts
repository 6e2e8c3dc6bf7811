// What a request to the lookup listener asks, read from its target and its headers. Pure: knows no socket and no answer.
import { isUtf8 } from 'node:buffer';
import type { CallerQuestion } from '../service/dialplan-port.ts';
import { oneLine } from '../service/presence-setting.ts';
import { saysOutside } from './outside-word.ts';

export interface LookupRequest {
  readonly question: CallerQuestion;
  /** What is answered when nobody is found: the name given, on one line. */
  readonly name: string;
  /** A colleague keeps the name given. */
  readonly keepsExtension: boolean;
  /** The tokens shown, in the query and in the header; one of them has to be the right one. */
  readonly tokens: readonly string[];
}

/** In code points, as long as a name of a contact may be. */
const LONGEST_NAME = 255;
/** In characters; no number is longer, however it is written. */
const LONGEST_NUMBER = 255;
const LONGEST_TOKEN = 512;

/** The query of `/lookup`, with host and port before it, slashes doubled or one at its end too; undefined of other paths. */
export function lookupQuery(target: string): string | undefined {
  const found = /^(?:https?:\/\/[^/?]*)?\/+lookup\/*(?:\?(.*))?$/s.exec(target);
  return found ? (found[1] ?? '') : undefined;
}

/** `query` has a character for each byte, as node gives it. `authorization` is the header. */
export function readLookup(query: string, authorization: string | undefined): LookupRequest {
  const given = firstOfEach(query);
  const number = withPlus(given.get('number') ?? '');
  const token = given.get('token');
  const shown = authorization === undefined ? undefined : tokenOf(authorization);
  return {
    question: {
      number: number.length <= LONGEST_NUMBER ? number : '',
      callee: given.get('callee') || undefined,
      outside: saysOutside(given.get('outside') ?? ''),
    },
    name: nameLine(given.get('name') ?? ''),
    keepsExtension: given.get('keep') === 'extension',
    tokens: [token, shown].filter((each) => each !== undefined),
  };
}

/** A name as it is answered: one line of at most 255 code points, without control characters. */
export function nameLine(text: string): string {
  const line = /^[\x20-\x7e]*$/.test(text) ? text.trim() : oneLine(text);
  return line.length <= LONGEST_NAME ? line : [...line].slice(0, LONGEST_NAME).join('').trimEnd();
}

/** The names we know; of a repeated one the first counts. */
const NAMES: ReadonlySet<string> = new Set(['number', 'name', 'callee', 'outside', 'keep', 'token']);

function firstOfEach(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let from = 0; from < query.length; ) {
    const next = query.indexOf('&', from);
    const end = next < 0 ? query.length : next;
    const pair = query.slice(from, end);
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    if (NAMES.has(name) && !found.has(name)) found.set(name, equals < 0 ? '' : decoded(pair.slice(equals + 1)));
    from = end + 1;
  }
  return found;
}

/** Percent-encoding and `+` undone. Bytes that are no UTF-8 are read as Latin-1; a `%` that begins no byte stands for itself. */
function decoded(written: string): string {
  const text = written.includes('+') ? written.replaceAll('+', ' ') : written;
  if (/[\x80-\xff]/.test(text)) return decodedBytes(text);
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return decodedBytes(text); // not encoded as it should be
  }
}

function decodedBytes(text: string): string {
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const bytes = Buffer.from(plain, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : plain;
}

/** `+44…` that was not encoded has come as ` 44…`. */
function withPlus(number: string): string {
  return /^ [1-9]/.test(number) ? `+${number.slice(1)}` : number;
}

/** The token of Bearer, or the password of Basic. */
function tokenOf(authorization: string): string | undefined {
  if (authorization.length > LONGEST_TOKEN) return undefined;
  const [, scheme = '', rest = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() === 'bearer') return rest;
  const credentials = Buffer.from(rest, 'base64').toString();
  const colon = credentials.indexOf(':');
  return colon < 0 ? undefined : credentials.slice(colon + 1);
}
