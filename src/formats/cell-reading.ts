// How the cells of a table are read: as spreadsheets and people leave them, or, in a file that nothing has touched since we wrote
// it, at their word. Knows no column.
import { cellText, isFormulaFault, joinedValues, oneLine } from './cell-text.ts';
import { type EmailCell, readEmailCell } from './email-cell.ts';
import { type NumberCell, readNumberCell } from './number-cell.ts';
import { unguarded } from './template.ts';

/** None of these is given an empty cell. */
export interface CellReading {
  /** Whether a spreadsheet has put its own error into the cell. */
  isFault(cell: string): boolean;
  text(cell: string): string;
  /** Of a part of an address. */
  part(cell: string): string;
  numbers(cell: string): NumberCell;
  emails(cell: string): EmailCell;
  /** Whether what could not be decoded is looked for. */
  readonly isDoubted: boolean;
}

/** `country`: where the PBX stands, two capitals. */
export function doubted(country: string): CellReading {
  return {
    isFault: isFormulaFault,
    text: (cell) => cellText(cell).text,
    part: (cell) => joinedValues(oneLine(cellText(cell).text, ', ')).join(', '),
    numbers: (cell) => readNumberCell(cellText(cell), country),
    emails: (cell) => readEmailCell(cellText(cell).text),
    isDoubted: true,
  };
}

export const AT_ITS_WORD: CellReading = {
  isFault: () => false,
  text: unguarded,
  part: unguarded,
  numbers: (cell) => ({ numbers: [unguarded(cell)] }),
  emails: (cell) => ({ addresses: [unguarded(cell)] }),
  isDoubted: false,
};
