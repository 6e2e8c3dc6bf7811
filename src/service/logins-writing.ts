// How log-ins are written, so that nothing is lost and nothing that was removed comes back: the log-ins of a user in turn in this process, and
// with guards against the other daemons that share the store. Decides nothing about who may.

import { Failure } from '../domain/failure.ts';
import { retried } from './attempts.ts';
import type { Clock } from './clock.ts';
import type { EndReason, LoginIndex } from './logins-index.ts';
import { loginsGuard, loginsMark } from './logins-mark.ts';
import { refused } from './logins-password.ts';
import { isEnded, type LoginRow, revoked } from './logins-row.ts';
import { rareReport } from './rare-report.ts';
import type { Report, ReportFields } from './report.ts';
import type { Guard, Row, Store, Write } from './store.ts';
import type { Turns } from './turns.ts';

/** How long the row of a revoked log-in says so to the other daemons. */
const TOLD_MS = 60_000;

export interface LoginWritingParts {
  readonly store: Store;
  readonly turns: Turns;
  readonly index: LoginIndex;
  readonly clock: Clock;
  readonly report: Report;
  /** Whether other daemons write as well. */
  readonly isShared: boolean;
}

type Change = (row: LoginRow) => LoginRow;

/** What becomes of a user's log-ins when one more is made. */
export interface Opening {
  readonly row: LoginRow;
  /** Log-ins that go for it. */
  readonly gone: readonly string[];
}

export class LoginWriting {
  readonly #parts: LoginWritingParts;
  readonly #failed: (fields: ReportFields) => void;
  readonly #removals = new Set<() => void>();

  constructor(parts: LoginWritingParts) {
    this.#parts = parts;
    this.#failed = rareReport(parts.report, 'login.upkeep_failed', parts.clock);
  }

  /** Adds a log-in of the user. `decide` is asked in the moment of writing, and throws when there is to be none. */
  open(extension: string, decide: () => Opening): Promise<LoginRow> {
    const { store, isShared } = this.#parts;
    return this.#inTurn(extension, async () => {
      const { row, gone } = decide();
      const user: Guard = { table: 'users', id: extension, rev: store.get('users', extension)?.rev ?? null };
      await store.commit(
        [
          ...gone.map(removalOf),
          { table: 'logins', id: row.id, value: row },
          ...(isShared ? [loginsMark(extension)] : []),
        ],
        isShared ? [user, loginsGuard(store, extension)] : [user],
      );
      return row;
    });
  }

  /** Failure `unauthorized` when the log-in has ended, `storage`. */
  async change(id: string, change: Change): Promise<void> {
    const extension = this.#parts.index.get(id)?.extension;
    if (extension === undefined) throw refused();
    await this.#inTurn(extension, () => {
      const row = this.#live(id);
      if (!row) throw refused();
      return this.#commit(row, change(row.value as LoginRow));
    });
  }

  /** A change that is not worth a wait: made when it is this user's turn, lost when the store takes nothing. */
  async changeSoon({ id, extension }: LoginRow, change: Change): Promise<void> {
    const { store, isShared } = this.#parts;
    try {
      await this.#inTurn(extension, async () => {
        const row = this.#live(id);
        const before = row?.value as LoginRow | undefined;
        const next = before && change(before);
        if (!row || !next || next === before) return;
        // A note takes the place of whatever another daemon has written, or removed.
        if (isShared) await this.#commit(row, next);
        else store.note([{ table: 'logins', id, value: next }]);
      });
    } catch (error) {
      this.#tell(error);
    }
  }

  end(extension: string, ids: readonly string[], why: EndReason): Promise<void> {
    const { store, index, isShared } = this.#parts;
    return this.#inTurn(extension, async () => {
      const rows = ids.flatMap((id) => this.#live(id) ?? []);
      if (rows.length === 0) return;
      const isTold = isShared && why === 'revoked';
      const writes = rows.map((row): Write => (isTold ? revocationOf(row) : removalOf(row.id)));
      await index.ending(ids, why, () => store.commit(writes, rows.map(guardOf)));
      if (isTold) for (const { id } of rows) this.#removeLater(id);
    });
  }

  /** Removes the row of a log-in if it is still over then. */
  async remove({ id, extension }: LoginRow, isOver: (row: LoginRow) => boolean): Promise<void> {
    const { store } = this.#parts;
    await this.#inTurn(extension, async () => {
      const row = store.get('logins', id);
      if (row && isOver(row.value as LoginRow)) await store.commit([removalOf(id)], [guardOf(row)]);
    });
  }

  stop(): void {
    for (const cancel of this.#removals) cancel();
    this.#removals.clear();
  }

  #live(id: string): Row | undefined {
    const row = this.#parts.store.get('logins', id);
    return row && !isEnded(row.value as LoginRow) ? row : undefined;
  }

  async #commit(row: Row, next: LoginRow): Promise<void> {
    await this.#parts.store.commit([{ table: 'logins', id: row.id, value: next }], [guardOf(row)]);
  }

  #inTurn<T>(extension: string, work: () => Promise<T>): Promise<T> {
    const { turns } = this.#parts;
    return turns.run(`extension ${extension}`, () => retried(turns, `again ${extension}`, work));
  }

  /** Every daemon has heard by then why it ended. What a daemon that ends leaves behind is removed as over. */
  #removeLater(id: string): void {
    const { store, clock } = this.#parts;
    const cancel = clock.after(TOLD_MS, () => {
      this.#removals.delete(cancel);
      const row = store.get('logins', id)?.value as LoginRow | undefined;
      if (row) this.remove(row, isEnded).catch((error: unknown) => this.#tell(error));
    });
    this.#removals.add(cancel);
  }

  #tell(error: unknown): void {
    this.#failed({ reason: error instanceof Failure ? error.code : 'bug' });
  }
}

function removalOf(id: string): Write {
  return { table: 'logins', id, value: null };
}

function revocationOf({ id, value }: Row): Write {
  return { table: 'logins', id, value: revoked(value as LoginRow) };
}

function guardOf({ id, rev }: Row): Guard {
  return { table: 'logins', id, rev };
}
