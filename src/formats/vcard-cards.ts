// The cards of a vCard file, one after the other: which lines belong together, where a card ends, and which lines are worth
// keeping. Everything else, pictures above all, is passed over without being copied. Knows no meaning of a line.

/** The first card is the first one in the file. Offsets are into the text. */
export interface Card {
  readonly start: number;
  readonly end: number;
  /** Unfolded, of the properties in KEPT only. */
  readonly lines: readonly string[];
  /** vCard 2.1, which is written in ways of its own. */
  readonly isOld: boolean;
  /** Why the card cannot be read, for people. */
  readonly fault?: string;
}

const KEPT = new Set(
  'VERSION UID KIND N FN ORG TITLE TEL EMAIL ADR NOTE X-ABLABEL X-ABSHOWAS X-ADDRESSBOOKSERVER-KIND'.split(' '),
);
/** A contact's longest remark, every character of it written as four encoded bytes, has less. */
const LONGEST_LINE = 20_000;
const MOST_LINES = 500;
/** In all that is kept of a card; a contact with everything that it may hold has less in plain writing. */
const LONGEST_CARD = 100_000;
/** Lines between two signs of life. */
const LINES_AT_ONCE = 64;
/** Of a line: its name with a group in front, and where a word on its encoding may stand. */
const NAME = /^(?:[\w-]+\.)?([\w-]+)[;:]/;
const LONGEST_HEAD = 300;
const BEGIN = /^BEGIN[ \t]*:[ \t]*VCARD[ \t]*$/i;
const END = /^END[ \t]*:[ \t]*VCARD[ \t]*$/i;
const QUOTED_PRINTABLE = /[;=]QUOTED-PRINTABLE[;:]/i;
const OLD = /^VERSION[^:]*:[ \t]*2\.1[ \t]*$/i;

/** A line that may go on in the next one. */
interface OpenLine {
  readonly name: string;
  /** Of a property that is not kept, nothing. */
  readonly parts: string[] | undefined;
  length: number;
  readonly isQuotedPrintable: boolean;
  /** Its last physical line ended with `=`. */
  goesOn: boolean;
}

interface OpenCard {
  readonly start: number;
  readonly lines: string[];
  /** Characters in them. */
  length: number;
  /** Cards inside it that are not ended. */
  depth: number;
  /** Where the space of a folded line belongs to the text. */
  isOld: boolean;
  /** The last line was an AGENT, whose value is a card. */
  isAgent: boolean;
  open: OpenLine | undefined;
  fault: string | undefined;
}

/** `undefined` stands for some lines read without a card ending, so that whoever reads can stop for others. Never throws. */
export function* readCards(text: string): Generator<Card | undefined> {
  const lineEnd = text.includes('\n') ? '\n' : '\r';
  let card: OpenCard | undefined;
  let count = 0;
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf(lineEnd, at);
    const next = found < 0 ? text.length : found + 1;
    let end = found < 0 ? text.length : found;
    for (let spare = 0; spare < 2 && end > at && text.charCodeAt(end - 1) === 0x0d; spare += 1) end -= 1;
    const isBegin = isMark(text, at, end, BEGIN);
    if (isBegin && card?.isAgent) {
      card.depth += 1;
      card.isAgent = false;
      keep(card);
    } else if (isBegin) {
      if (card) yield closed(card, at, 'it has no END:VCARD; look whether all of it is here');
      card = newCard(at);
    } else if (card && isMark(text, at, end, END)) {
      card.depth -= 1;
      keep(card);
      if (card.depth < 0) {
        yield closed(card, next);
        card = undefined;
      }
    } else if (card) takeLine(card, text, at, end);
    at = next;
    count += 1;
    if (count % LINES_AT_ONCE === 0) yield undefined;
  }
  if (card) yield closed(card, text.length, 'it has no END:VCARD; look whether all of it is here');
}

function newCard(start: number): OpenCard {
  return { start, lines: [], length: 0, depth: 0, isOld: false, isAgent: false, open: undefined, fault: undefined };
}

function isMark(text: string, at: number, end: number, mark: RegExp): boolean {
  const first = text.charCodeAt(at) | 0x20;
  return (first === 0x62 || first === 0x65) && end - at < 64 && mark.test(text.slice(at, end));
}

function closed(card: OpenCard, end: number, reason?: string): Card {
  keep(card);
  const fault = reason ?? card.fault;
  return { start: card.start, end, lines: card.lines, isOld: card.isOld, ...(fault ? { fault } : {}) };
}

function takeLine(card: OpenCard, text: string, at: number, end: number): void {
  const first = text.charCodeAt(at);
  const isFolded = first === 0x20 || first === 0x09;
  if (card.open && (card.open.goesOn || isFolded)) {
    goOn(card, text, card.open.goesOn || card.isOld ? at : at + 1, end);
    return;
  }
  keep(card);
  const head = text.slice(at, Math.min(end, at + LONGEST_HEAD));
  const name = NAME.exec(head)?.[1]?.toUpperCase();
  if (name === undefined) return;
  card.isAgent = name === 'AGENT';
  if (OLD.test(head)) card.isOld = true;
  const isQuotedPrintable = QUOTED_PRINTABLE.test(head);
  const parts = KEPT.has(name) && card.depth === 0 ? [] : undefined;
  card.open = { name, parts, length: 0, isQuotedPrintable, goesOn: false };
  goOn(card, text, at, end);
}

function goOn(card: OpenCard, text: string, from: number, end: number): void {
  const line = card.open;
  if (!line) return;
  line.goesOn = line.isQuotedPrintable && text.charCodeAt(end - 1) === 0x3d;
  if (!line.parts) return;
  line.length += end - from;
  if (line.length > LONGEST_LINE) {
    card.fault ??= `its ${line.name} is longer than ${LONGEST_LINE} characters; shorten it`;
    line.parts.length = 0;
  } else line.parts.push(text.slice(from, line.goesOn ? end - 1 : end));
}

function keep(card: OpenCard): void {
  const line = card.open;
  card.open = undefined;
  if (!line?.parts || line.parts.length === 0) return;
  card.length += line.length;
  if (card.length > LONGEST_CARD || card.lines.length >= MOST_LINES) {
    card.fault ??= `it has more than ${MOST_LINES} lines, or ${LONGEST_CARD} characters, of names, numbers and addresses; take some out`;
  } else card.lines.push(line.parts.join(''));
}
