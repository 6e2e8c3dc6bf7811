// What of a text can be followed: addresses of web pages, and nothing else. Pure.

export interface TextPart {
  readonly text: string;
  /** Of http or https, as the browser understands it. */
  readonly href?: string;
}

/** Ends at spaces, brackets, quotes, and at marks that are not seen but turn the direction of writing. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u00ab\u00bb\u2018-\u201f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/giu;
const LONGEST = 2_048;

/** All parts together are the text, letter by letter. */
export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const written = withoutEnd(found[0]);
    const href = hrefOf(written);
    if (href === undefined) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index) });
    parts.push({ text: written, href });
    from = found.index + written.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

/** Without what belongs to the sentence around it: full stops, and brackets that were not opened. */
function withoutEnd(address: string): string {
  let end = address.length;
  for (;;) {
    const last = address[end - 1] ?? '';
    const isBracket = last === ')' || last === ']' || last === '}';
    if (!/[.,;:!?*_~]/.test(last) && !(isBracket && isLoose(address.slice(0, end), last))) return address.slice(0, end);
    end -= 1;
  }
}

function isLoose(text: string, close: string): boolean {
  const open = close === ')' ? '(' : close === ']' ? '[' : '{';
  return text.split(close).length > text.split(open).length;
}

/** Undefined for what is no address, is far too long, or hides where it leads behind the name of somebody who would log in there. */
function hrefOf(written: string): string | undefined {
  if (written.length > LONGEST || !URL.canParse(written)) return undefined;
  const { protocol, username, password, href } = new URL(written);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : undefined;
}
