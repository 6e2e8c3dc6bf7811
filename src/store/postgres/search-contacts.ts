// Searches contacts in the database without holding them. A sample says how common what was typed is: rare scores are found by the index
// of words and ranked; common ones are met soon on a walk through the names in order. Whatever the sample says, the answer is right.
import type { Sql, TransactionSql } from 'postgres';
import { compareHits, score, searchable } from '../../domain/search.ts';
import { type ContactRow, ownerOf } from '../../service/contact-row.ts';
import type { Row, SearchQuestion } from '../../service/store.ts';
import { cut } from './search-lexemes.ts';
import { beginningWith } from './search-order.ts';
import {
  findStatement,
  lookStatement,
  type Range,
  type Statement,
  scanStatement,
  type Wanted,
  walkStatement,
} from './search-statements.ts';
import { type Lead, type Level, levelsOf } from './search-terms.ts';
import { joined } from './wire.ts';

/** Where one way is faster than another. The answer is the same. */
export interface Turns {
  /** Scopes with so many contacts in all are looked through. */
  readonly few: number;
  /** So many are ranked over several scores at once. */
  readonly ranked: number;
  /** Where more have one score, they are looked for in order of name first, in so many steps in all books together. */
  readonly common: number;
  readonly steps: number;
  /** Words that more contacts have are looked for in what another word finds. */
  readonly leading: number;
}

const TURNS: Turns = { few: 1000, ranked: 3000, common: 5000, steps: 12_000, leading: 20_000 };

/** A row of the table of contacts as the database gives it. */
export interface Stored {
  readonly id: string;
  readonly value: string;
  /** A bigint, in the form that the connection has it in. */
  readonly rev: string;
}

interface Look {
  readonly own: number;
  readonly share: number;
  readonly counts: string;
}

/** How many contacts of company books there seem to be. */
interface Guess {
  /** With the score of each level, or a better one. */
  readonly all: readonly number[];
  /** The same of those whose name begins with none of the words. */
  readonly others: readonly number[];
  /** Found by each lead of the last level. */
  readonly leads: readonly number[];
}

/**
 * The best first, as src/domain/search.ts ranks them; all as the database is at one moment. `scopes` as the table has them, `rowOf` makes rows
 * of what it has. Rejects as the library does.
 */
export async function searchContacts(
  sql: Sql,
  question: SearchQuestion,
  rowOf: (stored: Stored) => Row,
  turns: Turns = TURNS,
): Promise<Row[]> {
  if (question.scopes.length === 0 || question.limit <= 0) return [];
  return sql.begin('isolation level repeatable read read only', async (transaction) => {
    const ids = await new Search(transaction, question, turns).run();
    if (ids.length === 0) return [];
    const stored = await ask<Stored>(transaction, {
      text: `select id, value, rev from rollcall.contacts where id = any(string_to_array($1, e'\\x01'))`,
      values: [joined(ids)],
    });
    return inOrder(stored.map(rowOf), question);
  }) as Promise<Row[]>;
}

/** `rows`: the best of some parts. */
function inOrder(rows: readonly Row[], { query, limit }: SearchQuestion): Row[] {
  const hits = rows.map((row) => {
    const { fields, keys } = row.value as ContactRow;
    const contact = searchable(fields, keys);
    return { id: row.id, row, score: score(query, contact), name: contact.name };
  });
  const best = hits.filter((hit) => hit.score > 0).sort(compareHits);
  return best.slice(0, limit).map(({ row }) => row);
}

/** One search within one transaction. */
class Search {
  readonly #transaction: TransactionSql;
  readonly #turns: Turns;
  readonly #limit: number;
  readonly #scopes: readonly string[];
  /** The best first. */
  readonly #levels: readonly Level[];
  /** Of names that begin with one of the words; none within another. */
  readonly #ranges: readonly Range[];

  constructor(transaction: TransactionSql, { scopes, query, limit }: SearchQuestion, turns: Turns) {
    this.#transaction = transaction;
    this.#turns = turns;
    this.#limit = limit;
    this.#scopes = [...new Set(scopes)];
    this.#levels = levelsOf(query);
    const words = [...new Set(query.words.map(cut))];
    const outer = words.filter((word) => !words.some((other) => other !== word && word.startsWith(other)));
    this.#ranges = outer.map(beginningWith);
  }

