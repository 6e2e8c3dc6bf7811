// The favourites of users who follow theirs, as they stand in the store: read once for each user, and kept in step by the feed.
// Decides nothing about who may see what.

import { LIMITS } from '../protocol/limits.ts';
import type { FavoriteRow } from '../service/book-rows.ts';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import type { Commit, Slice, Store } from '../service/store.ts';

const RETRY_MS = 1_000;

/** A row, or with null the mark that it was removed; the newest revision holds. */
interface Newest {
  readonly value: FavoriteRow | null;
  readonly rev: number;
}

interface Shelf {
  readonly rows: Map<string, Newest>;
  readonly listeners: Set<() => void>;
  isRead: boolean;
}

export interface MarksParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly report: Report;
}

export class Marks {
  readonly #parts: MarksParts;
  readonly #shelves = new Map<string, Shelf>();

  constructor(parts: MarksParts) {
    this.#parts = parts;
  }

  /** The rows of a user who is followed; undefined until they are read. */
  of(owner: string): Iterable<FavoriteRow> | undefined {
    const shelf = this.#shelves.get(owner);
    if (!shelf?.isRead) return undefined;
    return [...shelf.rows.values()].flatMap(({ value }) => value ?? []);
  }

  /** Calls `listener` when the rows have been read and whenever one changes. Returns the function that stops it. */
  follow(owner: string, listener: () => void): () => void {
    let shelf = this.#shelves.get(owner);
    if (!shelf) {
      shelf = { rows: new Map(), listeners: new Set(), isRead: false };
      this.#shelves.set(owner, shelf);
      void this.#read(owner, shelf);
    }
    const { listeners } = shelf;
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#shelves.get(owner) === shelf) this.#shelves.delete(owner);
    };
  }

  hear({ rev, writes }: Commit): void {
    for (const { table, id, value, scope = '' } of writes) {
      if (table !== 'favorites') continue;
      const shelf = this.#shelves.get(scope);
      if (!shelf) continue;
      take(shelf, id, { value: value as FavoriteRow | null, rev });
      if (shelf.isRead) tell(shelf);
    }
  }

  async #read(owner: string, shelf: Shelf): Promise<void> {
    try {
      await this.#readAll(owner, shelf);
    } catch (error) {
      this.#parts.report('sync.read_failed', {
        retryMs: RETRY_MS,
        error: error instanceof Error ? error.stack : typeof error,
      });
      this.#parts.clock.after(RETRY_MS, () => {
        if (this.#shelves.get(owner) === shelf) void this.#read(owner, shelf);
      });
      return;
    }
    for (const [id, { value }] of shelf.rows) if (value === null) shelf.rows.delete(id);
    shelf.isRead = true;
    tell(shelf);
  }

  async #readAll(owner: string, shelf: Shelf): Promise<void> {
    const question = { table: 'favorites' as const, scope: owner, limit: LIMITS.pageItems };
    let since: number | null = null;
    let removedSince: number | null = null;
    for (;;) {
      const slice: Slice = await this.#parts.store.read({ ...question, since, removedSince });
      if (slice.reset) {
        removedSince = slice.now;
        forgetUpTo(shelf, removedSince);
      }
      for (const row of slice.rows) take(shelf, row.id, { value: row.value as FavoriteRow, rev: row.rev });
      for (const id of slice.removed) take(shelf, id, { value: null, rev: slice.rev });
      if (!slice.more) return;
      since = slice.rev;
    }
  }
}

function take({ rows, isRead }: Shelf, id: string, newest: Newest): void {
  const before = rows.get(id);
  if (before && before.rev > newest.rev) return;
  if (newest.value === null && isRead) rows.delete(id);
  else rows.set(id, newest);
}

/** What was read before is void: the store tells everything again. */
function forgetUpTo({ rows }: Shelf, rev: number): void {
  for (const [id, newest] of rows) if (newest.rev <= rev) rows.delete(id);
}

function tell({ listeners }: Shelf): void {
  for (const listener of [...listeners]) listener();
}
