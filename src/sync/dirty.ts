// What was written to a collection and is not yet told: of each row the newest write. Pure.
import type { Write } from '../service/store.ts';

export interface Batch {
  /** The newest write of each row that changed, between two revisions. */
  readonly writes: readonly Pick<Write, 'id' | 'value'>[];
  readonly firstRev: number;
  readonly rev: number;
  /** Some rows came and went again within the batch; whoever read in between may hold them. */
  readonly passing: boolean;
}

interface Newest {
  readonly id: string;
  readonly value: object | null;
  /** Nobody was told of the row before this batch. */
  readonly isNew: boolean;
}

export class Dirty {
  readonly #writes = new Map<string, Newest>();
  #firstRev: number | undefined;
  #rev = 0;
  #passing = false;

  get isEmpty(): boolean {
    return this.#firstRev === undefined;
  }

  /** `isNew`: the write brings a row of which nobody was told before it. */
  add(id: string, value: object | null, rev: number, isNew: boolean): void {
    this.#firstRev ??= rev;
    this.#rev = rev;
    const before = this.#writes.get(id);
    this.#writes.delete(id);
    if (value === null && before?.isNew) this.#passing = true;
    else this.#writes.set(id, { id, value, isNew: before ? before.isNew : isNew });
  }

  take(): Batch {
    const writes = [...this.#writes.values()];
    const batch = { writes, firstRev: this.#firstRev ?? this.#rev, rev: this.#rev, passing: this.#passing };
    this.#writes.clear();
    this.#firstRev = undefined;
    this.#passing = false;
    return batch;
  }
}
