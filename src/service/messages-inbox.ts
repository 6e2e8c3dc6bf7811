// What one extension was written and has not read, and when each of its chats was last written in. Held in memory; says nothing of texts.
import type { MessageRow } from './message-row.ts';

interface Unread {
  readonly with: string;
  readonly at: string;
  /** Revision of the row. */
  readonly rev: number;
}

export class Inbox {
  readonly #owner: string;
  readonly #unread = new Map<string, Unread>();
  readonly #undelivered = new Set<string>();
  readonly #newest = new Map<string, string>();

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Entries that it holds. */
  get size(): number {
    return this.#unread.size + this.#newest.size;
  }

  get hasUndelivered(): boolean {
    return this.#undelivered.size > 0;
  }

  /** A row of the owner's as it is now; null: it is gone. */
  take(rowId: string, row: MessageRow | null, rev: number): void {
    this.#undelivered.delete(rowId);
    if (row && row.at > (this.#newest.get(row.with) ?? '')) this.#newest.set(row.with, row.at);
    if (!row || row.from === this.#owner || row.read !== undefined) {
      this.#unread.delete(rowId);
      return;
    }
    this.#unread.set(rowId, { with: row.with, at: row.at, rev });
    if (row.delivered === undefined) this.#undelivered.add(rowId);
  }

  /** When the newest message of a chat was written, ISO 8601; undefined: there is none. */
  newest(other: string): string | undefined {
    return this.#newest.get(other);
  }

  /** Rows that nobody has got yet, the oldest message first; only such as were written up to this revision. */
  undelivered(rev = Number.POSITIVE_INFINITY): string[] {
    const rows = [...this.#undelivered].filter((id) => (this.#unread.get(id)?.rev ?? 0) <= rev);
    return this.#byTime(rows);
  }

  /** Rows of the chat with `other` that are not read, of messages up to this time, the oldest first. */
  unread(other: string, at: string): string[] {
    const rows = [...this.#unread].filter(([, message]) => message.with === other && message.at <= at);
    return this.#byTime(rows.map(([id]) => id));
  }

  #byTime(rows: string[]): string[] {
    const timeOf = (id: string) => Date.parse(this.#unread.get(id)?.at ?? '');
    return rows.sort((a, b) => timeOf(a) - timeOf(b));
  }
}
