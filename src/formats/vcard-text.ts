// Text as a line of a vCard holds it: no value can begin a line of its own, and no line is longer than the format has it. Pure.

/** In octets, without the line's end (RFC 2426, RFC 6350). */
const LONGEST = 75;
const BREAK = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;
const CONTROLS = /[\0-\x08\x0e-\x1f\x7f]/g;
const TO_ESCAPE = /[\\;,\0-\x08\n-\x1f\x7f\u0085\u2028\u2029]/;

/** A component of a value, or a whole one. */
export function escaped(text: string): string {
  if (!TO_ESCAPE.test(text)) return text;
  return text
    .replace(/[\\;,]/g, '\\$&')
    .replace(BREAK, '\\n')
    .replace(CONTROLS, '');
}

/** The line of a property whose value is plain text, as it goes into the file. */
export function folded(property: string, text: string): string {
  return foldedLine(`${property}:${escaped(text)}`);
}

/** A line that has nothing to escape any more, cut between characters where it is too long. */
export function foldedLine(line: string): string {
  if (line.length * 3 <= LONGEST) return `${line}\r\n`;
  let result = '';
  let from = 0;
  let octets = 0;
  for (let at = 0; at < line.length; at += 1) {
    const length = octetsAt(line, at);
    if (octets + length > LONGEST) {
      result += `${line.slice(from, at)}\r\n `;
      from = at;
      octets = 1;
    }
    octets += length;
    // Both halves of the pair.
    if (length === 4) at += 1;
  }
  return `${result}${line.slice(from)}\r\n`;
}

/** Of the character that begins here, in UTF-8. */
function octetsAt(line: string, at: number): number {
  const code = line.charCodeAt(at);
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return (line.codePointAt(at) ?? 0) > 0xffff ? 4 : 3;
}
