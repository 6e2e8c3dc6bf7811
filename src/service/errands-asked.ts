// The asker's side of errands: notes what is asked, waits for the answer in the feed, and clears away its row.
import { Failure } from '../domain/failure.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Cluster } from './cluster.ts';
import {
  type AskedRow,
  answerOf,
  ERRANDS,
  type ErrandRow,
  type ErrandStore,
  errandId,
  errandWrite,
  isOf,
  MOST_CHARACTERS,
  plain,
  undone,
  unknownOutcome,
} from './errands-row.ts';
import { Stale } from './store.ts';

interface Open {
  readonly site: string;
  readonly resolve: (result: object) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
  /** The daemon that has begun it, once it was seen among the peers. */
  by?: string;
  /** Nobody took it in time: its row is being removed, unless somebody does at the last moment. */
  isLeaving?: true;
}

export interface AskedParts {
  readonly store: ErrandStore;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Errands of this daemon at a time. */
const MOST_OPEN = 500;
/** How often a row is read again that changed while it was being taken back. */
const MOST_ATTEMPTS = 5;

export class AskedErrands {
  readonly #parts: AskedParts;
  readonly #open = new Map<string, Open>();
  readonly #stops: (() => void)[] = [];

  constructor(parts: AskedParts) {
    this.#parts = parts;
  }

  start(): void {
    const { store, cluster } = this.#parts;
    const { daemon } = cluster;
    const follow = store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) {
        if (table === ERRANDS && isOf(daemon, id)) this.#heard(id, value as ErrandRow | null);
      }
    });
    this.#stops.push(
      follow,
      cluster.subscribe(() => this.#missTakers()),
    );
  }

  /** In one turn with the call: the row is noted, or it is refused. */
  ask(site: string, method: string, params: object, timeoutMs: number): Promise<object> {
    const { store, cluster, clock, newId } = this.#parts;
    if (this.#stops.length === 0) throw new Failure('pbx_away', 'the daemon is stopping');
    if (store.state !== 'open' || !cluster.isConnected) {
      throw new Failure('storage', 'the database cannot be reached now, and with it the daemon on duty at the PBX');
    }
    if (this.#open.size >= MOST_OPEN) throw new Failure('too_many', 'too much is under way', { retryAfter: 1 });
    const sent = plain(params);
    if (!sent)
      throw new Failure('too_large', `more than ${MOST_CHARACTERS} characters cannot be sent to another daemon`);
    const id = errandId(cluster.daemon, newId());
    const asked: AskedRow = { state: 'asked', site, method, params: sent, at: isoTime(clock.now()), within: timeoutMs };
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => void this.#late(id));
      this.#open.set(id, { site, resolve, reject, cancel });
      store.note([errandWrite(id, asked)]);
    });
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    for (const id of [...this.#open.keys()]) this.#end(id, ({ reject }) => reject(unknownOutcome()));
  }

  #heard(id: string, row: ErrandRow | null): void {
    const open = this.#open.get(id);
    if (!open) {
      // An answer for which nobody waits any more.
      if (row) this.#parts.store.note([errandWrite(id, null)]);
      return;
    }
    if (!row && !open.isLeaving) this.#end(id, ({ reject }) => reject(unknownOutcome()));
    else if (row?.state === 'taken') this.#taken(open, row.by);
    else if (row?.state === 'answered') {
      this.#end(id, ({ resolve, reject }) => {
        try {
          resolve(answerOf(row));
        } catch (error) {
          reject(error as Failure);
        }
      });
    }
  }

  #taken(open: Open, by: string): void {
    if (this.#parts.cluster.peers.has(by)) open.by = by;
  }

  /** A daemon that died answers nothing any more. */
  #missTakers(): void {
    const { store, cluster } = this.#parts;
    if (!cluster.isConnected) return;
    for (const [id, open] of [...this.#open]) {
      const row = store.get(ERRANDS, id)?.value as ErrandRow | undefined;
      if (row?.state !== 'taken') continue;
      if (open.by === row.by && !cluster.peers.has(row.by)) this.#end(id, ({ reject }) => reject(unknownOutcome()));
      else this.#taken(open, row.by);
    }
  }

  /** The time is over. What nobody has begun is taken back, so that nobody ever does. */
  async #late(id: string): Promise<void> {
    const failure = (await this.#takeBack(id)) ? undone(this.#open.get(id)?.site ?? '') : unknownOutcome();
    this.#end(id, ({ reject }) => reject(failure));
  }

  async #takeBack(id: string): Promise<boolean> {
    const { store } = this.#parts;
    for (let n = 0; n < MOST_ATTEMPTS; n++) {
      const open = this.#open.get(id);
      const row = store.get(ERRANDS, id);
      if (!open || !row || (row.value as ErrandRow).state !== 'asked') return false;
      open.isLeaving = true;
      try {
        await store.commit([{ ...errandWrite(id, null), erase: true }], [{ table: ERRANDS, id, rev: row.rev }]);
        return true;
      } catch (error) {
        delete open.isLeaving;
        if (!(error instanceof Stale)) return false;
      }
    }
    return false;
  }

  #end(id: string, settle: (open: Open) => void): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    open.cancel();
    if (this.#parts.store.get(ERRANDS, id)) this.#parts.store.note([errandWrite(id, null)]);
    settle(open);
  }
}
