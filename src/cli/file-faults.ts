// What is wrong in a file that the operator gave: a line for each fault, with its place.

/** Lines shown; the rest is counted. */
const MOST = 50;

export interface FileFault {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

/** Nothing of the file was used. */
export class FileFaults extends Error {
  /** `file:line:column: what is wrong`, from the top of the file. */
  readonly lines: readonly string[];

  constructor(file: string, faults: readonly FileFault[]) {
    const sorted = [...faults].sort((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, what }) => `${file}:${line}:${column}: ${what}`);
    const distinct = [...new Set(lines)];
    const more = distinct.length - MOST;
    const shown = more > 0 ? [...distinct.slice(0, MOST), `${file}: and ${more} more`] : distinct;
    super(shown.join('\n'));
    this.name = 'FileFaults';
    this.lines = shown;
  }
}
