// What has to be done for one mirrored number, and the marker that says which entries are ours: without it an entry is
// somebody else's, and so is one whose value is not what the marker knows. Pure.
import { createHash } from 'node:crypto';

/** What the marker of a number says. */
export interface Marker {
  /** The family that the entries are in. */
  readonly family: string;
  /** Of the values that are ours; several while a value is being replaced. */
  readonly digests: readonly string[];
  readonly keys: readonly string[];
}

export interface Wanted {
  readonly keys: readonly string[];
  readonly value: string;
}

/** The value of an entry; undefined when there is none. */
export type Held = (family: string, key: string) => string | undefined;

/** Steps in their order: entries go before their marker changes, and come after it, so that every entry of ours has a marker at all times. */
export interface Plan {
  readonly drop: readonly { readonly family: string; readonly key: string }[];
  /** The new text of the marker; null: none; undefined: as it is. */
  readonly marker: string | null | undefined;
  readonly put: readonly string[];
  /** Wanted keys where somebody else has an entry. */
  readonly foreign: number;
}

/** Asterisk 16 gives back 255 bytes of a value at most. */
const VALUE_BYTES = 250;
const CONTROL = /\p{Cc}+/gu;
const MARKER = /^([\w-]{1,64}) ([0-9a-f]{12}(?:,[0-9a-f]{12}){0,4})((?: \+?[0-9]{2,34}){1,8})$/;

/** The name as an entry holds it: cut at a character, without control characters. */
export function entryValue(name: string): string {
  const bytes = Buffer.from(name.replace(CONTROL, ' ').trim());
  if (bytes.length <= VALUE_BYTES) return bytes.toString();
  let end = VALUE_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString().trim();
}

/** Undefined for a text that is no marker. */
export function readMarker(text: string): Marker | undefined {
  const [, family, digests = '', keys = ''] = MARKER.exec(text) ?? [];
  return family === undefined ? undefined : { family, digests: digests.split(','), keys: keys.trim().split(' ') };
}

function writeMarker({ family, digests, keys }: Marker): string {
  return `${family} ${digests.join(',')} ${keys.join(' ')}`;
}

function digestOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}

/** The same for the same text, reckoned once: the entries of a number mostly have one value. */
function remembered(reckon: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const result = known.get(text) ?? reckon(text);
    known.set(text, result);
    return result;
  };
}

/** `text`: of the marker as it is. `wanted`: in `family`; undefined: nothing of ours is to be there. */
export function planFor(family: string, text: string | undefined, wanted: Wanted | undefined, held: Held): Plan {
  const marker = text === undefined ? undefined : readMarker(text);
  const digest = remembered(digestOf);
  const isOurs = (of: string, key: string): boolean => {
    if (marker?.family !== of || !marker.keys.includes(key)) return false;
    const value = held(of, key);
    return value !== undefined && marker.digests.includes(digest(value));
  };
  const keys = (wanted?.keys ?? []).filter((key) => held(family, key) === undefined || isOurs(family, key));
  const stays = (key: string): boolean => marker?.family === family && keys.includes(key);
  const drop = (marker?.keys ?? [])
    .map((key) => ({ family: marker?.family ?? family, key }))
    .filter(({ family, key }) => isOurs(family, key) && !stays(key));
  const next = wanted && keys.length > 0 ? writeMarker({ family, digests: digestsOf(), keys }) : null;
  return {
    drop,
    marker: next === (text ?? null) ? undefined : next,
    put: keys.filter((key) => held(family, key) !== wanted?.value),
    foreign: (wanted?.keys.length ?? 0) - keys.length,
  };

  /** That of the new value, and those of the values that it replaces. */
  function digestsOf(): string[] {
    const values = keys.flatMap((key) => held(family, key) ?? []);
    return [...new Set([wanted?.value ?? '', ...values])].map(digest);
  }
}
