// What a chat message may say: text in lines, without what no screen shows. Pure.
import { Failure } from '../domain/failure.ts';

const LONGEST = 4_000;
const LINE_ENDS = /\r\n?|\u0085|\u2028|\u2029/g;
const UNSEEN = /[\0-\u0008\u000b-\u001f\u007f-\u009f]/g;
/** Nothing at all, or nothing that a screen shows. */
const NOTHING = /^[\p{Cf}\s]*$/u;
const HALF_CHARACTER = /\p{Surrogate}/u;

/**
 * The text as it is kept: lines end with \n, control characters other than \n and \t are gone, and so are empty lines before it and
 * blanks after it. Throws Failure `params` for what is empty then, longer than 4,000 UTF-16 units, or has half a character in it.
 */
export function messageText(given: string): string {
  const text = given.replace(LINE_ENDS, '\n').replace(UNSEEN, '').replace(/^\n+/, '').trimEnd();
  if (NOTHING.test(text)) throw wrong('must not be empty');
  if (text.length > LONGEST) throw wrong(`must have at most ${LONGEST} characters`);
  if (HALF_CHARACTER.test(text)) throw wrong('must not hold half a character');
  return text;
}

function wrong(message: string): Failure {
  return new Failure('params', `text: ${message}`, { issues: [{ path: 'text', message }] });
}
