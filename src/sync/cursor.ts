// Cursors: where a client's copy of a collection stands. Opaque to clients; bound to store, collection, user and what that
// user may see, so that a cursor of any other makes a reset. Pure.
import type { Mask } from './revision-mask.ts';

/** The part of a cursor that says whose it is; always this long. */
export const TAG_LENGTH = 12;

/** Stands in a shared frame where each receiver's own tag is written. */
export const TAG_PLACE = '~'.repeat(TAG_LENGTH);

const FNV_PRIME = 0x01000193;

function hash(text: string, seed: number): number {
  let state = seed >>> 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), FNV_PRIME) >>> 0;
  state ^= state >>> 15;
  return Math.imul(state, 0x2c1b3c6d) >>> 0;
}

/** Letters and digits that tell this user's view of this collection from every other. Not a secret, and not a proof. */
export function cursorTag(epoch: string, collection: string, extension: string, audience: string): string {
  return digest(JSON.stringify([epoch, collection, extension, audience]));
}

/** Twelve letters and digits that tell this text from others. */
export function digest(text: string): string {
  const part = (seed: number) =>
    hash(text, seed)
      .toString(36)
      .padStart(7, '0')
      .slice(-TAG_LENGTH / 2);
  return part(0x811c9dc5) + part(0x9e3779b9);
}

/** The revision of a cursor with this tag, or null when the cursor is not of this tag or not readable. */
export function readCursor(cursor: string, tag: string, mask: Mask): number | null {
  return cursor.startsWith(tag) ? mask.reveal(cursor.slice(TAG_LENGTH)) : null;
}
