// The numbers of one row of a table, in the order in which a contact has them. Knows no other field.
import { faxOf, labelledNumber } from './labels.ts';
import type { Meaning, NumberType } from './meaning.ts';
import type { CellReader } from './row-cells.ts';

export interface NumberColumn {
  readonly index: number;
  readonly type: NumberType;
  /** Columns that tell more of its numbers. */
  readonly typeAt: number | undefined;
  readonly flagsAt: number | undefined;
  readonly extensionAt: number | undefined;
}

export interface RowNumber {
  readonly entry: { readonly type: NumberType; readonly number: string };
  /** Its column. */
  readonly index: number;
}

/** What a fault of a cell is noted with; undefined reason: there is none. */
export type Note = (index: number, reason: string | undefined) => void;
export type CellOf = (index: number | undefined) => string;

export function numberColumns(meanings: readonly (Meaning | null)[]): NumberColumn[] {
  const beside = (holds: string, slot: string | undefined) => {
    const found = meanings.findIndex(
      (meaning) => slot !== undefined && meaning?.holds === holds && 'slot' in meaning && meaning.slot === slot,
    );
    return found < 0 ? undefined : found;
  };
  return meanings.flatMap((meaning, index) =>
    meaning?.holds === 'number'
      ? [
          {
            index,
            type: meaning.type,
            typeAt: beside('numberType', meaning.slot),
            flagsAt: beside('numberFlags', meaning.slot),
            extensionAt: beside('numberExtension', meaning.slot),
          },
        ]
      : [],
  );
}

/** In the order of the columns. */
export function rowNumbers(
  columns: readonly NumberColumn[],
  cell: CellOf,
  reader: CellReader,
  notes: { readonly error: Note; readonly warning: Note },
): RowNumber[] {
  return columns.flatMap(({ index, type, typeAt, flagsAt, extensionAt }) => {
    const raw = cell(index);
    if (raw === '') return [];
    const { numbers, error, warning } = reader.numbers(raw);
    notes.error(index, error);
    notes.warning(index, warning);
    const labelled = typeAt === undefined ? type : labelledNumber(cell(typeAt), type);
    const extension = reader.text(cell(extensionAt)).trim();
    return numbers.map((number) => ({
      entry: {
        type: faxOf(labelled, cell(flagsAt)),
        number: extension === '' ? number : `${number} ext ${extension}`,
      },
      index,
    }));
  });
}

/** `order`: types separated by spaces, followed as far as there are such numbers; the others come after, as they stand. */
export function inOrder(numbers: readonly RowNumber[], order: string): readonly RowNumber[] {
  if (order.trim() === '') return numbers;
  const left = [...numbers];
  const first: RowNumber[] = [];
  for (const type of order.trim().split(/\s+/)) {
    const found = left.findIndex(({ entry }) => entry.type === type);
    if (found >= 0) first.push(...left.splice(found, 1));
  }
  return [...first, ...left];
}
