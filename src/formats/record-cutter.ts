// Cuts the text of a table into its records, as it comes: line ends inside quotation marks belong to a cell. A quotation mark
// out of place spoils one line and no more. Knows nothing of what a cell says.

/** Longest record, in characters. */
export const LONGEST_RECORD = 256 * 1024;

export interface RawRecord {
  /** Without its line end. Of one that is broken, its line. */
  readonly text: string;
  /**
   * `loose`: there are spaces between a quotation mark and the next delimiter. `quote`: a quotation mark is out of place.
   * `long`: it is longer than LONGEST_RECORD, and cut there.
   */
  readonly form: 'strict' | 'loose' | 'quote' | 'long';
  /** Lines since the record before it that hold nothing but delimiters, spaces and empty quotation marks, and are no records. */
  readonly blanks: number;
}

const QUOTE = 0x22;
const SPACE = 0x20;
const TAB = 0x09;
const FEED = 0x0a;
const RETURN = 0x0d;

interface Found {
  readonly end: number;
  readonly form: RawRecord['form'];
}

export class RecordCutter {
  readonly #delimiter: number;
  #rest = '';
  /** Inside a line that is too long and was told already. */
  #skipping = false;
  #blanks = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that end in this piece; with `isLast` all that are left. */
  cut(piece: string, isLast: boolean): RawRecord[] {
    const text = this.#rest + piece;
    const lineEnd = lineEnds(text, isLast);
    const quote = places(text, '"');
    const records: RawRecord[] = [];
    let at = this.#skipping ? this.#skipped(text, lineEnd(0)) : 0;
    const found = (to: number, form: RawRecord['form']) => {
      records.push({ text: text.slice(at, to), form, blanks: this.#blanks });
      this.#blanks = 0;
    };
    while (at < text.length) {
      const end = lineEnd(at);
      if (end <= text.length && this.#isBlank(text, at, end)) {
        this.#blanks += 1;
        at = afterLineEnd(text, end);
        continue;
      }
      const record = this.#recordAt(text, at, end, quote(at) < end, isLast);
      if (record && record.end - at <= LONGEST_RECORD) {
        found(record.end, record.form);
        at = afterLineEnd(text, record.end);
      } else if (text.length - at <= LONGEST_RECORD) {
        break;
      } else if (end - at <= LONGEST_RECORD) {
        // Its quotation mark is closed nowhere near: the line is taken for itself.
        found(end, 'quote');
        at = afterLineEnd(text, end);
      } else {
        found(at + LONGEST_RECORD, 'long');
        at = this.#skipped(text, end);
      }
    }
    this.#rest = text.slice(at);
    return records;
  }

  #isBlank(text: string, from: number, end: number): boolean {
    for (let at = from; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === QUOTE && text.charCodeAt(at + 1) === QUOTE) at += 1;
      else if (code !== this.#delimiter && code !== SPACE && code !== TAB) return false;
    }
    return true;
  }

  /** Undefined when more text is needed to tell. `end`: of the line. */
  #recordAt(text: string, from: number, end: number, hasQuotes: boolean, isLast: boolean): Found | undefined {
    const line: Found | undefined = end <= text.length ? { end, form: 'strict' } : undefined;
    if (!hasQuotes) return line;
    const found = quoted(text, from, this.#delimiter, isLast);
    return found?.form === 'quote' ? line && { ...line, form: 'quote' } : found;
  }

  #skipped(text: string, end: number): number {
    this.#skipping = end >= text.length;
    if (!this.#skipping) return afterLineEnd(text, end);
    return text.endsWith('\r') ? text.length - 1 : text.length;
  }
}

/** Where the character comes next, asked for ever later places; past the end when it does not. */
function places(text: string, character: string): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = text.indexOf(character, from);
    if (found < 0) found = Number.POSITIVE_INFINITY;
    return found;
  };
}

/** Where the line ends; past the end of the text when more of it is to come. */
function lineEnds(text: string, isLast: boolean): (from: number) => number {
  const feed = places(text, '\n');
  const back = places(text, '\r');
  const none = isLast ? text.length : Number.POSITIVE_INFINITY;
  return (from) => {
    const end = Math.min(feed(from), back(from), none);
    return end === text.length - 1 && !isLast && text.charCodeAt(end) === RETURN ? none : end;
  };
}

function afterLineEnd(text: string, end: number): number {
  const isBoth = text.charCodeAt(end) === RETURN && text.charCodeAt(end + 1) === FEED;
  return end + (isBoth ? 2 : 1);
}

/** A record with quotation marks. Undefined when more text is needed to tell. */
function quoted(text: string, from: number, delimiter: number, isLast: boolean): Found | undefined {
  const more: Found | undefined = isLast ? { end: text.length, form: 'quote' } : undefined;
  let form: Found['form'] = 'strict';
  let at = from;
  for (;;) {
    const start = at;
    at = afterSpaces(text, at, delimiter);
    const opens = text.charCodeAt(at) === QUOTE;
    if (opens) {
      if (at > start) form = 'loose';
      const closed = afterQuotes(text, at);
      if (closed === undefined || (closed >= text.length && !isLast)) return more;
      at = afterSpaces(text, closed, delimiter);
      if (at > closed) form = 'loose';
    } else {
      at = cellEnd(text, at, delimiter);
    }
    if (at >= text.length) return isLast ? { end: text.length, form } : undefined;
    const code = text.charCodeAt(at);
    if (code === RETURN && at + 1 === text.length && !isLast) return undefined;
    if (code === RETURN || code === FEED) return { end: at, form };
    if (code !== delimiter) return { end: at, form: 'quote' };
    at += 1;
  }
}

/** After the quotation mark that closes the one at `open`. */
function afterQuotes(text: string, open: number): number | undefined {
  let at = open;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return undefined;
    if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
    at += 1;
  }
}

function afterSpaces(text: string, from: number, delimiter: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && !(code === TAB && delimiter !== TAB)) return at;
    at += 1;
  }
}

function cellEnd(text: string, from: number, delimiter: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === RETURN || code === FEED) break;
    at += 1;
  }
  return at;
}
