// Questions to large tables: asked of the database, and answered with the revisions that are known here, when everything up to the
// moment of the answer has taken effect here too.
import { Failure } from '../../domain/failure.ts';
import type { LargeTable, NumberQuestion, Question, Row, SearchQuestion, Slice } from '../../service/store.ts';
import type { Sql } from './connect.ts';
import type { Ledger } from './ledger.ts';
import { contactsByNumber } from './numbers-contacts.ts';
import { count, counts, find, marksOn, readScope } from './questions.ts';
import { type Stored, searchContacts } from './search-contacts.ts';
import { restored, stored } from './wire.ts';

type Ask = <T>(question: (sql: Sql) => Promise<T>) => Promise<T>;

export interface ReadingParts {
  readonly ledger: Ledger;
  readonly lastDigits: number;
  /** Runs a question on a connection that is free. Rejects with Failure `storage`. */
  readonly ask: Ask;
  /** The same for a question of several statements, which see one moment. */
  readonly askWithin: Ask;
  /** Resolves when this revision of the database has taken effect here. Rejects with Failure `storage`. */
  readonly until: (g: number) => Promise<void>;
}

export class Reading {
  readonly #parts: ReadingParts;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  async find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#rows(await this.#parts.ask((sql) => find(sql, table, ids)));
    return new Map(rows.map((row) => [row.id, row]));
  }

  async read(question: Question): Promise<Slice> {
    const { ledger, ask, until } = this.#parts;
    const since = question.since === null ? null : this.#sent(question.since);
    const removedSince = question.removedSince === null ? null : this.#sent(question.removedSince);
    const isKnown = since !== undefined && removedSince !== undefined;
    const asked = isKnown ? { since, removedSince } : { since: null, removedSince: null };
    const slice = await ask((sql) => readScope(sql, { ...question, ...asked }));
    await until(slice.now);
    const now = ledger.revisions.localOf(slice.now);
    return {
      ...{ reset: slice.reset, rows: slice.rows.map((row) => this.#row(row)), removed: slice.removed },
      ...{ rev: slice.last === null ? now : ledger.revisions.localOf(slice.last), more: slice.last !== null, now },
    };
  }

  counts(table: LargeTable): Promise<ReadonlyMap<string, number>> {
    return this.#parts.ask((sql) => counts(sql, table));
  }

  count(table: LargeTable, scope: string): Promise<number> {
    return this.#parts.ask((sql) => count(sql, table, scope));
  }

  async marksOn(targets: readonly string[]): Promise<readonly Row[]> {
    if (targets.length === 0) return [];
    return this.#rows(await this.#parts.ask((sql) => marksOn(sql, targets)));
  }

  search(question: SearchQuestion): Promise<readonly Row[]> {
    const scopes = question.scopes.map(stored);
    const { askWithin } = this.#parts;
    return this.#found(askWithin((sql) => searchContacts(sql, { ...question, scopes }, rawRow)));
  }

  byNumber(question: NumberQuestion): Promise<readonly Row[]> {
    const scopes = question.scopes.map(stored);
    const { ask, lastDigits } = this.#parts;
    return this.#found(ask((sql) => contactsByNumber(sql, { ...question, scopes }, lastDigits, rawRow)));
  }

  /** What finds rows puts them in order by what is in them, before their revisions are known here. */
  async #found(asked: Promise<Row[]>): Promise<readonly Row[]> {
    const found = await asked;
    await this.#parts.until(newest(found));
    return found.map((row) => ({ ...row, rev: this.#parts.ledger.revisions.localOf(row.rev) }));
  }

  async #rows(found: readonly Stored[]): Promise<readonly Row[]> {
    await this.#parts.until(newest(found));
    return found.map((row) => this.#row(row));
  }

  #row(row: Stored): Row {
    const raw = rawRow(row);
    return { ...raw, rev: this.#parts.ledger.revisions.localOf(raw.rev) };
  }

  /** The revision of the database that stands for one here; undefined when it was never given or is forgotten. */
  #sent(local: number): number | undefined {
    const { ledger } = this.#parts;
    if (!Number.isSafeInteger(local) || local < 0 || local > ledger.rev) return undefined;
    const g = ledger.revisions.upTo(local);
    return g === undefined || ledger.isSkipped(g) ? undefined : g;
  }
}

function rawRow({ id, value, rev }: Stored): Row {
  return { id: restored(id), value: JSON.parse(value) as object, rev: Number(rev) };
}

function newest(rows: readonly { readonly rev: string | number }[]): number {
  return rows.reduce((most, { rev }) => Math.max(most, Number(rev)), 0);
}

/** The answer to a question that cannot be answered now. */
export function unread(cause?: unknown): Failure {
  return new Failure('storage', 'the server cannot read what it stores now', {}, { cause });
}
