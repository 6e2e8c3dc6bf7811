// Which rows of the board somebody else has changed. With a store of its own the board is the only one who writes them; where daemons share
// the store another may have been on duty, and what it wrote last may come late.
import type { Clock } from './clock.ts';
import type { Commit, Table, Told, Write } from './store.ts';

/** What the board makes of the rest. */
const ITEMS: ReadonlySet<string> = new Set(['extensions', 'presence', 'pbx'] satisfies Table[]);
/** How long what somebody else wrote there stands: another daemon may believe for a moment that it is on duty too. */
const STANDS_MS = 200;

interface WrittenParts {
  readonly isShared: boolean;
  readonly isOnDuty: boolean;
  readonly clock: Clock;
}

export class WrittenRows {
  /** Undefined: whatever is told of these rows is the board's own, or is none of its business. */
  readonly #values: WeakSet<object> | undefined;
  readonly #clock: Clock;
  readonly #setRight: (ids: readonly string[]) => void;
  /** Ids of items that somebody else wrote. */
  readonly #foreign = new Set<string>();
  #cancel: (() => void) | undefined;

  /** `setRight`: is to write these items again where they differ, and that of the PBX. */
  constructor({ isShared, isOnDuty, clock }: WrittenParts, setRight: (ids: readonly string[]) => void) {
    this.#values = isShared && isOnDuty ? new WeakSet() : undefined;
    this.#clock = clock;
    this.#setRight = setRight;
  }

  stop(): void {
    this.#cancel?.();
  }

  /** The same writes, remembered as the board's own. */
  own(writes: readonly Write[]): readonly Write[] {
    for (const { value } of writes) if (value) this.#values?.add(value);
    return writes;
  }

  has(value: object): boolean {
    return this.#values?.has(value) ?? true;
  }

  /** What the items rest on and was changed: rows of users, and chosen statuses that are not the board's own. */
  changed({ writes }: Commit): readonly Told[] {
    if (!this.#values) return writes.filter(({ table }) => table === 'users');
    for (const write of writes) if (ITEMS.has(write.table) && this.#isForeign(write)) this.#wrong(write.id);
    return writes.filter((write) => write.table === 'users' || (write.table === 'statuses' && this.#isForeign(write)));
  }

  #isForeign({ value }: Told): boolean {
    return !(value && this.has(value));
  }

  #wrong(id: string): void {
    this.#foreign.add(id);
    this.#cancel ??= this.#clock.after(STANDS_MS, () => {
      this.#cancel = undefined;
      const ids = [...this.#foreign];
      this.#foreign.clear();
      this.#setRight(ids);
    });
  }
}
