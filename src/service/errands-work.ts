// The side of errands that does them: while this daemon is on duty at its site it takes what is asked there, each once, and answers.
// What it has not begun in time, or another began, it leaves alone.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import {
  type AnsweredRow,
  type AskedRow,
  ERRANDS,
  type ErrandRow,
  type ErrandStore,
  errandWrite,
  failedRow,
  MOST_CHARACTERS,
  plain,
  undone,
} from './errands-row.ts';
import type { Report } from './report.ts';
import { type Row, Stale } from './store.ts';

/** Throws a Failure that the asker gets; anything else is a fault in the program. */
export type Work = (params: object) => Promise<object>;

export interface WorkParts {
  readonly store: ErrandStore;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
  readonly works: ReadonlyMap<string, Work>;
  readonly isHere: (site: string) => boolean;
}

/** Errands at work at a time; the others wait, as long as their askers do. */
const MOST_AT_WORK = 200;
const AGAIN_MS = 500;

export class ErrandWork {
  readonly #parts: WorkParts;
  /** When each errand of this site was first seen, by this daemon's clock. */
  readonly #seen = new Map<string, number>();
  readonly #atWork = new Set<string>();
  readonly #stops: (() => void)[] = [];
  #again: (() => void) | undefined;

  constructor(parts: WorkParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, cluster, clock } = this.#parts;
    for (const { id, value } of store.all(ERRANDS)) {
      const row = value as ErrandRow;
      if (row.state === 'asked') this.#seen.set(id, Math.min(clock.now(), Date.parse(row.at)));
    }
    const follow = store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (table === ERRANDS) this.#heard(id, value as ErrandRow | null);
    });
    this.#stops.push(
      follow,
      cluster.siteDuty.subscribe(() => this.look()),
      cluster.subscribe(() => this.look()),
    );
  }

  /** Takes what can be done now. */
  look(): void {
    for (const id of this.#seen.keys()) this.#tryTake(id);
  }

  /** Takes nothing any more; what was begun is answered. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#again?.();
    this.#again = undefined;
    this.#seen.clear();
  }

  #heard(id: string, row: ErrandRow | null): void {
    if (row?.state !== 'asked' || row.site !== this.#parts.cluster.site) {
      this.#seen.delete(id);
      return;
    }
    if (!this.#seen.has(id)) this.#seen.set(id, this.#parts.clock.now());
    this.#tryTake(id);
  }

  #tryTake(id: string): void {
    const { store, works, isHere, clock } = this.#parts;
    if (this.#atWork.has(id) || this.#atWork.size >= MOST_AT_WORK) return;
    const row = store.get(ERRANDS, id);
    const asked = row?.value as ErrandRow | undefined;
    if (!row || asked?.state !== 'asked' || !isHere(asked.site)) return;
    const work = works.get(asked.method);
    const since = this.#seen.get(id) ?? clock.now();
    const isLate = (): boolean => clock.now() - since >= asked.within;
    if (!work || isLate()) return;
    this.#atWork.add(id);
    void this.#take(row, asked, work, isLate);
  }

  /**
   * The row says that it was taken before anything is begun: it holds for all daemons, also for one that believes to be on duty. If that took so
   * long that nobody waits any more, nothing is begun.
   */
  async #take({ id, rev }: Row, asked: AskedRow, work: Work, isLate: () => boolean): Promise<void> {
    const { store, cluster, isHere } = this.#parts;
    try {
      await store.commit([errandWrite(id, { state: 'taken', by: cluster.daemon })], [{ table: ERRANDS, id, rev }]);
    } catch (error) {
      this.#atWork.delete(id);
      const isNews = store.get(ERRANDS, id)?.rev !== rev;
      if (error instanceof Stale && isNews) this.#tryTake(id);
      else this.#lookAgain();
      return;
    }
    const isWanted = store.get(ERRANDS, id) !== undefined && !isLate() && isHere(asked.site);
    const answer = isWanted ? await this.#do(asked, work) : failedRow(undone(asked.site));
    this.#atWork.delete(id);
    if (store.get(ERRANDS, id)) store.note([errandWrite(id, answer)]);
    this.look();
  }

  async #do({ method, params }: AskedRow, work: Work): Promise<AnsweredRow> {
    try {
      const result = plain(await work(params));
      if (!result) throw new Error(`a result has more than ${MOST_CHARACTERS} characters`);
      return { state: 'answered', result };
    } catch (error) {
      if (error instanceof Failure) return failedRow(error);
      const id = this.#parts.newId();
      const text = error instanceof Error ? (error.stack ?? error.message) : typeof error;
      this.#parts.report('internal', { id, where: `errand ${method}`, error: text });
      return failedRow(new Failure('internal', `internal error ${id}`));
    }
  }

  #lookAgain(): void {
    if (this.#again || this.#stops.length === 0) return;
    this.#again = this.#parts.clock.after(AGAIN_MS, () => {
      this.#again = undefined;
      this.look();
    });
  }
}
