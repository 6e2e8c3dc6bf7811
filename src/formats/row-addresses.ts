// The addresses of one row of a table, put together from the columns that speak of the same one. Pure.
import { labelledPlace } from './labels.ts';
import type { AddressPart, Meaning, PlaceType } from './meaning.ts';
import type { CellReader } from './row-cells.ts';
import type { CellOf } from './row-numbers.ts';

/** The columns of one address. */
export interface AddressSlot {
  readonly type: PlaceType;
  readonly typeAt: number | undefined;
  readonly parts: readonly { readonly index: number; readonly part: AddressPart; readonly isSpare: boolean }[];
}

export interface RowAddress {
  readonly entry: Readonly<Record<string, string>>;
  /** The columns of its parts; of one from several columns the first. */
  readonly parts: ReadonlyMap<AddressPart, number>;
}

/** In the order in which they begin. */
export function addressSlots(meanings: readonly (Meaning | null)[]): AddressSlot[] {
  const slots = new Map<string, { type: PlaceType; parts: AddressSlot['parts'][number][] }>();
  meanings.forEach((meaning, index) => {
    if (meaning?.holds !== 'address') return;
    const slot = slots.get(meaning.slot) ?? { type: meaning.type, parts: [] };
    slot.parts.push({ index, part: meaning.part, isSpare: meaning.spare === true });
    slots.set(meaning.slot, slot);
  });
  return [...slots].map(([name, slot]) => {
    const typeAt = meanings.findIndex((meaning) => meaning?.holds === 'addressType' && meaning.slot === name);
    return { ...slot, typeAt: typeAt < 0 ? undefined : typeAt };
  });
}

/** Undefined when the row tells nothing of it. */
export function rowAddress(
  { type, typeAt, parts }: AddressSlot,
  cell: CellOf,
  reader: CellReader,
): RowAddress | undefined {
  const told = parts.filter(({ index, isSpare }) => !isSpare && cell(index) !== '');
  const used = told.length > 0 ? told : parts.filter(({ index }) => cell(index) !== '');
  if (used.length === 0) return undefined;
  const entry: Record<string, string> = { type: typeAt === undefined ? type : labelledPlace(cell(typeAt), type) };
  const columns = new Map<AddressPart, number>();
  for (const { index, part } of used) {
    const text = reader.part(cell(index)).trim();
    const before = entry[part];
    entry[part] = before === undefined ? text : `${before}, ${text}`;
    if (!columns.has(part)) columns.set(part, index);
  }
  return { entry, parts: columns };
}
