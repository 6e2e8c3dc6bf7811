// The best answers of a search so far, at most so many.
import { compareHits, type Hit, type Score } from '../../domain/search.ts';

export class TopHits {
  readonly #most: number;
  readonly #hits: Hit[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** False when it is not among the best. */
  add(id: string, score: Score, name: string): boolean {
    const hits = this.#hits;
    const last = hits[hits.length - 1];
    if (hits.length >= this.#most && (!last || score < last.score)) return false;
    const hit = { id, score, name };
    if (hits.length >= this.#most && last && compareHits(hit, last) > 0) return false;
    let [low, high] = [0, hits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = hits[middle];
      if (other && compareHits(other, hit) < 0) low = middle + 1;
      else high = middle;
    }
    hits.splice(low, 0, hit);
    if (hits.length > this.#most) hits.pop();
    return true;
  }

  /** Ids, the best first. */
  ids(): string[] {
    return this.#hits.map(({ id }) => id);
  }
}
