// One line of a vCard as a property: its name, its types and the text of its value, whatever version of the format wrote it.
// Knows nothing of contacts.
import ICAL from 'ical.js';

export interface Property {
  /** In capitals, without its group. */
  readonly name: string;
  /** What ties it to a label: `item1` of `item1.TEL`; empty: nothing. */
  readonly group: string;
  /** In lower case. */
  readonly types: ReadonlySet<string>;
  /** The components of N, ORG and ADR; one text of any other. */
  readonly values: readonly string[];
}

/** Of one card, by name and in their order. */
export type Properties = ReadonlyMap<string, readonly Property[]>;

interface Head {
  readonly name: string;
  readonly group: string;
  readonly types: ReadonlySet<string>;
  readonly isQuotedPrintable: boolean;
  readonly charset: string | undefined;
}

const STRUCTURED = new Set(['N', 'ORG', 'ADR']);
const LONGEST_HEAD = 1000;
const MOST_HEADS = 200;
const ENCODINGS = new Set(['quoted-printable', 'base64', 'b', '8bit', '7bit']);
/** Semicolons and commas in a value of components; seven components are the most that mean something. */
const MOST_PARTS = 200;
const EQUALS = 0x3d;
/** Stands for an escaped backslash while a value is parsed. */
const BACKSLASH = '\0';
const PARAMETER = /;((?:"[^"]*"|[^";])*)/g;
const HEAD = /^(?:"[^"]*"|[^":])*:/;
const NAME = /^(?:([\w-]+)\.)?([\w-]+)/;

/** Heads of lines that were read before, of which a file has few: at most MOST_HEADS are kept. */
export type Heads = Map<string, Head | undefined>;

/** `undefined` when it is no property that can be read. Never throws. `isOld`: of a vCard 2.1. */
export function readProperty(line: string, isOld: boolean, heads: Heads): Property | undefined {
  const colon = colonOf(line.slice(0, LONGEST_HEAD));
  if (colon < 0) return undefined;
  const text = line.slice(0, colon);
  const head = heads.has(text) ? heads.get(text) : readHead(text);
  if (heads.size < MOST_HEADS) heads.set(text, head);
  if (!head) return undefined;
  const { name, group, types } = head;
  const raw = line.slice(colon + 1);
  const values = valuesOf(name, head.isQuotedPrintable ? decoded(raw, head.charset) : raw, isOld);
  return values && { name, group, types, values };
}

/** The first one outside of quotes; of a line with half a pair of quotes the first one. */
function colonOf(line: string): number {
  const first = line.indexOf(':');
  if (line.lastIndexOf('"', first) < 0) return first;
  const whole = HEAD.exec(line)?.[0];
  return whole === undefined ? first : whole.length - 1;
}

function readHead(head: string): Head | undefined {
  const [, group = '', name] = NAME.exec(head) ?? [];
  if (name === undefined) return undefined;
  const types = new Set<string>();
  let encoding = '';
  let charset: string | undefined;
  for (const [, parameter = ''] of head.matchAll(PARAMETER)) {
    const equals = parameter.indexOf('=');
    const key = equals < 0 ? '' : parameter.slice(0, equals).trim().toLowerCase();
    const words = parameter
      .slice(equals + 1)
      .replaceAll('"', '')
      .toLowerCase()
      .split(',')
      .map((word) => word.trim());
    if (key === 'charset') charset = words[0];
    else if (key === 'encoding') encoding = words[0] ?? '';
    else if (key === 'type' || key === '') {
      for (const word of words) {
        if (key === '' && ENCODINGS.has(word)) encoding = word;
        else if (word !== '') types.add(word);
      }
    }
  }
  if (encoding === 'base64' || encoding === 'b') return undefined;
  return {
    name: name.toUpperCase(),
    group: group.toLowerCase(),
    types,
    isQuotedPrintable: encoding === 'quoted-printable',
    charset,
  };
}

/** The text of bytes written as `=C3=A9`; what is no such thing stands for itself. */
function decoded(text: string, charset: string | undefined): string {
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const code = byte === EQUALS ? hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]) : -1;
    bytes[length] = code < 0 ? byte : code;
    if (code >= 0) at += 2;
    length += 1;
  }
  const plain = bytes.subarray(0, length);
  return decoderFor(charset, plain).decode(plain);
}

/** Far below zero when it is none. */
function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1000;
}

function decoderFor(charset: string | undefined, bytes: Uint8Array): { decode(bytes: Uint8Array): string } {
  try {
    if (charset !== undefined) return new TextDecoder(charset);
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // A name that is no charset's, or bytes that are not UTF-8: what old telephones write.
    return new TextDecoder(charset === undefined ? 'windows-1252' : 'utf-8');
  }
  return new TextDecoder('utf-8');
}

/**
 * ical.js takes `\\;` for an escaped semicolon, so pairs of backslashes pass it as a character that no text may hold; and it
 * knows no semicolon or colon escaped in plain text, which most programs write.
 */
function valuesOf(name: string, raw: string, isOld: boolean): readonly string[] | undefined {
  const isStructured = STRUCTURED.has(name);
  const text = forParser(raw, isStructured, isOld);
  if (!isStructured && !/[\0\\]/.test(text)) return [text];
  if (isStructured && (text.match(/[;,]/g)?.length ?? 0) > MOST_PARTS) return undefined;
  const parsed = parsedValue(`${name}:${text}`);
  if (parsed === undefined) return undefined;
  const components: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return components.map((value) => {
    const component = Array.isArray(value) ? value.join(',') : String(value);
    return component.includes(BACKSLASH) ? component.replaceAll(BACKSLASH, '\\') : component;
  });
}

function forParser(raw: string, isStructured: boolean, isOld: boolean): string {
  let text = raw;
  if (/[\0\r\n\\]/.test(raw)) {
    text = raw
      .replaceAll(BACKSLASH, '')
      .replaceAll('\\\\', BACKSLASH)
      .replace(/\r\n?|\n/g, '\\n')
      .replaceAll('\\:', ':');
    if (!isStructured) text = text.replaceAll('\\;', ';');
  }
  return isStructured && isOld ? text.replace(/\\?,/g, '\\,') : text;
}

function parsedValue(line: string): unknown {
  try {
    return ICAL.parse.property(line, ICAL.design.vcard)[3];
  } catch {
    // What is wrong in it is nothing to tell apart.
    return undefined;
  }
}
