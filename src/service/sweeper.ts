// Removes what is left of a book or a user that is gone: contacts, the marks on them, and a user's own marks, calls and messages,
// some at a time.
// What is to be swept is in the store, so that it goes on after a restart. Knows no viewer.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { ownerOf } from './contact-row.ts';
import { removalOf, settleMarks } from './contacts-marks.ts';
import type { ImportRow } from './import-row.ts';
import type { Report } from './report.ts';
import type { LargeTable, Row, Store } from './store.ts';

const SLICE = 200;
const AGAIN_MS = 30_000;

export interface SweeperParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
}

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Map<string, () => void>();
  readonly #stop: () => void;
  #stopped = false;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    this.#stop = parts.store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (table === 'sweeps' && value !== null) this.#begin(id);
    });
  }

  /** Goes on with what an earlier run left; does not wait for it. */
  start(): void {
    for (const { id } of this.#parts.store.all('sweeps')) this.#begin(id);
  }

  /** Resolves when nothing is left of the scope. Failure `storage` when it cannot be removed now; that is tried again later. */
  async idle(scope: string): Promise<void> {
    while (this.#parts.store.get('sweeps', scope)) {
      if (this.#stopped) throw new Failure('storage', 'the daemon is shutting down');
      await (this.#running.get(scope) ?? this.#run(scope));
    }
  }

  /** Stops between two slices, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stop();
    for (const cancel of this.#again.values()) cancel();
    await Promise.allSettled(this.#running.values());
  }

  #begin(scope: string): void {
    if (this.#stopped || this.#running.has(scope)) return;
    this.#run(scope).catch((error: unknown) => {
      if (this.#stopped) return;
      const { clock, report } = this.#parts;
      report('contacts.sweep_failed', { reason: error instanceof Failure ? error.code : 'bug' });
      this.#again.set(
        scope,
        clock.after(AGAIN_MS, () => {
          this.#again.delete(scope);
          this.#begin(scope);
        }),
      );
    });
  }

  #run(scope: string): Promise<void> {
    const run = this.#sweep(scope).finally(() => this.#running.delete(scope));
    this.#running.set(scope, run);
    return run;
  }

  async #sweep(scope: string): Promise<void> {
    const { store, report } = this.#parts;
    const owner = ownerOf(scope);
    await this.#forgetImports(scope);
    await this.#each('contacts', scope, async (rows) => {
      const ids = rows.map(({ id }) => id);
      await store.commit(await removalOf(store, ids));
      await settleMarks(store, report, ids);
    });
    if (owner !== undefined) {
      await this.#each('favorites', owner, async (rows) => {
        await store.commit(rows.map(({ id }) => ({ table: 'favorites', id, value: null })));
      });
      for (const table of ['calls', 'messages'] as const) {
        await this.#each(table, owner, async (rows) => {
          await store.commit(rows.map(({ id }) => ({ table, id, value: null, erase: true })));
        });
      }
    }
    if (!this.#stopped) await store.commit([{ table: 'sweeps', id: scope, value: null }]);
  }

  /** First, so that none can be undone any more. */
  async #forgetImports(scope: string): Promise<void> {
    const imports = [...this.#parts.store.all('imports')].filter(({ value }) => (value as ImportRow).scope === scope);
    await this.#parts.store.commit(imports.map(({ id }) => ({ table: 'imports', id, value: null })));
  }

  /** What is there is asked from the beginning each time, because it has been removed since. */
  async #each(table: LargeTable, scope: string, remove: (rows: readonly Row[]) => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      const { rows } = await this.#parts.store.read({ table, scope, since: null, removedSince: null, limit: SLICE });
      if (rows.length === 0) return;
      // A slice is as long as what was written at once.
      for (let i = 0; i < rows.length && !this.#stopped; i += SLICE) await remove(rows.slice(i, i + SLICE));
    }
  }
}
