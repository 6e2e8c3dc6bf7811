// The one command that is sent to Asterisk: SET VARIABLE, with a value that cannot leave its quotes. Pure.

/** A channel variable, or a function such as `CALLERID(name)`, and its value. */
export type Variable = readonly [name: string, value: string];

/** Longest command in bytes, its end not counted. Asterisk reads 2,047 bytes of a line and takes the rest for another. */
const LONGEST = 1_999;
const AROUND = 'SET VARIABLE  ""'.length;
const MOST_BYTES_A_UNIT = 3;

const PLAIN = /^[ !#-[\]-~]*$/;
/** What a line of text cannot hold, halves of surrogate pairs included. */
const UNSPEAKABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The command as one line with its end. `name` is one of our own words. */
export function setVariable([name, value]: Variable): string {
  const room = LONGEST - AROUND - name.length;
  return `SET VARIABLE ${name} "${PLAIN.test(value) && value.length <= room ? value : quoted(value, room)}"\n`;
}

/**
 * On one line, with `"` and `\` escaped by `\`, in at most `room` bytes of UTF-8, cut between two characters. Between
 * quotes Asterisk unescapes these two and takes every other byte as it is.
 */
function quoted(value: string, room: number): string {
  const plain = cut(value.slice(0, room + 1).replace(UNSPEAKABLE, ' '), room);
  return plain.replace(/["\\]/g, '\\$&');
}

function cut(text: string, room: number): string {
  if (text.length * MOST_BYTES_A_UNIT <= room) return text;
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += character === '"' || character === '\\' ? 2 : Buffer.byteLength(character);
    if (bytes > room) break;
    end += character.length;
  }
  return text.slice(0, end);
}
