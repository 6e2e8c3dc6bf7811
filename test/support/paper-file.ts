// A file of contacts for tests: its bytes are JSON, each row the fields of a contact as they are. What is wrong with a row before its contact
// is looked at stands in `wrong`, what is worth a look in `odd`.
import type { CellFault } from '../../src/domain/contact-import.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { ContactFile, FileRow, OpenContactFile } from '../../src/service/contact-file.ts';

const ALL = ['firstName', 'lastName', 'company', 'title', 'numbers', 'emails', 'addresses', 'remark'];

export interface PaperRow {
  readonly id?: string;
  readonly wrong?: string;
  readonly odd?: string;
  readonly [field: string]: unknown;
}

interface PaperForm {
  /** Fields that the file has columns for. */
  readonly fields?: readonly string[];
  readonly covers?: FileRow['covers'];
  /** Rows in a slice. */
  readonly slice?: number;
}

interface Paper extends PaperForm {
  readonly rows: readonly PaperRow[];
}

export function paper(rows: readonly PaperRow[], form: PaperForm = {}): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ ...form, rows }));
}

/** What is written on it: of a file of failed rows, the rows with their reasons. */
export function written(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

export const openPaper: OpenContactFile = async (bytes, { columns }) => {
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith('{')) throw new Failure('params', 'this is no file of contacts');
  const file = JSON.parse(text) as Paper;
  const { rows, fields = ALL } = file;
  const samples = (header: string) => rows.slice(0, 3).map((row) => JSON.stringify(row[header] ?? ''));
  return {
    format: 'csv',
    layout: 'paper',
    encoding: 'UTF-8',
    delimiter: ',',
    columns: ['Id', ...fields].map((header, i) => {
      const target = columns ? (columns[i] ?? null) : header.toLowerCase();
      return { header, target, samples: samples(header) };
    }),
    estimate: rows.length,
    rows: () => slicesOf(file),
    failedRows: async (faults) => ({ type: 'csv', bytes: paper(failedOf(rows, faults)) }),
  } satisfies ContactFile;
};

async function* slicesOf({ rows, fields = ALL, covers = 'all', slice = 50 }: Paper): AsyncIterable<FileRow[]> {
  for (let from = 0; from < rows.length; from += slice) {
    yield rows.slice(from, from + slice).map((row, i): FileRow => {
      const place = from + i + 2;
      const fault = (reason: string): CellFault => ({ row: place, column: 'Cell', value: '?', reason });
      return {
        row: place,
        ...(row.id === undefined ? {} : { id: row.id }),
        fields: Object.fromEntries(fields.map((key) => [key, row[key]])),
        covers,
        errors: row.wrong === undefined ? [] : [fault(row.wrong)],
        warnings: row.odd === undefined ? [] : [fault(row.odd)],
        cell: (path) => ({ column: path, value: JSON.stringify(valueAt(row, path)) ?? '' }),
      };
    });
  }
}

function failedOf(rows: readonly PaperRow[], faults: ReadonlyMap<number, readonly CellFault[]>): PaperRow[] {
  return [...faults].map(([place, of]) => ({ ...rows[place - 2], reason: of.map(({ reason }) => reason).join('; ') }));
}

function valueAt(row: unknown, path: string): unknown {
  let value = row;
  for (const step of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step];
  return value;
}
