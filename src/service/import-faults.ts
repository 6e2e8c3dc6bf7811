// What is wrong, or worth a look, in the rows of a file: the first ones for the report, all errors for the file of failed rows.
import type { CellFault } from '../domain/contact-import.ts';
import { Failure, type Issue } from '../domain/failure.ts';
import type { FileRow } from './contact-file.ts';
import { REPORTED_FAULTS } from './imports-port.ts';

/** Of a file with more errors something is wrong as a whole. */
const MOST_ERRORS = 200_000;
const LONGEST_VALUE = 200;

export class Faults {
  readonly errors: CellFault[] = [];
  readonly warnings: CellFault[] = [];
  /** The errors of each row that failed. */
  readonly byRow = new Map<number, CellFault[]>();
  readonly #most: number;
  #errors = 0;
  #warnings = 0;

  constructor(most = MOST_ERRORS) {
    this.#most = most;
  }

  get moreErrors(): number {
    return this.#errors - this.errors.length;
  }

  get moreWarnings(): number {
    return this.#warnings - this.warnings.length;
  }

  /** The row cannot be used. Failure `too_large` when that is true of far too many. */
  fail({ row }: FileRow, faults: readonly CellFault[]): void {
    this.byRow.set(row, [...(this.byRow.get(row) ?? []), ...faults]);
    this.#errors += faults.length;
    if (this.#errors > this.#most) throw tooMany(this.#most, faults[0]);
    this.errors.push(...faults.slice(0, REPORTED_FAULTS - this.errors.length));
  }

  warn(faults: readonly CellFault[]): void {
    this.#warnings += faults.length;
    this.warnings.push(...faults.slice(0, REPORTED_FAULTS - this.warnings.length));
  }
}

/** What the domain says of the row's fields, at the cells they come from. */
export function faultsOf(row: FileRow, issues: readonly Issue[]): CellFault[] {
  return issues.map(({ path, message }) => {
    const { column, value } = row.cell(path);
    return { row: row.row, column, value: value.slice(0, LONGEST_VALUE), reason: message };
  });
}

function tooMany(most: number, last: CellFault | undefined): Failure {
  const where = last ? `; the last is row ${last.row}, column ${JSON.stringify(last.column)}: ${last.reason}` : '';
  return new Failure('too_large', `more than ${most} errors${where}. See what each column is taken for`);
}
