// Which revision here stands for which revision of the database. A note is told before the database has numbered it, so the two counts
// drift apart: both rise, and every revision of the database has one here, but some here have none there. Pure.

/** From here on both counts rise alike. */
interface Run {
  /** In the database. */
  readonly g: number;
  /** Here. */
  readonly local: number;
}

/** These are never forgotten. */
const SETTLED = 64;
/** Of later ones so many, or twice as many, are remembered. */
const REMEMBERED = 32_768;
/**
 * After the settled ones the count here goes on above this. So numbers that stand for forgotten ones, below it, are never mistaken for
 * numbers that were told.
 */
const ABOVE = 2 ** 51;

export class Revisions {
  #runs: Run[];
  #newest: number;

  /** Everything up to `g` has the same number here and there. */
  constructor(g: number) {
    this.#runs = [{ g: 0, local: 0 }];
    this.#newest = g;
  }

  /** The newest revision of the database that has a number here. */
  get newest(): number {
    return this.#newest;
  }

  /** The number for revision `g`, which is to come next, when the last number given here is `local`. */
  next(g: number, local: number): number {
    const next = local + g - this.#newest;
    const begins = this.#runs.length >= SETTLED && next - g !== this.#offset;
    return begins && next < ABOVE ? ABOVE + g : next;
  }

  /** Whether a note told as `local` is in its place when revision `g`, the next, is its own. */
  isInPlace(g: number, local: number): boolean {
    return local - g === this.#offset;
  }

  /** All revisions up to `g`, those before it that were not told one by one included, have their numbers up to `local`. */
  told(g: number, local: number): void {
    const from = this.#newest + 1;
    this.#newest = g;
    if (local - g === this.#offset) return;
    this.#runs.push({ g: from, local: from + local - g });
    if (this.#runs.length > SETTLED + 2 * REMEMBERED) this.#runs.splice(SETTLED, REMEMBERED);
  }

  /** The number here of a revision of the database that is not newer than the newest. */
  localOf(g: number): number {
    const run = this.#runs[this.#last((one) => one.g <= g)] as Run;
    return run.local + g - run.g;
  }

  /** The revision of the database that has exactly this number here. */
  exact(local: number): number | undefined {
    const g = this.upTo(local);
    return g !== undefined && this.localOf(g) === local ? g : undefined;
  }

  /** The newest revision of the database that had its number here when `local` was given; undefined when it is forgotten. */
  upTo(local: number): number | undefined {
    const at = this.#last((one) => one.local <= local);
    const run = this.#runs[at] as Run;
    const next = this.#runs[at + 1];
    if (local >= ABOVE && run.local < ABOVE) return undefined;
    return Math.min(run.g + local - run.local, next ? next.g - 1 : this.#newest);
  }

  get #offset(): number {
    const { g, local } = this.#runs[this.#runs.length - 1] as Run;
    return local - g;
  }

  /** Index of the last run of which this is so; it is so of the first, and of none after one of which it is not. */
  #last(isSo: (run: Run) => boolean): number {
    let [low, high] = [1, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isSo(this.#runs[middle] as Run)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
