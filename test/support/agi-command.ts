// What Asterisk makes of a line that an AGI server sends, by the rules of its res_agi: a line is read into 2,048 bytes and
// ends at a NUL; blanks part words; quotes join, also within a word; a backslash takes the next character as it is.

const BUFFER = 2_048;
const MOST_WORDS = 128;
const [TAB, BLANK, QUOTE, BACKSLASH] = [0x09, 0x20, 0x22, 0x5c];

/** Splits what came into the lines Asterisk would read, and what is no whole line yet. */
export function agiLines(bytes: Buffer): { readonly lines: readonly Buffer[]; readonly rest: Buffer } {
  const lines: Buffer[] = [];
  let rest = bytes;
  for (;;) {
    const feed = rest.indexOf(0x0a);
    const end = feed >= 0 && feed < BUFFER - 1 ? feed : rest.length >= BUFFER - 1 ? BUFFER - 2 : -1;
    if (end < 0) return { lines, rest };
    lines.push(rest.subarray(0, end + 1));
    rest = rest.subarray(end + 1);
  }
}

/** The words of one line. */
export function agiWords(line: Buffer): Buffer[] {
  const nul = line.indexOf(0);
  const text = nul < 0 ? line : line.subarray(0, nul);
  const words: number[][] = [];
  let isQuoted = false;
  let isEscaped = false;
  let isBetween = true;
  for (const byte of text.at(-1) === 0x0a ? text.subarray(0, -1) : text) {
    if (byte === QUOTE && !isEscaped) {
      isQuoted = !isQuoted;
      if (isQuoted && isBetween) {
        words.push([]);
        isBetween = false;
      }
    } else if ((byte === BLANK || byte === TAB) && !isQuoted && !isEscaped) {
      isBetween = true;
    } else if (byte === BACKSLASH && !isEscaped) {
      isEscaped = true;
    } else {
      if (isBetween && words.length < MOST_WORDS - 1) words.push([]);
      isBetween = false;
      words.at(-1)?.push(byte);
      isEscaped = false;
    }
  }
  return words.map((word) => Buffer.from(word));
}

/** The variable that one line sets. Throws when it is any other command, or has a word too many or too few. */
export function agiVariable(line: Buffer): [name: string, value: string] {
  const words = agiWords(line);
  const [set, variable, name, value] = words.map((word) => new TextDecoder('utf-8', { fatal: true }).decode(word));
  if (words.length !== 4 || set?.toUpperCase() !== 'SET' || variable?.toUpperCase() !== 'VARIABLE') {
    throw new Error(`Asterisk would not set a variable: ${line.toString('latin1')}`);
  }
  return [name as string, value as string];
}
