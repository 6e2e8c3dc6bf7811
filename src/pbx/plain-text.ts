// Text that others wrote, made safe to keep, show and write back: no control characters, no half characters, bounded.

/** Longest name that is kept, in UTF-16 units as clients count. */
export const NAME_LENGTH = 127;
/** Longest note that is kept. */
export const NOTE_LENGTH = 200;

const SPACING = /[\t-\r\u0085\u2028\u2029]+/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;
const HALF_CHARACTER = /\p{Surrogate}/gu;

/** Line breaks and tabs become a space, other control characters go, ends are trimmed, at most `limit` units stay. */
export function plainText(text: string, limit: number): string {
  const plain = text
    .slice(0, limit * 4)
    .replace(SPACING, ' ')
    .replace(CONTROL, '')
    .trim();
  return cut(plain, limit).replace(HALF_CHARACTER, '\ufffd').trim();
}

/** The first `limit` units, less one where that would halve a character. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
