// A long text made in pieces, so that nobody else waits while it is made. Knows nothing of what it is made from.
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that one goes on before others have their turn. */
const SLICE = 3;
/** Characters of a piece, beyond which it goes out. */
const PIECE = 64 * 1024;
/** Items handed over at once. */
const AT_ONCE = 8;

/** The text of all items in their order. */
export async function* inPieces<T>(items: readonly T[], write: (some: readonly T[]) => string): AsyncGenerator<string> {
  let piece = '';
  let since = performance.now();
  for (let from = 0; from < items.length; from += AT_ONCE) {
    piece += write(items.slice(from, from + AT_ONCE));
    if (piece.length < PIECE && performance.now() - since < SLICE) continue;
    yield piece;
    piece = '';
    await nextTurn();
    since = performance.now();
  }
  if (piece !== '') yield piece;
}

/** The same of work that makes no text. */
export async function inTurns<T>(items: readonly T[], each: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (let from = 0; from < items.length; from += AT_ONCE) {
    for (const item of items.slice(from, from + AT_ONCE)) each(item);
    if (performance.now() - since < SLICE) continue;
    await nextTurn();
    since = performance.now();
  }
}
