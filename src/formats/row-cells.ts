// What the cells of a table say: as spreadsheets and people leave them, or as we ourselves have written them. Knows no column.
import { cellText, isFormulaFault, joinedValues, oneLine } from './cell-text.ts';
import { type EmailCell, readEmailCell } from './email-cell.ts';
import { type NumberCell, readNumberCell } from './number-cell.ts';
import { unguarded } from './template.ts';

export interface CellReader {
  text(cell: string): string;
  numbers(cell: string): NumberCell;
  emails(cell: string): EmailCell;
  /** Of a part of an address. */
  part(cell: string): string;
  /** Whether a spreadsheet has put an error in place of what stood here. */
  isBroken(cell: string): boolean;
  /** Whether some of it may be lost. */
  isUnreadable(cell: string): boolean;
}

/** `country`: where the PBX stands, two capitals. */
export function cellsOfAnyone(country: string): CellReader {
  return {
    text: (cell) => cellText(cell).text,
    numbers: (cell) => readNumberCell(cellText(cell), country),
    emails: (cell) => readEmailCell(cellText(cell).text),
    part: (cell) => joinedValues(oneLine(cellText(cell).text, ', ')).join(', '),
    isBroken: isFormulaFault,
    isUnreadable: (cell) => cell.includes('\ufffd'),
  };
}

/** Of a file that nothing has happened to since it was exported: every cell is what the contact holds, to the letter. */
export const OWN_CELLS: CellReader = {
  text: unguarded,
  numbers: (cell) => ({ numbers: [unguarded(cell)] }),
  emails: (cell) => ({ addresses: [unguarded(cell)] }),
  part: unguarded,
  isBroken: () => false,
  isUnreadable: () => false,
};
