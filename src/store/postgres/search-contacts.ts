// Searches contacts in the database without holding them. A sample says how common what was typed is: rare scores are found by the index
// of words and ranked; common ones are met soon on a walk through the names in order. Whatever the sample says, the answer is right.
import type { Sql } from 'postgres';
import { compareHits, score, searchable } from '../../domain/search.ts';
import { type ContactRow, ownerOf } from '../../service/contact-row.ts';
import type { Row, SearchQuestion } from '../../service/store.ts';
import { cut } from './search-lexemes.ts';
import { beginningWith, ordered } from './search-order.ts';
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
  /** So many are ranked over several scores at once; and so many with names that begin alike are looked for there. */
  readonly ranked: number;
  /** Where more have one score, they are looked for in order of name first, in so many steps. */
  readonly common: number;
  readonly steps: number;
  /** Words that no more contacts have are enough to ask the index for, whatever others there are. */
  readonly leading: number;
}

const TURNS: Turns = { few: 1000, ranked: 3000, common: 6000, steps: 7000, leading: 2000 };

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

/** How many contacts of company books there seem to be. */
interface Guess {
  /** With the score of each level, or a better one. */
  readonly levels: readonly number[];
  /** Who answer each lead of the last level. */
  readonly leads: readonly number[];
  /** In each range as in `levels`. */
  readonly ranges: readonly (readonly number[])[];
}

/**
 * The best first, as src/domain/search.ts ranks them. `sql`: one connection in a transaction that sees one moment; `scopes` as the table has them, `rowOf` makes rows
 * of what it has. Rejects as the library does.
 */
export async function searchContacts(
  sql: Sql,
  question: SearchQuestion,
  rowOf: (stored: Stored) => Row,
  turns: Turns = TURNS,
): Promise<Row[]> {
  if (question.scopes.length === 0 || question.limit <= 0) return [];
  const ids = await new Search(sql, question, turns).run();
  if (ids.length === 0) return [];
  const stored = await ask<Stored>(sql, {
    text: `select id, value, rev from rollcall.contacts where id = any(string_to_array($1, e'\\x01'))`,
    values: [joined(ids)],
  });
  return inOrder(stored.map(rowOf), question);
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
    const counted = leads.length > 1 ? leads : [];
    const asked = { scopes, levels, leads: counted, ranges: this.#ranges };
    const [look] = await ask<Look>(this.#transaction, lookStatement(asked, this.#turns.few));
    if (!look || look.own <= this.#turns.few) return this.#ids(scanStatement({ scopes, levels, limit }));
    // What stands for a scope with unusual characters begins with a backslash: looked through as well, whatever it is.
    const isPersonal = (scope: string): boolean => ownerOf(scope) !== undefined || scope.startsWith('\\');
    const [personal, shared] = [scopes.filter(isPersonal), scopes.filter((scope) => !isPersonal(scope))];
    const own = personal.length > 0 ? await this.#ids(scanStatement({ scopes: personal, levels, limit })) : [];
    if (shared.length === 0) return own;
    return [...own, ...(await this.#inCompanyBooks(shared, this.#guessOf(look, counted.length)))];
  }

  #guessOf({ counts, share }: Look, leads: number): Guess {
    const guess = (JSON.parse(counts) as number[]).map((count) => (count * 100) / share);
    const size = this.#levels.length;
    const inRanges = guess.slice(size + leads);
    return {
      levels: guess.slice(0, size),
      leads: guess.slice(size, size + leads),
      ranges: this.#ranges.map((_, at) => inRanges.slice(at * size, (at + 1) * size)),
    };
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
      found.push(...(walked ?? (await this.#find(wanted, guess))));
    }
    return found;
  }

  #find(wanted: Wanted, guess: Guess): Promise<string[]> {
    const { leads, score } = wanted.levels[wanted.levels.length - 1] as Level;
    return this.#ids(findStatement(wanted, score === 6 ? leads : this.#chosen(leads, guess)));
  }

  /** `undefined` when too few were met. Goes through the names that begin with a word when hardly anybody else answers. */
  async #walk(wanted: Wanted, at: number, guess: Guess): Promise<string[] | undefined> {
    const dense = this.#ranges.filter((_, range) => (guess.ranges[range]?.[at] ?? 0) > this.#turns.ranked);
    const inDense = guess.ranges.reduce((sum, counts, range) => {
      return dense.includes(this.#ranges[range] as Range) ? sum + (counts[at] ?? 0) : sum;
    }, 0);
    const isEverywhere = (guess.levels[at] ?? 0) - inDense > this.#turns.common;
    const ranges = isEverywhere ? [] : dense;
    const { leads } = wanted.levels[0] as Level;
    const besides = this.#chosen(leads, guess).map((lead) => {
      const isFirst = (word: string): boolean => ranges.some(([from]) => ordered(cut(word)).startsWith(from));
      return lead.typed.length > 0 && lead.typed.every(isFirst) ? { ...lead, words: lead.others } : lead;
    });
    const statement = walkStatement(wanted, { most: this.#turns.steps, ranges, leads: besides });
    const met = await ask<{ id: string; isEnd: boolean }>(this.#transaction, statement);
    return met.some(({ isEnd }) => isEnd) ? undefined : met.map(({ id }) => id);
  }

  /** Those of the words by which the index is asked: a rare one alone is enough, and common ones together find few. */
  #chosen(leads: readonly Lead[], guess: Guess): readonly Lead[] {
    const rare = leads.filter((_, at) => (guess.leads[at] ?? Infinity) <= this.#turns.leading);
    return rare.length > 0 ? rare : leads;
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
