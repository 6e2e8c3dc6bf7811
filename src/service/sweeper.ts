// Removes what is left of a book or a user that is gone: contacts, the marks on them, and a user's own marks, calls and messages,
// some at a time.
// What is to be swept is in the store, so that it goes on after a restart. Where several daemons share the store, one sweeps for all. Knows
// no viewer.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import type { Cluster } from './cluster.ts';
import { ownerOf } from './contact-row.ts';
import { removalOf, settleMarks } from './contacts-marks.ts';
import { importUnmarked } from './import-mark.ts';
import type { ImportRow } from './import-row.ts';
import type { Report } from './report.ts';
import { type Guard, type LargeTable, type Row, Stale, type Store, type Write } from './store.ts';

const SLICE = 200;
const AGAIN_MS = 30_000;
/** So long another daemon is waited for. */
const MOST_WAIT_MS = 30_000;

export interface SweeperParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
  /** Left out: this daemon is alone. */
  readonly cluster?: Cluster | undefined;
}

/** What is swept, as long as it is to be. */
interface Sweep {
  readonly scope: string;
  /** That it is still to be swept: somebody else may have ended it, and the number of a user may be given again. */
  readonly guards: readonly Guard[];
}

export class Sweeper {
  readonly #parts: SweeperParts;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Map<string, () => void>();
  /** Of those who wait for another daemon: what tells them that it has swept a scope, or that this one ends. */
  readonly #waiting = new Map<object, () => void>();
  readonly #stops: readonly (() => void)[];
  #started = false;
  #stopped = false;

  constructor(parts: SweeperParts) {
    const { store, cluster } = parts;
    this.#parts = parts;
    const follow = store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) if (table === 'sweeps') this.#hear(id, value !== null);
    });
    const takeOver = cluster?.houseDuty.subscribe(() => this.#started && this.start());
    this.#stops = [follow, () => takeOver?.()];
  }

  /** Goes on with what an earlier run or another daemon left; does not wait for it. */
  start(): void {
    this.#started = true;
    for (const { id } of this.#parts.store.all('sweeps')) this.#begin(id);
  }

  /** Resolves when nothing is left of the scope. Failure `storage` when it cannot be removed now; that is tried again later. */
  async idle(scope: string): Promise<void> {
    while (this.#parts.store.get('sweeps', scope)) {
      if (this.#stopped) throw new Failure('storage', 'the daemon is shutting down');
      if (this.#isMine) await (this.#running.get(scope) ?? this.#run(scope));
      else await this.#sweptElsewhere();
    }
  }

  /** Stops between two slices, and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const stop of this.#stops) stop();
    for (const wake of [...this.#waiting.values()]) wake();
    for (const cancel of this.#again.values()) cancel();
    await Promise.allSettled(this.#running.values());
  }

  get #isMine(): boolean {
    return this.#parts.cluster?.houseDuty.isHeld !== false;
  }

  #hear(scope: string, isToBeSwept: boolean): void {
    if (isToBeSwept) this.#begin(scope);
    else for (const wake of [...this.#waiting.values()]) wake();
  }

  /** Resolves when another daemon has swept something. */
  #sweptElsewhere(): Promise<void> {
    const one = {};
    return new Promise<void>((resolve, reject) => {
      const cancel = this.#parts.clock.after(MOST_WAIT_MS, () => {
        this.#waiting.delete(one);
        reject(new Failure('storage', 'what is left of somebody or something removed before is still being removed'));
      });
      this.#waiting.set(one, () => {
        this.#waiting.delete(one);
        cancel();
        resolve();
      });
    });
  }

  #begin(scope: string): void {
    if (this.#stopped || !this.#isMine || this.#running.has(scope)) return;
    const goOn = () => {
      // Another daemon ended it, and it is to be swept anew already.
      if (this.#parts.store.get('sweeps', scope)) this.#begin(scope);
    };
    this.#run(scope).then(goOn, (error: unknown) => {
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
    const row = this.#parts.store.get('sweeps', scope);
    if (!row) return;
    try {
      await this.#sweepAll({ scope, guards: [{ table: 'sweeps', id: scope, rev: row.rev }] });
    } catch (error) {
      // Another daemon has ended it.
      if (!(error instanceof Stale)) throw error;
    }
  }

  async #sweepAll(sweep: Sweep): Promise<void> {
    const { store, report } = this.#parts;
    const { scope, guards } = sweep;
    const owner = ownerOf(scope);
    await this.#forgetImports(sweep);
    await this.#each('contacts', scope, async (rows) => {
      const ids = rows.map(({ id }) => id);
      await store.commit(await removalOf(store, ids), guards);
      await settleMarks(store, report, ids);
    });
    if (owner !== undefined) {
      await this.#each('favorites', owner, async (rows) => {
        await store.commit(
          rows.map(({ id }) => ({ table: 'favorites', id, value: null })),
          guards,
        );
      });
      for (const table of ['calls', 'messages'] as const) {
        await this.#each(table, owner, async (rows) => {
          await store.commit(
            rows.map(({ id }) => ({ table, id, value: null, erase: true })),
            guards,
          );
        });
      }
    }
    if (!this.#stopped) await store.commit([{ table: 'sweeps', id: scope, value: null }], guards);
  }

  /** First, so that none can be undone any more. */
  async #forgetImports({ scope, guards }: Sweep): Promise<void> {
    const { store } = this.#parts;
    const imports = [...store.all('imports')].filter(({ value }) => (value as ImportRow).scope === scope);
    const removals = imports.map(({ id }): Write => ({ table: 'imports', id, value: null }));
    await store.commit([...removals, ...importUnmarked(store, scope)], guards);
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
