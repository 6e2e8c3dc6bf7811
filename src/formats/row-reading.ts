// One row of a table as the import takes it: the contact's fields, what is wrong with the row and its cells, and the way back
// from a field to its cell. Knows no layout, and nothing of what a contact may hold.
import type { CellFault } from '../domain/contact-import.ts';
import type { FileRow } from '../service/contact-file.ts';
import type { Columns } from './columns.ts';
import type { CsvRecord } from './csv-records.ts';
import type { CellReader } from './row-cells.ts';
import { type RowColumns, rowColumns, rowFields } from './row-fields.ts';

const LONGEST_VALUE = 200;
const NO_CELL = { column: '', value: '' } as const;

const FAULTS = {
  quote:
    'has a quotation mark out of place: a cell with one must stand in quotation marks, and each one in it be written twice',
  long: 'is far too long for a contact, and cut here',
  repeated: 'is the first line of the table once more: take it out',
  damaged: 'holds NUL characters, as damaged files have: get the file from where it came from again',
  unreadable: 'holds characters that could not be read: if they are missing, save the file as UTF-8',
} as const;

/** The way to read the rows of a table with these columns. */
export function rowReader(table: Columns, delimiter: string, reader: CellReader): (record: CsvRecord) => FileRow {
  const columns = rowColumns(table.meanings);
  return (record) => {
    const reason = faultOf(table, delimiter, record);
    const whole = { row: record.row, column: '', value: clipped(record.cells.join(delimiter)) };
    if (reason === undefined) return readRow(table, columns, reader, record, whole);
    return {
      row: record.row,
      fields: {},
      covers: columns.covers,
      errors: [{ ...whole, reason }],
      warnings: [],
      cell: () => NO_CELL,
    };
  };
}

function readRow(
  table: Columns,
  columns: RowColumns,
  reader: CellReader,
  { row, cells }: CsvRecord,
  whole: Omit<CellFault, 'reason'>,
): FileRow {
  const errors: CellFault[] = [];
  const isUnreadable = cells.some((cell) => reader.isUnreadable(cell));
  const warnings: CellFault[] = isUnreadable ? [{ ...whole, reason: FAULTS.unreadable }] : [];
  const at = (index: number) => ({ column: columnName(table, index), value: clipped(cells[index] ?? '') });
  const note = (faults: CellFault[]) => (index: number, reason: string | undefined) => {
    if (reason !== undefined) faults.push({ row, ...at(index), reason });
  };
  const { id, fields, places } = rowFields(columns, cells, reader, { error: note(errors), warning: note(warnings) });
  const cell = (path: string) => {
    const index = columnOf(places, path);
    return index === undefined ? NO_CELL : at(index);
  };
  return { row, ...(id === '' ? {} : { id }), fields, covers: columns.covers, errors, warnings, cell };
}

/** What makes the row unusable as a whole. */
function faultOf(table: Columns, delimiter: string, { row, cells, fault }: CsvRecord): string | undefined {
  if (fault) return FAULTS[fault];
  if (cells.some((cell) => cell.includes('\0'))) return FAULTS.damaged;
  const { headers, hasHeader } = table;
  const isRepeated = headers.every((header, index) => header === (cells[index] ?? '').trim());
  if (hasHeader && row > 1 && isRepeated) return FAULTS.repeated;
  const more = cells.findLastIndex((cell) => cell.trim() !== '') + 1 - table.width;
  if (more <= 0) return undefined;
  const sign = delimiter === '\t' ? 'a tab' : delimiter;
  const many = more === 1 ? 'one cell' : `${more} cells`;
  return `has ${many} more than there are columns: a cell that holds ${sign} must stand in quotation marks`;
}

/** The header, or where the column stands. */
function columnName({ headers }: Columns, index: number): string {
  return headers[index] || `Column ${index + 1}`;
}

/** Of the path itself, or of the nearest one above it. */
function columnOf(places: ReadonlyMap<string, number>, path: string): number | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const index = places.get(at);
    if (index !== undefined) return index;
  }
  return undefined;
}

function clipped(value: string): string {
  return value.slice(0, LONGEST_VALUE).toWellFormed();
}