  /** Ids of all who may belong to the answer, in no order. */
  async run(): Promise<string[]> {
    const [levels, limit] = [this.#levels, this.#limit];
    const { leads } = levels[levels.length - 1] as Level;
    const counted = leads.length > 1 ? leads : [];
    const asked = { scopes: this.#scopes, levels, leads: counted, ranges: this.#ranges };
    const [look] = await ask<Look>(this.#transaction, lookStatement(asked, this.#turns.few));
    if (!look || look.own <= this.#turns.few) return this.#ids(scanStatement({ scopes: this.#scopes, levels, limit }));
    const guess = (JSON.parse(look.counts) as number[]).map((count) => (count * 100) / look.share);
    const [all, others] = [guess.slice(0, levels.length), guess.slice(levels.length, 2 * levels.length)];
    // What stands for a scope with unusual characters begins with a backslash: looked through as well, whatever it is.
    const isPersonal = (scope: string): boolean => ownerOf(scope) !== undefined || scope.startsWith('\\');
    const [personal, shared] = [this.#scopes.filter(isPersonal), this.#scopes.filter((scope) => !isPersonal(scope))];
    const own = personal.length > 0 ? await this.#ids(scanStatement({ scopes: personal, levels, limit })) : [];
    if (shared.length === 0) return own;
    return [...own, ...(await this.#inCompanyBooks(shared, { all, others, leads: guess.slice(2 * levels.length) }))];
  }

  async #inCompanyBooks(scopes: readonly string[], guess: Guess): Promise<string[]> {
    const levels = this.#levels;
    const rare = levels.filter((_, at) => (guess.all[at] ?? 0) <= this.#turns.ranked);
    const first = { scopes, levels: rare, above: undefined, limit: this.#limit };
    const found = rare.length > 0 ? await this.#find(first, guess) : [];
    for (let at = rare.length; at < levels.length && found.length < this.#limit; at += 1) {
      const [level, above, limit] = [levels[at] as Level, levels[at - 1], this.#limit - found.length];
      const wanted = { scopes, levels: [level], above, limit };
      const isCommon = (guess.all[at] ?? 0) > this.#turns.common;
      const areOthersCommon = (guess.others[at] ?? 0) > this.#turns.common;
      const walked = isCommon ? await this.#walk(wanted, areOthersCommon, guess) : undefined;
      found.push(...(walked ?? (await this.#find(wanted, guess))));
    }
    return found;
  }

  #find(wanted: Wanted, guess: Guess): Promise<string[]> {
    const { leads, score } = wanted.levels[wanted.levels.length - 1] as Level;
    return this.#ids(findStatement(wanted, score === 6 ? leads : this.#chosen(leads, guess)));
  }

  /** `undefined` when too few were met. */
  async #walk(wanted: Wanted, isEverywhere: boolean, guess: Guess): Promise<string[] | undefined> {
    const [{ others }, ranges] = [wanted.levels[0] as Level, this.#ranges];
    const most = Math.ceil(this.#turns.steps / wanted.scopes.length);
    const how = { most, ranges, others: isEverywhere ? undefined : this.#chosen(others, guess) };
    const met = await ask<{ id: string; isEnd: boolean }>(this.#transaction, walkStatement(wanted, how));
    return met.some(({ isEnd }) => isEnd) ? undefined : met.map(({ id }) => id);
  }

  /** Those of the words by which the index is asked: not the common ones, when there is a rarer. */
  #chosen(leads: readonly Lead[], guess: Guess): readonly Lead[] {
    if (leads.length < 2) return leads;
    const rare = leads.filter((_, at) => (guess.leads[at] ?? 0) <= this.#turns.leading);
    if (rare.length > 0) return rare;
    const least = Math.min(...guess.leads);
    return leads.filter((_, at) => guess.leads[at] === least).slice(0, 1);
  }

  async #ids(statement: Statement): Promise<string[]> {
    const rows = await ask<{ id: string }>(this.#transaction, statement);
    return rows.map(({ id }) => id);
  }
}

async function ask<R extends object>(transaction: TransactionSql, { text, values }: Statement): Promise<R[]> {
  return [...(await transaction.unsafe<R[]>(text, [...values], { prepare: true }))];
}
