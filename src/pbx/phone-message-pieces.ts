// A text in pieces that each fit one line of an action. Pure.

/** What is left of a line of 1,000 bytes, in Base64. */
const PIECE_BYTES = 738;
/** A piece is not made shorter than this part of a full one to end it between words. */
const LEAST = 0.5;

/** Together they are the text, but for the blank or line end between two. None halves a character. */
export function pieces(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (Buffer.byteLength(rest) > PIECE_BYTES) {
    const whole = longest(rest);
    const end = Math.max(whole.lastIndexOf('\n'), whole.lastIndexOf(' '));
    const isGap = /[ \n]/.test(rest.charAt(whole.length));
    const piece = isGap || end < whole.length * LEAST ? whole : whole.slice(0, end);
    found.push(piece);
    rest = rest.slice(piece.length).replace(/^[ \n]/, '');
  }
  return rest === '' ? found : [...found, rest];
}

/** The longest beginning that fits, in whole characters with what belongs to them. */
function longest(text: string): string {
  let [bytes, end] = [0, 0];
  // A byte holds no more than one unit.
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, PIECE_BYTES + 1))) {
    bytes += Buffer.byteLength(segment);
    if (bytes > PIECE_BYTES) break;
    end += segment.length;
  }
  return end > 0 ? text.slice(0, end) : [...text.slice(0, PIECE_BYTES / 4)].slice(0, PIECE_BYTES / 4).join('');
}
