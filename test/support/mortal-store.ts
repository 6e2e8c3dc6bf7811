// What one daemon has of a store until it is killed: then it writes nothing, hears nothing, and what it waits for never comes.
import type { Commit, Guard, Row, Store, StoreState, Table, Write } from '../../src/service/store.ts';

export type SmallStore = Pick<Store, 'state' | 'get' | 'all' | 'note' | 'commit' | 'subscribe'>;

export class MortalStore implements SmallStore {
  readonly #behind: SmallStore;
  #state: StoreState | 'dead' = 'open';
  readonly #stops: (() => void)[] = [];

  constructor(behind: SmallStore) {
    this.#behind = behind;
  }

  get state(): StoreState {
    return this.#state === 'open' ? this.#behind.state : 'away';
  }

  get(table: Table, id: string): Row | undefined {
    return this.#behind.get(table, id);
  }

  all(table: Table): Iterable<Row> {
    return this.#behind.all(table);
  }

  note(writes: readonly Write[]): number {
    return this.#state === 'dead' ? 0 : this.#behind.note(writes);
  }

  commit(writes: readonly Write[], guards: readonly Guard[] = []): Promise<number> {
    const never = new Promise<number>(() => undefined);
    if (this.#state === 'dead') return never;
    return this.#behind.commit(writes, guards).then(
      (rev) => (this.#state === 'dead' ? never : rev),
      (error: unknown) => (this.#state === 'dead' ? never : Promise.reject(error)),
    );
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    const stop = this.#behind.subscribe(listener);
    this.#stops.push(stop);
    return stop;
  }

  die(): void {
    this.#state = 'dead';
    for (const stop of this.#stops) stop();
  }
}
