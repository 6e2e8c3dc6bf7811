// The e-mail addresses of one row of a table. Pure.
import { labelledPlace } from './labels.ts';
import type { Meaning, PlaceType } from './meaning.ts';
import type { CellReader } from './row-cells.ts';
import type { CellOf, Note } from './row-numbers.ts';

export interface EmailColumn {
  readonly index: number;
  readonly type: PlaceType;
  /** The column that tells its type. */
  readonly typeAt: number | undefined;
}

export interface RowEmail {
  readonly entry: { readonly type: PlaceType; readonly address: string };
  /** Its column. */
  readonly index: number;
}

export function emailColumns(meanings: readonly (Meaning | null)[]): EmailColumn[] {
  return meanings.flatMap((meaning, index) => {
    if (meaning?.holds !== 'email') return [];
    const { type, slot } = meaning;
    const typeAt = meanings.findIndex(
      (other) => slot !== undefined && other?.holds === 'emailType' && other.slot === slot,
    );
    return [{ index, type, typeAt: typeAt < 0 ? undefined : typeAt }];
  });
}

/** In the order of the columns. */
export function rowEmails(columns: readonly EmailColumn[], cell: CellOf, reader: CellReader, warn: Note): RowEmail[] {
  return columns.flatMap(({ index, type, typeAt }) => {
    const raw = cell(index);
    if (raw === '') return [];
    const { addresses, warning } = reader.emails(raw);
    warn(index, warning);
    const labelled = typeAt === undefined ? type : labelledPlace(cell(typeAt), type);
    return addresses.map((address) => ({ entry: { type: labelled, address }, index }));
  });
}
