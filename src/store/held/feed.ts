// Tells every listener every commit, in order of revision, whatever the listeners do meanwhile. Knows no store.
import type { Report } from '../../service/report.ts';
import type { Commit } from '../../service/store.ts';

type Listener = (commit: Commit) => void;

export class Feed {
  readonly #listeners = new Set<Listener>();
  readonly #waiting: Commit[] = [];
  readonly #report: Report;
  #telling = false;

  constructor(report: Report) {
    this.#report = report;
  }

  subscribe(listener: Listener): () => void {
    const own: Listener = (commit) => listener(commit);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** What a listener causes while it is told is told after all have heard the first. */
  tell(commit: Commit): void {
    this.#waiting.push(commit);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      for (const listener of [...this.#listeners]) this.#call(listener, next);
    }
    this.#telling = false;
  }

  /** A listener that throws is a bug: it is reported by kind and place, and the others are told all the same. */
  #call(listener: Listener, commit: Commit): void {
    try {
      listener(commit);
    } catch (error) {
      const place = error instanceof Error ? (error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '') : '';
      this.#report('store.listener_failed', {
        error: error instanceof Error ? error.name : typeof error,
        at: place.trim(),
      });
    }
  }
}
