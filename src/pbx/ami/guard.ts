// Stands between the socket and asterisk-manager's reader: only whole messages that the reader takes as they were meant
// pass. Pure: text in, text out; knows no socket and no package, but every trap of the package's reader.
import type { LinkCounters } from './counters.ts';

/** The peer sent what no Asterisk sends; the connection is not to be used any more. */
export class MalformedPeer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedPeer';
  }
}

export interface GuardOptions {
  /** Source of a regular expression: the ActionIDs that may come back. */
  readonly ids: string;
  readonly counters: Pick<LinkCounters, 'dropped' | 'mended'>;
}

const END = '\r\n\r\n';
const GREETING = 'Asterisk Call Manager';
const GREETING_CHARS = 256;
const LINE_CHARS = 64 * 1024;
const MESSAGE_CHARS = 1024 * 1024;
const MESSAGE_LINES = 4_096;
/** A message shorter than this breaks neither the line limit nor the limit on lines. */
const SMALL_CHARS = 2 * MESSAGE_LINES;
/** The reader's line queue gets slow beyond some ten thousand lines, so that is what it gets at a time at most. */
const PIECE_CHARS = 16 * 1024;
const NAME_CHARS = 64;

/** `Variable` and `ChanVariable` pass the reader under this name, or it would cut them at `=` and lose repeated ones. */
export const RENAMED = 'rollcall-';

/** Headers that the reader expects at most once; the second would turn the value into an array and trip it. */
const ONCE = new Set(['event', 'response', 'actionid', 'userevent', 'eventlist']);

/** Names that the package emits to itself: an event so called would be taken for its inner workings. */
const RESERVED = ['rawevent', 'managerevent', 'response', 'asterisk', 'connect', 'close', 'end', 'error'];

export class Guard {
  readonly #id: RegExp;
  readonly #suspect: RegExp;
  readonly #counters: GuardOptions['counters'];
  #banner: string | null = null;
  #held = '';
  #heldChars = 0;
  #lineChars = 0;
  #tail = '';

  constructor(options: GuardOptions) {
    this.#id = new RegExp(`^(?:${options.ids})$`);
    this.#suspect = suspect(options.ids);
    this.#counters = options.counters;
  }

  /** What the peer said first, such as `Asterisk Call Manager/11.0.0`; null until it has. */
  get banner(): string | null {
    return this.#banner;
  }

  /**
   * Whole messages, in pieces to be read one after the other; what is not whole yet is kept, within limits.
   * Throws MalformedPeer; after that the guard is of no use.
   */
  push(chunk: string): string[] {
    if (this.#banner === null) {
      this.#keep(chunk);
      if (this.#heldChars > LINE_CHARS) throw new MalformedPeer(`it does not greet with "${GREETING}"`);
      return this.#greet();
    }
    // Only the new text is searched: what is held is looked at once, when its end has come.
    const window = this.#tail + chunk;
    const at = window.lastIndexOf(END);
    if (at < 0) {
      this.#keep(chunk);
      this.#bound();
      return [];
    }
    const split = at + END.length - this.#tail.length;
    const whole = this.#held + chunk.slice(0, split);
    this.#held = '';
    this.#heldChars = 0;
    this.#lineChars = 0;
    this.#tail = '';
    this.#keep(chunk.slice(split));
    this.#bound();
    return this.#pieces(whole);
  }

  #keep(text: string): void {
    this.#held += text;
    this.#heldChars += text.length;
    const line = text.lastIndexOf('\n');
    this.#lineChars = line < 0 ? this.#lineChars + text.length : text.length - line - 1;
    this.#tail = (this.#tail + text).slice(1 - END.length);
  }

