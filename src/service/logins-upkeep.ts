// What keeps the table of log-ins small and those in use alive: which sessions are open, when each was last used, what has
// expired. Decides what is to be done; the log-in service writes it.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { hasEnded, type LoginRow, TOKEN_MS } from './logins-row.ts';
import type { Report } from './report.ts';

const MOST_PER_USER = 50;
const EVERY_MS = 3_600_000;

/** Which log-ins are in use. */
export class LoginUse {
  /** Milliseconds, since the start of the process. */
  readonly #used = new Map<string, number>();
  /** How many sessions hold each log-in open. */
  readonly #held = new Map<string, number>();

  used(id: string, now: number): void {
    this.#used.set(id, now);
  }

  ended(id: string): void {
    this.#used.delete(id);
  }

  /** Returns the function that lets go; it may be called more than once. */
  hold(id: string): () => void {
    this.#held.set(id, (this.#held.get(id) ?? 0) + 1);
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      const left = (this.#held.get(id) ?? 1) - 1;
      if (left > 0) this.#held.set(id, left);
      else this.#held.delete(id);
    };
  }

  held(): Iterable<string> {
    return this.#held.keys();
  }

  /** Those of one user's log-ins that go for a new one: first what no session holds, then what was unused for longest. */
  inTheWay(rows: readonly LoginRow[]): string[] {
    const rank = (row: LoginRow) => Number(this.#held.has(row.id));
    const order = [...rows].sort((a, b) => rank(a) - rank(b) || this.#lastUse(a) - this.#lastUse(b));
    return order.slice(0, Math.max(0, rows.length - MOST_PER_USER + 1)).map((row) => row.id);
  }

  #lastUse(row: LoginRow): number {
    return this.#used.get(row.id) ?? Math.max(...row.tokens.map((token) => Date.parse(token.expires))) - TOKEN_MS;
  }
}

/** Whether no token of the log-in can open a session any more. */
export function isOver(row: LoginRow, now: number): boolean {
  return row.tokens.every((token) => hasEnded(token, now));
}

/** Runs `work` every hour, counted from the end of the run before. What fails is tried again. Returns the stop. */
export function everyHour(clock: Clock, work: () => Promise<void>, report: Report): () => void {
  let stop = clock.after(EVERY_MS, run);
  let stopped = false;
  function run(): void {
    const again = () => {
      if (!stopped) stop = clock.after(EVERY_MS, run);
    };
    const failed = (error: unknown) => {
      report('login.upkeep_failed', { reason: error instanceof Failure ? error.code : 'bug' });
      again();
    };
    work().then(again, failed);
  }
  return () => {
    stopped = true;
    stop();
  };
}
