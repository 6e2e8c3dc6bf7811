// What the cells of a column look like, for people to see and for guessing what it is. Knows no header.
import { cellText, isFormulaFault } from './cell-text.ts';

const SAMPLES = 3;
const SAMPLE_LENGTH = 80;
/** Cells of which the kind is looked at. */
const LOOKS = 200;
const LONGEST = 64;

const NUMBER = /^[+(]?[\d\s()+.\-/*#\u00a0]{2,}(?:[ ,;]*(?:ext?\.?|x)[ .]*\d+)?$|^\d[.,]\d+E\+\d+$/i;
const DATE = /^\d{1,4}([./-])\d{1,2}\1\d{2,4}$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** `number`: surely one of the telephone network. `digits`: perhaps one of the house, or no number at all. */
type Look = 'number' | 'digits' | 'email' | 'words' | 'word';

export class ColumnLook {
  #filled = 0;
  readonly #counts = new Map<Look, number>();
  readonly #samples: string[] = [];

  see(cell: string): void {
    const text = cell.trim();
    if (text === '') return;
    if (this.#samples.length < SAMPLES) this.#samples.push(text.slice(0, SAMPLE_LENGTH).toWellFormed());
    if (this.#filled >= LOOKS || isFormulaFault(text)) return;
    this.#filled += 1;
    const look = lookOf(text);
    this.#counts.set(look, (this.#counts.get(look) ?? 0) + 1);
  }

  get samples(): readonly string[] {
    return this.#samples;
  }

  /** Whether there is no cell by which it can be told. */
  get isEmpty(): boolean {
    return this.#filled === 0;
  }

  /** Whether more than half of its cells look so. */
  isMostly(...looks: readonly Look[]): boolean {
    const alike = looks.reduce((sum, look) => sum + (this.#counts.get(look) ?? 0), 0);
    return alike * 2 > this.#filled;
  }
}

/** A row of cells, each in its column. */
export function seeAll(looks: readonly ColumnLook[], cells: readonly string[]): void {
  looks.forEach((look, index) => {
    look.see(cells[index] ?? '');
  });
}

function lookOf(cell: string): Look {
  const text = cellText(cell)
    .text.replace(/^'|^(?:tel|mailto):/i, '')
    .trim();
  if (EMAIL.test(text)) return 'email';
  const isNumber = text.length <= LONGEST && NUMBER.test(text) && !DATE.test(text);
  const digits = isNumber ? text.replace(/\D/g, '').length : 0;
  if (digits >= 7 || (digits >= 5 && /^[+(0]/.test(text) && /\D/.test(text))) return 'number';
  if (digits >= 2) return 'digits';
  return /\S\s+\S/.test(text) ? 'words' : 'word';
}

/** Whether a first line is no header, but a contact already. `isKnown`: whether a cell would be one. */
export function looksLikeContact(cells: readonly string[], isKnown: (header: string) => boolean): boolean {
  const looks = cells.map((cell) => lookOf(cell.trim()));
  return looks.includes('number') || looks.includes('email') || (looks.includes('digits') && !cells.some(isKnown));
}

/** Targets by what the cells look like; undefined where that says nothing. */
export function guessByLooks(looks: readonly ColumnLook[]): (string | undefined)[] {
  const guesses: (string | undefined)[] = looks.map((look) => (look.isMostly('email') ? 'email:work' : undefined));
  const numbers = looks.some((look) => look.isMostly('number'))
    ? ['number' as const]
    : ['number' as const, 'digits' as const];
  let isFirst = true;
  looks.forEach((look, index) => {
    if (guesses[index] || !look.isMostly(...numbers)) return;
    guesses[index] = isFirst ? 'number:business' : 'number:other';
    isFirst = false;
  });
  const texts = looks.flatMap((look, index) => (!guesses[index] && look.isMostly('word', 'words') ? [index] : []));
  const [first, second] = texts;
  const areSingle = [first, second].every((index) => index !== undefined && looks[index]?.isMostly('word'));
  const names = areSingle ? ['firstName', 'lastName', 'company'] : ['name', 'company'];
  texts.forEach((index, place) => {
    guesses[index] = names[place];
  });
  return guesses;
}
