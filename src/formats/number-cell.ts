// Telephone numbers out of one cell of a table: several of them, with what spreadsheets and people do to them undone, refused or
// warned of. Knows no contact.
import { type CellText, joinedValues } from './cell-text.ts';
import { lostSign } from './lost-signs.ts';

export interface NumberCell {
  readonly numbers: readonly string[];
  readonly error?: string;
  readonly warning?: string;
}

const FORMAT_AS_TEXT = 'format the column as text and enter it again';
const ROUNDED = `the spreadsheet has rounded this number; ${FORMAT_AS_TEXT}`;
const TOO_NARROW = 'the spreadsheet wrote # because the column was too narrow; make it wider and save the file again';
const DATE = `the spreadsheet has made a date of this number; ${FORMAT_AS_TEXT}`;
const LOST = {
  '0': `the number may have lost its leading 0 in a spreadsheet; if so, ${FORMAT_AS_TEXT}`,
  '+': `the number may have lost its leading + in a spreadsheet; if so, ${FORMAT_AS_TEXT}`,
};

const SCIENTIFIC = /^[-+]?\d(?:[.,]\d+)?E\+\d{1,3}$|^[-+]?\d[.,]\d+E\d{1,3}$/i;
const MONTHS =
  'jan|ene|oca|f[eé][bv]|[sş]ub|m[aä]r|mrz|apr|avr|abr|nis|ma[iy]|jun|juin|haz|jul|juil|tem|aug|ao[uû]|ago|a[gğ]u|sep|eyl|oct|okt|eki|nov|kas|dec|dez|d[eé]c|dic|ara';
const MONTH = new RegExp(
  `^(?=.*\\d)(?:(?:[0-3]?\\d|(?:19|20)\\d\\d)[-. /]+)?(?:${MONTHS})\\p{L}{0,8}\\.?(?:[-. /]+\\d{1,4})?$`,
  'iu',
);
const DAY = /^(?:(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]\d\.[01]\d\.(?:19|20)\d\d|[0-3]?\d\/[0-3]?\d\/(?:19|20)\d\d)$/;
/** Written for `none`. */
const NOTHING = /^[-–—./\s]*$/;
const SCHEME = /^(?:tel|callto|sips?|phone|telefon|mobile?|fax|fon)\s*:\s*/i;

/** `country`: where the PBX stands, two capitals. */
export function readNumberCell({ text, isMarked }: CellText, country: string): NumberCell {
  // An apostrophe in front is how spreadsheets are told that a number is text.
  const cell = text.replace(/^[\s\ufeff']+/, '').trim();
  if (NOTHING.test(cell)) return { numbers: [] };
  if (isMarked || text.startsWith("'")) return { numbers: numbersIn(cell) };
  if (SCIENTIFIC.test(cell)) return { numbers: [], error: ROUNDED };
  if (/^#{3,}$/.test(cell)) return { numbers: [], error: TOO_NARROW };
  if (MONTH.test(cell) || DAY.test(cell)) return { numbers: [], error: DATE };
  // Of a program that had the number as a floating-point one.
  const numbers = numbersIn(cell.replace(/^(\d{5,})[.,]0$/, '$1'));
  const lost = lostOf(numbers, country);
  return lost ? { numbers, warning: LOST[lost] } : { numbers };
}

function lostOf(numbers: readonly string[], country: string): '0' | '+' | undefined {
  for (const number of numbers) {
    const lost = /^\d+$/.test(number) ? lostSign(number, country) : undefined;
    if (lost) return lost;
  }
  return undefined;
}

/** Between two numbers, with the digits that each must have for it. */
const SEPARATORS: readonly (readonly [separator: RegExp, shortest: number])[] = [
  [/\s*[\r\n]+\s*/, 2],
  [/\s*;\s*/, 2],
  [/\s*\|\s*/, 2],
  [/\s*,\s*/, 5],
];

/** What cannot be told apart stays one text, for its contact to refuse. */
function numbersIn(cell: string): string[] {
  const values = joinedValues(cell).flatMap((value) => separated(value.trim()));
  return values.map(dialled).filter((value) => !NOTHING.test(value));
}

function separated(value: string): string[] {
  const text = value.replace(/;(?:ext|extension)=(\d+)/gi, ' ext $1');
  for (const [separator, shortest] of SEPARATORS) {
    const parts = text.split(separator).filter((part) => part !== '');
    if (parts.length > 1 && parts.every((part) => isPlausible(part, shortest))) return parts.flatMap(separated);
  }
  return slashed(text);
}

/** A slash stands between two numbers, or after an area code. */
function slashed(text: string): string[] {
  const parts = text.split(/\s*\/\s*/);
  if (parts.length < 2) return [text];
  const digits = parts.map(digitsIn);
  const [area = '', rest] = parts;
  const isAreaCode = parts.length === 2 && /^[+(0]/.test(area) && /^[\d\s().-]+$/.test(rest ?? '');
  if (isAreaCode && (digits[0] ?? 0) <= 6) return [parts.join(' ')];
  const areAlike = digits.every((count) => count >= 7) || digits.every((count) => count >= 2 && count <= 6);
  return areAlike && parts.every((part) => isPlausible(part, 2)) ? parts : [text];
}

function digitsIn(text: string): number {
  return text.replace(/\D/g, '').length;
}

/** Whether a contact would take it for a number, and it is long enough for one. */
function isPlausible(text: string, shortest: number): boolean {
  const bare = dialled(text);
  return /^[0-9A-Za-z ().\-+*#/\u00a0\u2010-\u2015]+$/.test(bare) && digitsIn(bare) >= shortest;
}

function dialled(number: string): string {
  if (!SCHEME.test(number)) return number;
  return decoded(number.replace(SCHEME, ''))
    .replace(/^\/\//, '')
    .replace(/[@;?].*$/, '');
}

/** What a link writes as %20. */
function decoded(text: string): string {
  return text.replace(/%(2[0-9a-e]|3\d)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
