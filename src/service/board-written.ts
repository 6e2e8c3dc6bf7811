// Which rows of the board somebody else has changed. With a store of its own the board is the only one who writes them; where daemons share
// the store another may have been on duty, and what it wrote last may come late.
import type { Commit, Table, Told, Write } from './store.ts';

/** What the board writes. */
const TABLES: ReadonlySet<string> = new Set(['extensions', 'presence', 'statuses', 'pbx'] satisfies Table[]);

interface WrittenParts {
  readonly isShared: boolean;
  readonly isOnDuty: boolean;
}

export class WrittenRows {
  /** Undefined: whatever is told in these tables is the board's own, or is none of its business. */
  readonly #values: WeakSet<object> | undefined;

  constructor({ isShared, isOnDuty }: WrittenParts) {
    this.#values = isShared && isOnDuty ? new WeakSet() : undefined;
  }

  /** The same writes, remembered as the board's own. */
  own(writes: readonly Write[]): readonly Write[] {
    for (const { value } of writes) if (value) this.#values?.add(value);
    return writes;
  }

  has(value: object): boolean {
    return this.#values?.has(value) ?? true;
  }

  /** Writes after which rows of the board may be wrong: those of users, and those in its tables that are not its own. */
  changed({ writes }: Commit): Told[] {
    return writes.filter(({ table, value }) => {
      if (table === 'users') return true;
      return this.#values !== undefined && TABLES.has(table) && !(value && this.#values.has(value));
    });
  }
}
