// Texts for columns with `collate "C"`, which compares code points and holds no U+0000 and no half of a pair: written so that they
// are in the order in which JavaScript compares, by UTF-16 units. Different texts stay different, and none holds U+0001.

const UNLIKE = /[\u0000-\u0002\ud800-\uffff]/g;

/** Where units from U+D800 on go, in their order: behind all others. */
const BEHIND = 0xf0000;
/** Behind all that `ordered` gives. */
const LAST = '\u{10ffff}';

export function ordered(text: string): string {
  return text.replace(UNLIKE, (unit) => {
    const code = unit.charCodeAt(0);
    if (code < 3) return String.fromCharCode(2, 2 + code);
    return String.fromCodePoint(BEHIND + (code < 0xe000 ? code - 0xd800 : code));
  });
}

/** Ordered texts that begin with this one: from the first on, before the second. */
export function beginningWith(text: string): readonly [from: string, before: string] {
  const from = ordered(text);
  return [from, from + LAST];
}
