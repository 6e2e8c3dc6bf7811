// Lines on a terminal that are drawn again in their place. What does not fit the screen is left out and counted.
import type { Output } from './io.ts';

export class LiveLines {
  readonly #output: Output;
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  draw(lines: readonly string[]): void {
    const room = Math.max((this.#output.rows ?? 24) - 1, 2);
    const hidden = lines.length - room;
    const shown = hidden > 0 ? [...lines.slice(0, room - 1), `… and ${hidden + 1} more`] : lines;
    const back = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    this.#output.write(`${back}\r\x1b[J${shown.map((line) => `${line}\n`).join('')}`);
    this.#drawn = shown.length;
  }
}
