// The name of a caller as a phone shows it: one line, of a length that every phone takes. Pure.
import type { ContactFields } from './contact.ts';

/** Code points: what first and last name have together at most. */
const LONGEST = 255;
const SPACE = 0x20;
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/** First and last name; without both the company. Empty when nothing of them can be shown. */
export function callerName({ firstName, lastName, company }: ContactFields): string {
  const first = firstName === undefined ? '' : oneLine(firstName);
  const last = lastName === undefined ? '' : oneLine(lastName);
  if (first === '' && last === '') return company === undefined ? '' : oneLine(company);
  if (first === '' || last === '') return first || last;
  const name = `${first} ${last}`;
  return name.length <= LONGEST ? name : oneLine(name);
}

/** The text on one line: control characters and line separators become spaces; cut at 255 code points. */
export function oneLine(text: string): string {
  if (isOneLine(text)) return text;
  const line = text.toWellFormed().replace(BREAKS, ' ').trim();
  if (line.length <= LONGEST) return line;
  return [...line.slice(0, 2 * LONGEST)].slice(0, LONGEST).join('');
}

/** Whether the text is plainly so as it is: one look at each character, for this is done with each call. */
function isOneLine(text: string): boolean {
  if (text.length > LONGEST || text.charCodeAt(0) === SPACE || text.charCodeAt(text.length - 1) === SPACE) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < SPACE || (code > 0x7e && code < 0xc0) || (code >= 0x2000 && (code < 0x2030 || code >= 0xd800)))
      return false;
  }
  return true;
}
