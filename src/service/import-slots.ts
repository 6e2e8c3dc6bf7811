// How many imports run at once: they hold a file and a book in memory, and one user has to wait for himself.
import { Failure } from '../domain/failure.ts';
import type { Viewer } from './viewer.ts';

const MOST_AT_ONCE = 2;
const RETRY_AFTER_S = 5;

export class ImportSlots {
  readonly #holders = new Set<string>();

  /** Runs the work of a viewer. Failure `too_many` while another of his runs, or two of others. */
  async hold<T>({ extension }: Viewer, work: () => Promise<T>): Promise<T> {
    const isOwn = this.#holders.has(extension);
    if (isOwn || this.#holders.size >= MOST_AT_ONCE) {
      const message = isOwn ? 'another import of yours is still running' : 'others are importing: try again soon';
      throw new Failure('too_many', message, { retryAfter: RETRY_AFTER_S });
    }
    this.#holders.add(extension);
    try {
      return await work();
    } finally {
      this.#holders.delete(extension);
    }
  }
}
