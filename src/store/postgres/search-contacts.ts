// Searches contacts in the database without holding them. A sample says how common what was typed is: rare scores are found by the index
// of words and ranked; common ones are met soon on a walk through the names in order. Whatever the sample says, the answer is right.
import type { Sql } from 'postgres';
import { compareHits, score, searchable } from '../../domain/search.ts';
import { type ContactRow, ownerOf } from '../../service/contact-row.ts';
import type { Row, SearchQuestion } from '../../service/store.ts';
import { besides, cheapest, type Guess, guessOf, isSigned } from './search-choice.ts';
import { cut } from './search-lexemes.ts';
import { beginningWith } from './search-order.ts';
import {
  findStatement,
  lookStatement,
  type Range,
  rangeStatement,
  type Statement,
  scanStatement,
  type Wanted,
  walkStatement,
} from './search-statements.ts';
import { type Level, levelsOf } from './search-terms.ts';
import { joined } from './wire.ts';

/** Where one way is faster than another. The answer is the same. */
export interface Turns {
  /** Scopes with so many contacts in all are looked through. */
  readonly few: number;
  /** So many are ranked over several scores at once; and so many with names that begin alike are looked for there. */
  readonly ranked: number;
  /** Where more have one score, they are looked for in order of name first, in so many steps; in fewer where each has to be looked at. */
  readonly common: number;
  readonly steps: number;
  readonly blind: number;
  /** Words that no more contacts have together are enough to ask the index for, whatever others there are. */
  readonly leading: number;
}

const TURNS: Turns = { few: 1000, ranked: 3000, common: 3000, steps: 60_000, blind: 7000, leading: 2000 };

/** Characters of a statement. */
const LONG = 8000;
/** More words than anybody types. */
const RANGES = 4;

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

/**
 * The best first, as src/domain/search.ts ranks them. `sql`: one connection in a transaction that sees one moment; `scopes` as the table has them, `rowOf` makes rows
 * of what it has, undefined of what is none. Rejects as the library does.
 */
