// A table of contacts as the import takes it: opened by recognising its columns from its first rows, then read row by row.
import type { ContactFile, FileRow } from '../service/contact-file.ts';
import { ColumnLook, seeAll } from './column-look.ts';
import { type Columns, isKnownHeader, MOST_COLUMNS, recogniseColumns, withTargets } from './columns.ts';
import { type CsvSource, csvRecords } from './csv-records.ts';
import { recogniseDelimiter } from './delimiter.ts';
import { countLines, type Encoding } from './encoding.ts';
import { failedRows } from './failed-rows.ts';
import { refused } from './no-text.ts';
import { type CellReader, cellsOfAnyone, OWN_CELLS } from './row-cells.ts';
import { rowReader } from './row-reading.ts';
import { isAsWritten } from './template.ts';

/** Rows from which columns are recognised. */
const LOOKED_AT = 1000;

export interface CsvOptions {
  readonly columns?: readonly (string | null)[] | undefined;
  /** Where the PBX stands, two capitals. */
  readonly country: string;
}

/** `head`: the beginning of its text. Failure `params` when it is no table of contacts. */
export async function openCsv(
  bytes: Uint8Array,
  encoding: Encoding,
  head: string,
  options: CsvOptions,
): Promise<ContactFile> {
  const delimiter = recogniseDelimiter(head, isKnownHeader);
  const source = { bytes, encoding, delimiter };
  const reader = isAsWritten(head) ? OWN_CELLS : cellsOfAnyone(options.country);
  const { first, looks } = await lookAt(source);
  const columns = withTargets(recogniseColumns(first, looks), options.columns);
  return {
    format: 'csv',
    layout: columns.layout,
    encoding: encoding.name,
    delimiter,
    columns: columns.headers.map((header, index) => ({
      header,
      target: columns.targets[index] ?? null,
      samples: looks[index]?.samples ?? [],
    })),
    estimate: Math.max(0, (await countLines(bytes)) - (columns.hasHeader ? 1 : 0)),
    rows: () => rowsOf(source, columns, reader),
    failedRows: async (faults) => ({ bytes: await failedRows(source, columns, faults), type: 'csv' }),
  };
}

/** The first record, and what the cells of the next ones look like: a look for every column that has a header or a cell. */
async function lookAt(source: CsvSource): Promise<{ first: readonly string[]; looks: ColumnLook[] }> {
  let first: readonly string[] | undefined;
  const looks: ColumnLook[] = [];
  let rows = 0;
  for await (const records of csvRecords(source)) {
    for (const { cells, fault } of records) {
      if (fault && !first)
        throw refused('begins with a line that cannot be read: a quotation mark in it is not closed');
      const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
      const isCounted = !first || width <= first.length;
      first ??= cells;
      while (isCounted && looks.length < Math.min(width, MOST_COLUMNS + 1)) looks.push(new ColumnLook());
      if (cells !== first) seeAll(looks, cells);
    }
    rows += records.length;
    if (rows > LOOKED_AT) break;
  }
  if (!first) throw refused('is empty: import a CSV file or vCards');
  return { first, looks };
}

async function* rowsOf(source: CsvSource, columns: Columns, reader: CellReader): AsyncGenerator<readonly FileRow[]> {
  const read = rowReader(columns, source.delimiter, reader);
  let isFirst = true;
  for await (const records of csvRecords(source)) {
    const taken = isFirst && columns.hasHeader ? records.slice(1) : records;
    isFirst = false;
    if (taken.length > 0) yield taken.map(read);
  }
}
