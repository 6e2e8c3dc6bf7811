// The request of a FastAGI peer, read as it comes: lines `agi_name: value` until an empty one, within limits. Knows no
// socket and not what the scripts are.
import { isAscii, isUtf8 } from 'node:buffer';

export interface AgiRequest {
  /** The path of the URL without slashes around it. */
  readonly script: string;
  readonly query: URLSearchParams | undefined;
  readonly number: string;
  /** The name that the caller comes with; empty: none. */
  readonly name: string;
  /** The caller's number is not to be shown, or there is none. */
  readonly isWithheld: boolean;
  /** The extension that the dialplan is at. */
  readonly extension: string;
  /** Those after the URL, from the first. */
  readonly args: readonly string[];
}

/** In bytes, ends of lines counted in `total` only. */
const AGI_LIMITS = { line: 1_024, url: 2_048, lines: 100, total: 16_384 } as const;

/** Why a request cannot be read. */
export type AgiFault = 'line' | 'lines' | 'size' | 'text' | 'repeated' | 'order';

const CARRIAGE_RETURN = 0x0d;
const URL_LINE = 'agi_request:';
const ARGUMENT = 'arg_';
const MOST_ARGS = 8;
/** Bits of the presentation, as Q.931 has them: restricted, or not available. */
const WITHHELD = 0x60;

/** The lines that are read; all others are passed over. */
const KEPT = /agi_(network_script|callerid|calleridname|callingpres|extension|arg_[^:\n]*): ?/y;
/** Fifth characters of these lines. Most others can be told by it. */
const TELLING = 4;
const TELLS = new Set(Array.from('ncea', (character) => character.charCodeAt(0)));

type Kept = 'network_script' | 'callerid' | 'calleridname' | 'callingpres' | 'extension';

/** Bytes are read as Latin-1, one character each; what is kept is decoded at the end. */
export class AgiRequestReader {
  readonly #kept: Record<Kept, string | undefined> = {
    network_script: undefined,
    callerid: undefined,
    calleridname: undefined,
    callingpres: undefined,
    extension: undefined,
  };
  readonly #args: string[] = [];
  #rest = '';
  #bytes = 0;
  #lines = 0;
  #isAscii = true;

  /** What came after the request; it is not looked at. */
  get left(): string {
    return this.#rest;
  }

  /** After `complete` or a fault nothing more may be pushed. */
  push(chunk: Buffer): 'more' | 'complete' | AgiFault {
    this.#bytes += chunk.length;
    if (this.#bytes > AGI_LIMITS.total) return 'size';
    if (chunk.includes(0)) return 'text';
    this.#isAscii &&= isAscii(chunk);
    const text = this.#rest + chunk.toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const last = end > from && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
      if (last === from) {
        this.#rest = text.slice(end + 1);
        return 'complete';
      }
      const fault = this.#read(text, from, last);
      if (fault) return fault;
      from = end + 1;
    }
    this.#rest = text.slice(from);
    return isTooLong(text, from, text.length) ? 'line' : 'more';
  }

  /** Of a complete request. */
  request(): AgiRequest {
    const [path = '', query] = split(this.#value('network_script'));
    const name = this.#value('calleridname');
    return {
      script: path.replace(/^\/+|\/+$/g, ''),
      query: query === undefined ? undefined : new URLSearchParams(query),
      number: this.#value('callerid'),
      name: name === 'unknown' ? '' : name,
      isWithheld: (Number.parseInt(this.#value('callingpres'), 10) & WITHHELD) !== 0,
      extension: this.#value('extension'),
      args: this.#args.map((arg) => this.#decoded(arg)),
    };
  }

  /**
   * Reads the line from `from` to `last`. Asterisk writes every line once and the arguments last: it is not Asterisk who
   * wrote others, but a caller whose name or number holds an end of a line.
   */
  #read(text: string, from: number, last: number): AgiFault | undefined {
    this.#lines += 1;
    if (this.#lines > AGI_LIMITS.lines) return 'lines';
    if (isTooLong(text, from, last)) return 'line';
    if (!TELLS.has(text.charCodeAt(from + TELLING))) return undefined;
    KEPT.lastIndex = from;
    const [begin, name] = KEPT.exec(text) ?? [];
    if (begin === undefined || name === undefined) return undefined;
    const value = text.slice(from + begin.length, last);
    if (!name.startsWith(ARGUMENT)) {
      if (this.#kept[name as Kept] !== undefined) return 'repeated';
      if (this.#args.length > 0) return 'order';
      this.#kept[name as Kept] = value;
    } else if (this.#args.length < MOST_ARGS) {
      if (name !== `${ARGUMENT}${this.#args.length + 1}`) return 'order';
      this.#args.push(value);
    }
    return undefined;
  }

  #value(name: Kept): string {
    return this.#decoded(this.#kept[name] ?? '');
  }

  /** UTF-8, or what is none as Latin-1. */
  #decoded(value: string): string {
    if (this.#isAscii) return value;
    const bytes = Buffer.from(value, 'latin1');
    return isUtf8(bytes) ? bytes.toString('utf8') : value;
  }
}

function isTooLong(text: string, from: number, last: number): boolean {
  if (last - from <= AGI_LIMITS.line) return false;
  return last - from > AGI_LIMITS.url || !text.startsWith(URL_LINE, from);
}

function split(url: string): [path: string, query?: string] {
  const at = url.indexOf('?');
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}