  #bound(): void {
    if (this.#heldChars > MESSAGE_CHARS) throw new MalformedPeer('it sent a message of more than a mebibyte');
    if (this.#lineChars > LINE_CHARS) throw new MalformedPeer('it sent a line of more than 64 kibibytes');
  }

  #greet(): string[] {
    const end = this.#held.indexOf('\r\n');
    const line = end < 0 ? this.#held : this.#held.slice(0, end);
    const start = GREETING.slice(0, line.length);
    if (!line.startsWith(start) || line.length > GREETING_CHARS || (end >= 0 && line.length < GREETING.length)) {
      throw new MalformedPeer(`it does not greet with "${GREETING}"`);
    }
    if (end < 0) return [];
    const rest = this.#held.slice(end + 2);
    this.#banner = line;
    this.#held = '';
    this.#heldChars = 0;
    this.#lineChars = 0;
    this.#tail = '';
    return rest === '' ? [] : this.push(rest);
  }

  #pieces(whole: string): string[] {
    const pieces: string[] = [];
    let start = 0;
    let from = 0;
    while (from < whole.length) {
      const at = whole.indexOf(END, from);
      const end = at < 0 ? whole.length : at + END.length;
      if (end - from > SMALL_CHARS) measure(whole.slice(from, end));
      from = end;
      if (from - start >= PIECE_CHARS || from === whole.length) {
        const piece = this.#clean(whole.slice(start, from));
        if (piece !== '') pieces.push(piece);
        start = from;
      }
    }
    return pieces;
  }

  #clean(piece: string): string {
    if (!this.#suspect.test(piece)) return piece;
    let clean = '';
    for (const message of piece.split(END)) {
      if (message === '') continue;
      const safe = this.#message(message);
      if (safe === null) this.#counters.dropped += 1;
      else if (safe !== '') clean += safe + END;
    }
    return clean;
  }

  /** One message without its end, as the reader may have it; null when it is to be left out. */
  #message(raw: string): string | null {
    const text = raw.replace(/\0|\r(?!\n)|(?<!\r)\n/g, ' ');
    let mended = text !== raw;
    const kept: string[] = [];
    const seen = new Set<string>();
    for (const line of text.split('\r\n')) {
      if (line === '') continue;
      const colon = line.indexOf(': ');
      const label = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 2);
      // A long run of blanks in a name makes the reader's trimming quadratic.
      const name = /\s{64}/.test(label) ? null : label.trim().toLowerCase();
      if (name === 'event' && reserved(value, this.#id)) return null;
      if (name?.startsWith('response') && /follow/i.test(line)) return null;
      // Events for other programs carry their ActionIDs: no harm meant by them, but nothing to read either.
      if (name === 'actionid' && !this.#id.test(value)) continue;
      if (name === null || name in Object.prototype || seen.has(name)) {
        mended = true;
        continue;
      }
      if (ONCE.has(name)) seen.add(name);
      kept.push(name === 'variable' || name === 'chanvariable' ? `${RENAMED}${name}: ${value}` : line);
    }
    if (mended) this.#counters.mended += 1;
    return kept.join('\r\n');
  }
}

function reserved(event: string, id: RegExp): boolean {
  const name = event.trim().toLowerCase();
  return RESERVED.includes(name) || name.length > NAME_CHARS || id.test(event.trim());
}

/** Matches whatever could need a closer look; what it passes over is safe as it is. Must be linear and quick. */
function suspect(ids: string): RegExp {
  const names = [
    `actionid(?!: (?:${ids})\\r)`,
    'response(?![a-z])',
    `event(?![a-z])(?!: [a-z]{3,${NAME_CHARS}}\\r)`,
    `event: (?:${RESERVED.join('|')})\\r`,
    'userevent',
    '(?:chan)?variable',
    ...Object.getOwnPropertyNames(Object.prototype).filter((name) => name === name.toLowerCase()),
  ];
  return new RegExp(`\\0|\\r(?!\\n)|(?<!\\r)\\n|\\s{64}|(?:^|\\n)\\s*(?:${names.join('|')})`, 'i');
}

/** The limits on one long message. */
function measure(message: string): void {
  if (message.length > MESSAGE_CHARS) throw new MalformedPeer('it sent a message of more than a mebibyte');
  const lines = message.split('\r\n');
  if (lines.length > MESSAGE_LINES) throw new MalformedPeer(`it sent a message of more than ${MESSAGE_LINES} lines`);
  if (lines.some((line) => line.length > LINE_CHARS)) {
    throw new MalformedPeer('it sent a line of more than 64 kibibytes');
  }
}
