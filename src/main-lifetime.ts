// Things to undo at the end, the newest first; part of building the daemon.

export class Lifetime {
  readonly #ends: (() => unknown)[] = [];
  #isOver = false;

  /** Whether the end has begun: nothing new may begin. */
  get isOver(): boolean {
    return this.#isOver;
  }

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
