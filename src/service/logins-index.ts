// Finds log-ins by token and by extension, and tells when one has ended: a view of the table `logins`, kept from the
// store's feed. Decides nothing.
import { isEnded, type LoginRow } from './logins-row.ts';
import type { Commit, Store } from './store.ts';

/** Why a log-in ended: the user logged it out from elsewhere, it closed itself, or it may not go on. */
export type EndReason = 'revoked' | 'closed' | 'refused';

export interface EndedLogin {
  readonly login: string;
  readonly extension: string;
  readonly why: EndReason;
}

export class LoginIndex {
  readonly #rows = new Map<string, LoginRow>();
  readonly #byToken = new Map<string, string>();
  readonly #byExtension = new Map<string, Set<string>>();
  readonly #reasons = new Map<string, EndReason>();
  readonly #listeners = new Set<(ended: EndedLogin) => void>();
  readonly #atAddress = new Set<(row: LoginRow) => void>();
  readonly #stop: () => void;

  constructor(store: Store) {
    for (const { value } of store.all('logins')) if (!isEnded(value as LoginRow)) this.#add(value as LoginRow);
    this.#stop = store.subscribe((commit) => this.#follow(commit));
  }

  get(id: string): LoginRow | undefined {
    return this.#rows.get(id);
  }

  byToken(hash: string): LoginRow | undefined {
    const id = this.#byToken.get(hash);
    return id === undefined ? undefined : this.#rows.get(id);
  }

  of(extension: string): LoginRow[] {
    const ids = this.#byExtension.get(extension) ?? [];
    return [...ids].flatMap((id) => this.#rows.get(id) ?? []);
  }

  all(): Iterable<LoginRow> {
    return this.#rows.values();
  }

  /** Says beforehand why these log-ins are going to end; without it they are `refused`. */
  async ending<T>(ids: readonly string[], why: EndReason, work: () => Promise<T>): Promise<T> {
    for (const id of ids) this.#reasons.set(id, why);
    try {
      return await work();
    } finally {
      for (const id of ids) this.#reasons.delete(id);
    }
  }

  /** Called when a log-in has ended, once it is durable. Returns the function that stops it. */
  subscribe(listener: (ended: EndedLogin) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when a log-in is used from an address that it was not used from before. Returns the function that stops it. */
  onAddress(listener: (row: LoginRow) => void): () => void {
    this.#atAddress.add(listener);
    return () => this.#atAddress.delete(listener);
  }

  close(): void {
    this.#stop();
  }

  #follow(commit: Commit): void {
    for (const { table, id, value } of commit.writes) {
      if (table !== 'logins') continue;
      const before = this.#drop(id);
      const row = value as LoginRow | null;
      if (row && !isEnded(row)) this.#put(row, before);
      else if (before) {
        const why = row?.ended ?? this.#reasons.get(id) ?? 'refused';
        this.#tell({ login: id, extension: before.extension, why });
      }
    }
  }

  #put(row: LoginRow, before: LoginRow | undefined): void {
    this.#add(row);
    if (row.address === before?.address) return;
    for (const listener of this.#atAddress) listener(row);
  }

  #add(row: LoginRow): void {
    this.#rows.set(row.id, row);
    for (const token of row.tokens) this.#byToken.set(token.hash, row.id);
    const ids = this.#byExtension.get(row.extension) ?? new Set();
    this.#byExtension.set(row.extension, ids.add(row.id));
  }

  #drop(id: string): LoginRow | undefined {
    const row = this.#rows.get(id);
    if (!row) return undefined;
    this.#rows.delete(id);
    for (const token of row.tokens) this.#byToken.delete(token.hash);
    const ids = this.#byExtension.get(row.extension);
    ids?.delete(id);
    if (ids?.size === 0) this.#byExtension.delete(row.extension);
    return row;
  }

  #tell(ended: EndedLogin): void {
    for (const listener of this.#listeners) listener(ended);
  }
}
