// What the state of the store says about this daemon's duties: who cannot write is of no use on duty, and who can write although its locks
// are lost is not alone. Knows no lock.
import type { Clock } from '../../service/clock.ts';
import { Stale, type Store } from '../../service/store.ts';

/** The store as the daemons that share it need to know it. */
export interface StoreSigns {
  /** Whether it is in use; it may hang all the same. */
  readonly isOpen: () => boolean;
  /** Whether the database takes a commit now. Never rejects. */
  readonly answers: () => Promise<boolean>;
}

/** Nothing is known of it. */
export const NO_STORE: StoreSigns = { isOpen: () => true, answers: async () => false };

/** No row has this id: what is guarded by its revision is refused by the database, and changes nothing. */
const NO_ROW = { table: 'upkeep', id: 'no row' } as const;

export function signsOf(store: Pick<Store, 'state' | 'commit'>): StoreSigns {
  return {
    isOpen: () => store.state === 'open',
    answers: () =>
      store.commit([{ ...NO_ROW, value: null }], [{ ...NO_ROW, rev: 1 }]).then(
        () => true,
        (error: unknown) => error instanceof Stale,
      ),
  };
}

/** After an outage the store may be back so much later than the cluster: longer than it waits between two attempts. */
const AWAY_MS = 8_000;
/** After an outage the cluster may be back so much later than the store. */
const ALONE_MS = 4_000;

/** Compares the two ways to the database. */
export class StoreWatch {
  readonly #clock: Clock;
  readonly #store: StoreSigns;
  #openAt: number;
  /** Since when the store answers while the cluster is away. */
  #answersSince: number | undefined;
  #isAsking = false;

  constructor(clock: Clock, store: StoreSigns) {
    this.#clock = clock;
    this.#store = store;
    this.#openAt = clock.now();
  }

  get isOpen(): boolean {
    return this.#store.isOpen();
  }

  /** Whether the store has been away for long while the cluster was there. To be asked often. */
  isUseless(isConnected: boolean): boolean {
    if (!isConnected || this.isOpen) this.#openAt = this.#clock.now();
    if (isConnected) this.#answersSince = undefined;
    return this.#clock.now() - this.#openAt >= AWAY_MS;
  }

  /** Whether the store has answered for a while, though the cluster is away. To be asked often, as long as it is. */
  async isCut(): Promise<boolean> {
    if (this.#isAsking) return false;
    this.#isAsking = true;
    const answers = await this.#store.answers();
    this.#isAsking = false;
    this.#answersSince = answers ? (this.#answersSince ?? this.#clock.now()) : undefined;
    return this.#answersSince !== undefined && this.#clock.now() - this.#answersSince >= ALONE_MS;
  }
}
