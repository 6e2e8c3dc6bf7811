// What a cell of a table says, without what spreadsheets and link makers put around it. Knows no column.
import { unguarded } from './template.ts';

export interface CellText {
  readonly text: string;
  /** Whether it is marked as text, so that no spreadsheet has made anything of it. */
  readonly isMarked: boolean;
}

/** `="0123"`: a formula by which a spreadsheet is kept from taking text for a number. */
const TEXT_FORMULA = /^=\s*"((?:[^"]|"")*)"$/;
/** What a spreadsheet shows where a formula went wrong, in its languages: `#NAME?`, `#WERT!`, `#N/A`, `Err:508`. */
const FORMULA_FAULT = /^(?:#[\p{Lu}¿¡/0]{2,12}[?!]|#N\/[AVD]|#NV|Err:\d{3})$/u;

export function cellText(cell: string): CellText {
  const formula = TEXT_FORMULA.exec(cell.trim());
  if (formula) return { text: (formula[1] ?? '').replaceAll('""', '"'), isMarked: true };
  const text = unguarded(cell);
  return { text, isMarked: text !== cell };
}

/** Whether the cell is a formula that is nothing but its text. */
export function isTextFormula(cell: string): boolean {
  return TEXT_FORMULA.test(cell.trim());
}

/** Whether a spreadsheet has put its own error here. */
export function isFormulaFault(text: string): boolean {
  return text.length < 20 && FORMULA_FAULT.test(text.trim());
}

/** Of a field that has one line: line breaks become `between`. */
export function oneLine(text: string, between: string): string {
  return /[\r\n]/.test(text)
    ? text
        .split(/[\r\n]+/)
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .join(between)
    : text;
}

/** Values that an address book has joined in one cell, as Google does. */
export function joinedValues(text: string): readonly string[] {
  return text.includes(':::') ? text.split(/\s*:::\s*/) : [text];
}

/** The first label of a cell; Google marks the main value with `* `. */
export function firstLabel(text: string): string {
  return (joinedValues(text)[0] ?? '').replace(/^\*\s*/, '').trim();
}
