// What is wrong with the settings, each as one line that says where and what. Never names a value, so no secret can show.

export interface Problem {
  /** `file:line:column key` or the name of a variable. */
  readonly where: string;
  readonly what: string;
  /** Line and column in the file, for the order. */
  readonly at?: readonly [number, number];
}

/** The settings cannot be used. `message` holds all problems, one a line: those of the file from its top, then those of the environment. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly Problem[]) {
    const lines = [...problems].sort(byPlace).map(({ where, what }) => `${where}: ${what}`);
    super(lines.join('\n'));
    this.name = 'SettingsError';
    this.problems = lines;
  }
}

function byPlace({ at: a }: Problem, { at: b }: Problem): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return a[0] - b[0] || a[1] - b[1];
}

const WHY_UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EPERM: 'it may not be read by this user',
  EISDIR: 'it is a folder',
};

/** Why a file could not be read, in words. */
export function whyUnreadable(error: unknown): string {
  const code = codeOf(error);
  return WHY_UNREADABLE[code] ?? (/^E[A-Z0-9]+$/.test(code) ? code : 'unknown reason');
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What was typed, fit to be printed in one line. */
export function printable(typed: string): string {
  return typed.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?').slice(0, 80);
}

/** `; did you mean x?` when one of the words is near, else nothing. */
export function suggestion(typed: string, words: readonly string[]): string {
  const folded = typed.slice(0, 80).toLowerCase();
  const near = words
    .map((word) => ({ word, slips: slips(folded, word.toLowerCase()) }))
    .filter(({ word, slips }) => slips <= Math.max(1, Math.floor(word.length / 4)))
    .sort((a, b) => a.slips - b.slips)[0];
  return near ? `; did you mean ${near.word}?` : '';
}

/** How many letters have to be put in, taken out or changed; a swap of neighbours counts once. */
function slips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const ways = [(last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1)];
      if (swapped && i > 1) ways.push((beforeLast[j - 2] ?? 0) + 1);
      row.push(Math.min(...ways));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
