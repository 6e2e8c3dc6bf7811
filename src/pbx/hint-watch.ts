// Tells from ExtensionStatus events whether the dialplan has changed. A reload sends every hint that stayed again, with the
// status it had; a hint that went sends nothing. States themselves are never taken from here.
import type { FactTable } from './fact-table.ts';
import type { HintLine } from './lists.ts';

const RINGING = 8;

export class HintWatch {
  #lines: ReadonlyMap<string, HintLine> = new Map();
  /** Statuses that came after the list. */
  readonly #newer = new Map<string, number>();

  /** Starts over from a list. */
  reset(lines: ReadonlyMap<string, HintLine>): void {
    this.#lines = lines;
    this.#newer.clear();
  }

  /** Whether this event says that the hints have to be listed again. The line is of an extension. */
  isSign(line: HintLine, table: FactTable): boolean {
    const extension = table.extension(line.number);
    if (!extension) return true;
    if (extension.context !== line.context) return false;
    const before = this.#newer.get(line.number) ?? this.#lines.get(line.number)?.status;
    this.#newer.set(line.number, line.status);
    if (line.hintText !== extension.hintText || !(line.status >= 0)) return true;
    // Ringing is told again without any reload, when one more call rings.
    return before === line.status && (line.status & RINGING) === 0;
  }
}
