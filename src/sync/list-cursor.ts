// Cursors of lists: what the client holds, so that the difference can be told whenever it comes back, whatever has happened to
// its rights meanwhile. Opaque to clients, and believed of them: nobody learns from one what he did not put in. Pure.
import { digest, TAG_LENGTH } from './cursor.ts';

/** Digests of the items that a client holds, by id. */
export type Held = ReadonlyMap<string, string>;

/** Items that a cursor names; of longer lists it holds one digest of all. */
const MOST_NAMED = 64;
const LONGEST = 8_192;
const ENTRY = /^([\w:.-]{1,64})=([0-9a-z]{1,14})$/;

/** The part of a cursor that comes after the tag. */
export function writeHeld(held: Held): string {
  if (held.size > MOST_NAMED) return `#${wholeOf(held)}`;
  return `:${[...held].map(([id, text]) => `${id}=${text}`).join()}`;
}

/**
 * What the client holds according to its cursor: the items it names, or `now` when that is what it holds. Undefined: that
 * cannot be said, and it has to begin anew.
 */
export function readHeld(cursor: string, tag: string, now: Held): Held | undefined {
  if (!cursor.startsWith(tag) || cursor.length > LONGEST) return undefined;
  const kind = cursor[TAG_LENGTH];
  const text = cursor.slice(TAG_LENGTH + 1);
  if (kind === '#') return now.size > MOST_NAMED && text === wholeOf(now) ? now : undefined;
  if (kind !== ':') return undefined;
  if (text === '') return new Map();
  const entries = text.split(',').map((entry) => ENTRY.exec(entry));
  if (entries.length > MOST_NAMED) return undefined;
  const held = new Map<string, string>();
  for (const entry of entries) {
    if (!entry) return undefined;
    held.set(entry[1] as string, entry[2] as string);
  }
  return held;
}

function wholeOf(held: Held): string {
  return `${held.size}.${digest(JSON.stringify([...held].sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}
