// The cards of a file that could not be imported, as they came and each with a line on what is wrong with it: mended, they are
// a file of vCards again. Knows nothing of contacts.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CellFault } from '../domain/contact-import.ts';
import { folded } from './vcard-text.ts';

/** Where a card stands in the text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Milliseconds that writing goes on before others have their turn. */
const SLICE = 4;
const REASON = 'X-ROLLCALL-REASON';
const OLD_REASONS = new RegExp(`^${REASON}:.*(?:\\r?\\n[ \\t].*)*\\r?\\n?`, 'gm');
/** Of a card's text, what its last line is looked for in. */
const TAIL = 200;
const LAST_LINE = /(?:^|[\r\n]+)END[ \t]*:[ \t]*VCARD[ \t]*[\r\n]*$/i;

/** In UTF-8. `faults`: by the card's place in the file, from 1. */
export async function failedCards(
  text: string,
  places: readonly Place[],
  faults: ReadonlyMap<number, readonly CellFault[]>,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let since = performance.now();
  for (const row of [...faults.keys()].sort((a, b) => a - b)) {
    const place = places[row - 1];
    if (place) pieces.push(Buffer.from(withReason(text.slice(place.start, place.end), faults.get(row) ?? [])));
    if (performance.now() - since < SLICE) continue;
    await nextTurn();
    since = performance.now();
  }
  return Buffer.concat(pieces);
}

/** The end of a card that has none is put to it, so that it does not run into the next one. */
function withReason(card: string, faults: readonly CellFault[]): string {
  const reasons = faults.map(({ column, reason }) => (column === '' ? reason : `${column}: ${reason}`));
  const original = card.includes(REASON) ? card.replace(OLD_REASONS, '') : card;
  const from = Math.max(0, original.length - TAIL);
  const tail = original.slice(from).replace(LAST_LINE, '').trimEnd();
  return `${original.slice(0, from)}${tail}\r\n${folded(REASON, reasons.join('; '))}END:VCARD\r\n`;
}
