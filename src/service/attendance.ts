// Who has a client session open. After a restart also who had one when the daemon ended: its client is on its way back,
// and taking the colleague offline for these seconds would be a change that did not happen.

export class Attendance {
  readonly #counts = new Map<string, number>();
  readonly #expected = new Set<string>();

  /** Sessions of the extension that count as open. */
  count(number: string): number {
    return this.#counts.get(number) ?? (this.#expected.has(number) ? 1 : 0);
  }

  opened(number: string): void {
    this.#expected.delete(number);
    this.#counts.set(number, (this.#counts.get(number) ?? 0) + 1);
  }

  closed(number: string): void {
    const left = (this.#counts.get(number) ?? 1) - 1;
    if (left > 0) this.#counts.set(number, left);
    else this.#counts.delete(number);
  }

  /** The extension had a session when the daemon ended. */
  expect(number: string): void {
    this.#expected.add(number);
  }

  get isWaiting(): boolean {
    return this.#expected.size > 0;
  }

  /** Waits no longer for anybody; the extensions that did not come back. */
  giveUp(): readonly string[] {
    const missing = [...this.#expected];
    this.#expected.clear();
    return missing;
  }
}
