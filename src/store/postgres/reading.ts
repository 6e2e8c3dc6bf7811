// Questions to large tables: asked of the database, and answered with the revisions that are known here, when everything up to the
// moment of the answer has taken effect here too.
import { Failure } from '../../domain/failure.ts';
import type { Report } from '../../service/report.ts';
import type { LargeTable, NumberQuestion, Question, Row, SearchQuestion, Slice } from '../../service/store.ts';
import type { Sql } from './connect.ts';
import type { Ledger } from './ledger.ts';
import { contactsByNumber } from './numbers-contacts.ts';
import { count, counts, find, marksOn, readScope } from './questions.ts';
import { type Stored, searchContacts } from './search-contacts.ts';
import { type Place, tellUnreadable } from './unreadable.ts';
import { restored, stored, valueIn } from './wire.ts';

type Ask = <T>(question: (sql: Sql) => Promise<T>) => Promise<T>;

export interface ReadingParts {
  readonly ledger: Ledger;
  readonly lastDigits: number;
  readonly report: Report;
  /** Runs a question on a connection that is free. Rejects with Failure `storage`. */
  readonly ask: Ask;
  /** The same for a question of several statements, which see one moment. */
  readonly askWithin: Ask;
  /** Resolves when this revision of the database has taken effect here. Rejects with Failure `storage`. */
  readonly until: (g: number) => Promise<void>;
}

export class Reading {
  readonly #parts: ReadingParts;
  readonly #unreadable: (place: Place) => void;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
    this.#unreadable = tellUnreadable(parts.report);
  }

  async find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    if (ids.length === 0) return new Map();
    const rows = await this.#rows(table, await this.#parts.ask((sql) => find(sql, table, ids)));
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
      ...{
        reset: slice.reset,
        rows: slice.rows.flatMap((row) => this.#row(question.table, row) ?? []),
        removed: slice.removed,
      },
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
    return this.#rows('favorites', await this.#parts.ask((sql) => marksOn(sql, targets)));
  }

  search(question: SearchQuestion): Promise<readonly Row[]> {
    const scopes = question.scopes.map(stored);
    const { askWithin } = this.#parts;
    const contact = (row: Stored): Row | undefined => this.#rawRow('contacts', row);
    return this.#found(askWithin((sql) => searchContacts(sql, { ...question, scopes }, contact)));
  }

  byNumber(question: NumberQuestion): Promise<readonly Row[]> {
    const scopes = question.scopes.map(stored);
    const { ask, lastDigits } = this.#parts;
    const contact = (row: Stored): Row | undefined => this.#rawRow('contacts', row);
    return this.#found(ask((sql) => contactsByNumber(sql, { ...question, scopes }, lastDigits, contact)));
  }

  /** What finds rows puts them in order by what is in them, before their revisions are known here. */
  async #found(asked: Promise<Row[]>): Promise<readonly Row[]> {
    const found = await asked;
    await this.#parts.until(newest(found));
    return found.map((row) => ({ ...row, rev: this.#parts.ledger.revisions.localOf(row.rev) }));
  }

  async #rows(table: LargeTable, found: readonly Stored[]): Promise<readonly Row[]> {
    await this.#parts.until(newest(found));
    return found.flatMap((row) => this.#row(table, row) ?? []);
  }

  #row(table: LargeTable, row: Stored): Row | undefined {
    const raw = this.#rawRow(table, row);
    return raw && { ...raw, rev: this.#parts.ledger.revisions.localOf(raw.rev) };
  }

  /** With the revision of the database; undefined when what stands there is no value. */
  #rawRow(table: LargeTable, { id, value: text, rev }: Stored): Row | undefined {
    const value = valueIn(text);
    if (value) return { id: restored(id), value, rev: Number(rev) };
    this.#unreadable({ table, rev: Number(rev) });
    return undefined;
  }

  /** The revision of the database that stands for one here; undefined when it was never given or is forgotten. */
  #sent(local: number): number | undefined {
    const { ledger } = this.#parts;
    if (!Number.isSafeInteger(local) || local < 0 || local > ledger.rev) return undefined;
    const g = ledger.revisions.upTo(local);
    return g === undefined || ledger.isSkipped(g) ? undefined : g;
  }
}

function newest(rows: readonly { readonly rev: string | number }[]): number {
  return rows.reduce((most, { rev }) => Math.max(most, Number(rev)), 0);
}

/** The answer to a question that cannot be answered now. */
export function unread(cause?: unknown): Failure {
  return new Failure('storage', 'the server cannot read what it stores now', {}, { cause });
}
