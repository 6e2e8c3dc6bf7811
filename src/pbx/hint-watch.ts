// Tells from ExtensionStatus events whether the dialplan has changed. A reload sends every hint that stayed again, with the
// status it had; a hint that went sends nothing. States themselves are never taken from here.
import type { FactTable } from './fact-table.ts';
import type { HintLine } from './lists.ts';

const RINGING = 8;

export class HintWatch {
  #statuses = new Map<string, number>();

  /** Starts over from a list. */
  reset(lines: ReadonlyMap<string, HintLine>): void {
    this.#statuses = new Map([...lines.values()].map((line) => [line.number, line.status]));
  }

  /** Whether this event says that the hints have to be listed again. The line is of an extension. */
  isSign(line: HintLine, table: FactTable): boolean {
    const extension = table.extension(line.number);
    if (!extension) return true;
    if (extension.context !== line.context) return false;
    const before = this.#statuses.get(line.number);
    this.#statuses.set(line.number, line.status);
    if (line.hintText !== extension.hintText || !(line.status >= 0)) return true;
    // Ringing is told again without any reload, when one more call rings.
    return before === line.status && (line.status & RINGING) === 0;
  }
}
