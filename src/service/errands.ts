// Errands: what must happen at the daemon that is on duty at a site's PBX can be asked for at any daemon. Where it is this daemon it is
// a direct call, else a row that both daemons follow. Knows nothing of what is asked.
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import { AskedErrands } from './errands-asked.ts';
import { type ErrandStore, undone } from './errands-row.ts';
import { ErrandWork, type Work } from './errands-work.ts';
import type { Report } from './report.ts';

export interface ErrandParts {
  readonly store: ErrandStore;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
}

export interface Patience {
  /** All in all, with the time until another daemon has taken over the duty. */
  readonly timeoutMs: number;
}

export class Errands {
  readonly #cluster: Cluster;
  readonly #works = new Map<string, Work>();
  readonly #asked: AskedErrands;
  readonly #work: ErrandWork;

  constructor(parts: ErrandParts) {
    this.#cluster = parts.cluster;
    this.#asked = new AskedErrands(parts);
    this.#work = new ErrandWork({ ...parts, works: this.#works, isHere: (site) => this.#isHere(site) });
    if (!parts.cluster.isShared) return;
    this.#asked.start();
    this.#work.start();
  }

  /**
   * Names what does a kind of errand while this daemon is on duty; those that wait for it are begun. Parameters and results are plain JSON
   * and are not changed. Returns the function that ends it; what was begun is finished.
   */
  handle(method: string, work: Work): () => void {
    this.#works.set(method, work);
    this.#work.look();
    return () => {
      if (this.#works.get(method) === work) this.#works.delete(method);
    };
  }

  /**
   * Has it done by the daemon on duty at the site, once or not at all, and resolves with its result after everything that it wrote was
   * told here. Rejects with the Failure that it came to; with `pbx_away` when nobody took it or the answer is missing, which the
   * message tells apart; with `storage` while the database is away; with `too_many` and `too_large`.
   */
  async ask(site: string, method: string, params: object, patience: Patience): Promise<object> {
    const work = this.#isHere(site) ? this.#works.get(method) : undefined;
    if (work) return work(params);
    if (!this.#cluster.isShared) throw undone(site);
    return this.#asked.ask(site, method, params, patience.timeoutMs);
  }

  /** What is under way here fails. */
  stop(): void {
    this.#work.stop();
    this.#asked.stop();
  }

  #isHere(site: string): boolean {
    return !this.#cluster.isShared || (site === this.#cluster.site && this.#cluster.siteDuty.isHeld);
  }
}