export async function searchContacts(
  sql: Sql,
  question: SearchQuestion,
  rowOf: (stored: Stored) => Row | undefined,
  turns: Turns = TURNS,
): Promise<Row[]> {
  if (question.scopes.length === 0 || question.limit <= 0) return [];
  const ids = await new Search(sql, question, turns).run();
  if (ids.length === 0) return [];
  const stored = await ask<Stored>(sql, {
    text: `select id, value, rev from rollcall.contacts where id = any(string_to_array($1, e'\\x01'))`,
    values: [joined(ids)],
  });
  return inOrder(
    stored.flatMap((one) => rowOf(one) ?? []),
    question,
  );
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
  readonly #transaction: Sql;
  readonly #turns: Turns;
  readonly #limit: number;
  readonly #scopes: readonly string[];
  /** The best first. */
  readonly #levels: readonly Level[];
  /** Of names that begin with one of the words; none within another. */
  readonly #ranges: readonly Range[];

  constructor(transaction: Sql, { scopes, query, limit }: SearchQuestion, turns: Turns) {
    this.#transaction = transaction;
    this.#turns = turns;
    this.#limit = limit;
    this.#scopes = [...new Set(scopes)];
    this.#levels = levelsOf(query);
    const words = [...new Set(query.words.map(cut))];
    const outer = words.filter((word) => !words.some((other) => other !== word && word.startsWith(other)));
    this.#ranges = outer.slice(0, RANGES).map(beginningWith);
  }

  /** Ids of all who may belong to the answer, in no order. */
  async run(): Promise<string[]> {
    const [scopes, levels, limit] = [this.#scopes, this.#levels, this.#limit];
    const { leads } = levels[levels.length - 1] as Level;
    const asked = { scopes, levels, ranges: this.#ranges };
    const [look] = await ask<Look>(this.#transaction, lookStatement(asked, this.#turns.few));
    if (!look || look.own <= this.#turns.few) return this.#ids(scanStatement({ scopes, levels, limit }));
    // What stands for a scope with unusual characters begins with a backslash: looked through as well, whatever it is.
    const isPersonal = (scope: string): boolean => ownerOf(scope) !== undefined || scope.startsWith('\\');
    const [personal, shared] = [scopes.filter(isPersonal), scopes.filter((scope) => !isPersonal(scope))];
    const own = personal.length > 0 ? await this.#ids(scanStatement({ scopes: personal, levels, limit })) : [];
    if (shared.length === 0) return own;
    const sizes = { levels: levels.length, leads: leads.length };
    const guess = guessOf(JSON.parse(look.counts) as number[], look.share, sizes);
    return [...own, ...(await this.#inCompanyBooks(shared, guess))];
  }

  async #inCompanyBooks(scopes: readonly string[], guess: Guess): Promise<string[]> {
    const levels = this.#levels;
    const found: string[] = [];
    for (let [at, next] = [0, 0]; at < levels.length && found.length < this.#limit; at = next) {
      // The best score alone, since it is often enough; then as many at once as are rare, or one.
      next = at + 1;
      while (at > 0 && next < levels.length && (guess.levels[next] ?? 0) <= this.#turns.ranked) next += 1;
      const wanted = {
        scopes,
        levels: levels.slice(at, next),
        above: levels[at - 1],
        limit: this.#limit - found.length,
      };
      const isCommon = next === at + 1 && (guess.levels[at] ?? 0) > this.#turns.common;
      const walked = isCommon ? await this.#walk(wanted, at, guess) : undefined;
      found.push(...(walked ?? (await this.#find(wanted, next - 1, guess))));
    }
    return found;
  }

  #find(wanted: Wanted, at: number, guess: Guess): Promise<string[]> {
    const level = wanted.levels[wanted.levels.length - 1] as Level;
    if (level.score === 6) return this.#ids(findStatement(wanted, level.leads));
    const { ranges, leads } = cheapest(level, at, guess, this.#ranges, this.#turns.leading);
    const statement = ranges.length > 0 ? rangeStatement(wanted, ranges, leads) : findStatement(wanted, leads);
    return this.#ids(statement);
  }

  /** `undefined` when too few were met. Goes through the names that begin with a word when hardly anybody else answers. */
  async #walk(wanted: Wanted, at: number, guess: Guess): Promise<string[] | undefined> {
    const { ranked, common, steps, blind, leading } = this.#turns;
    const inRange = guess.ranges.map(({ levels }) => levels[at] ?? 0);
    const dense = this.#ranges.filter((_, range) => (inRange[range] ?? 0) > ranked);
    const inDense = inRange.reduce((sum, count) => (count > ranked ? sum + count : sum), 0);
    const isEverywhere = (guess.levels[at] ?? 0) - inDense > common;
    const ranges = isEverywhere ? [] : dense;
    const level = wanted.levels[0] as Level;
    const gone = this.#ranges.map((range) => (ranges.includes(range) ? range : undefined));
    const { leads } = besides(level, at, guess, gone, leading);
    const most = isSigned(level) ? steps : blind;
    const met = await ask<{ id: string; isEnd: boolean }>(
      this.#transaction,
      walkStatement(wanted, { most, ranges, leads }),
    );
    return met.some(({ isEnd }) => isEnd) ? undefined : met.map(({ id }) => id);
  }

  async #ids(statement: Statement): Promise<string[]> {
    const rows = await ask<{ id: string }>(this.#transaction, statement);
    return rows.map(({ id }) => id);
  }
}

/** Long statements, those for many books, are seldom the same and are not kept. */
async function ask<R extends object>(transaction: Sql, { text, values }: Statement): Promise<R[]> {
  return [...(await transaction.unsafe<R[]>(text, [...values], { prepare: text.length < LONG }))];
}
