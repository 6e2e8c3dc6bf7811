// Long work in short turns of the event loop.

/** Longest work in one turn. */
const SLICE_MS = 4;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets others have a turn after some work. */
export class Breath {
  #began = performance.now();

  async taken(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await turn();
    this.#began = performance.now();
  }
}
