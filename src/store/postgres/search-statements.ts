// The statements of a search. Their texts depend on what kinds of words were typed, not on the words, so that each is prepared once.
// `s` is the row of `rollcall.contact_search`.
import type { Part } from '../../domain/search.ts';
import type { Lead, Level, Term } from './search-terms.ts';
import { joined } from './wire.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Of names: from the first text on, before the second. */
export type Range = readonly [from: string, before: string];

/** What is asked of contacts of company books. */
export interface Wanted {
  readonly scopes: readonly string[];
  /** Of neighbouring scores, the best first. */
  readonly levels: readonly Level[];
  /** Those who answer this are left out. */
  readonly above: Level | undefined;
  readonly limit: number;
}

/** Pages of the table that are looked at to learn how common something is; of this size nearly everywhere. */
const SAMPLE_PAGES = 32;
const PAGE_BYTES = 8192;

const BITS: Readonly<Record<Part, string>> = { name: 'name_bits', company: 'company_bits', other: 'other_bits' };

/** Gathers the values of a statement. */
class Values {
  readonly list: string[] = [];

  add(value: string | number, type: 'int' | 'bigint' | 'tsquery' | 'text'): string {
    return `$${this.list.push(String(value))}::${type}`;
  }

  addAll(texts: readonly string[]): string {
    return `string_to_array($${this.list.push(joined(texts))}, e'\\x01')`;
  }
}

/**
 * One row. `own`: the contacts in the scopes, counted up to `few` + 1. When these are more, `share`: how many percent of the table are the
 * sample; and `counts`, a list as JSON: how many the sample has, and how many of them answer each level; for each lead how many answer that of each
 * level; then for each range how many are in it and answer each level there.
 */
export function lookStatement(
  {
    scopes,
    levels,
    ranges,
  }: { readonly scopes: readonly string[]; readonly levels: readonly Level[]; readonly ranges: readonly Range[] },
  few: number,
): Statement {
  const values = new Values();
  const own = `select count(*)::int own from (select from rollcall.contact_search
    where scope = any(${values.addAll(scopes)}) limit ${values.add(few + 1, 'int')}) o`;
  const worst = levels[levels.length - 1] as Level;
  const scores = worst.leads.map((lead, place) => {
    const scored = levels.map(({ leads, score }) => {
      return `when ${holdsTerm(leads[place] as Lead, values)} then ${score}`;
    });
    return `case when not ${holdsTerm(lead, values)} then 0 ${scored.join(' ')} end as lead${place}`;
  });
  const columns = [...scores, ...ranges.map((range, at) => `${inRange('s', range, values)} as range${at}`)];
  // All leads must hold.
  const score = `least(${worst.leads.map((_, place) => `lead${place}`).join(', ')})`;
  const each = [0, ...levels.map((level) => level.score)];
  const counts = [
    ...each.map((least) => `${score} >= ${least}`),
    ...worst.leads.flatMap((_, place) => levels.map((level) => `lead${place} >= ${level.score}`)),
    ...ranges.flatMap((_, at) => each.map((least) => `${score} >= ${least} and range${at}`)),
  ].map((condition) => `count(*) filter (where ${condition})`);
  const size = `pg_relation_size('rollcall.contact_search')`;
  const share = `least(100, 100.0 * ${SAMPLE_PAGES * PAGE_BYTES} / greatest(${size}, 1))`;
  return {
    text: `select o.own, ${share}::float8 as share, array_to_json(array[${counts.join(', ')}])::text as counts,
      set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
      set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'on', true),
      set_config('max_parallel_workers_per_gather', '0', true)
      from (${own}) o left join lateral (
        select ${columns.join(', ')} from rollcall.contact_search s tablesample system ((select ${share}))
        where o.own > ${values.add(few, 'int')} and s.shared offset 0
      ) t on true group by o.own`,
    values: values.list,
  };
}

/** Ids of those in these scopes who answer, the best first: for few contacts, all of which are looked at. */
export function scanStatement({ scopes, levels, limit }: Omit<Wanted, 'above'>): Statement {
  const values = new Values();
  const from = `s.scope = any(${values.addAll(scopes)})`;
  return { text: ranked(from, { levels, above: undefined, limit }, values), values: values.list };
}

/** The same, of all whom an index finds by the leads. */
export function findStatement(wanted: Wanted, leads: readonly Lead[]): Statement {
  const values = new Values();
  return { text: ranked(found(wanted.scopes, leads, values), wanted, values), values: values.list };
}

/** The same: of the names in the ranges all that have the signs, and who is in none of them is found by the leads. */
export function rangeStatement(wanted: Wanted, ranges: readonly Range[], leads: readonly Lead[]): Statement {
  const values = new Values();
  const { scopes, levels } = wanted;
  const signs = signed('c', levels[levels.length - 1] as Level, values);
  const within = ranges.map((range) => {
    const place = `c.scope = any(${values.addAll(scopes)}) and ${inRange('c', range, values)}`;
    return `select c.id from rollcall.contact_search c where ${place} and ${signs}`;
  });
  const others = `select s.id from rollcall.contact_search s where ${outside(wanted, ranges, leads, values)}`;
  const from = `(${[...within, others].join(' union all ')}) f
    cross join lateral (select * from rollcall.contact_search s where s.id = f.id offset 0) s where true`;
  return { text: best(from, wanted, values), values: values.list };
}

/**
 * Ids of those who have the score of a level, in order of name: `most` contacts are gone through in that order. Where these are too few a row that
 * says `isEnd` comes. With `ranges` only these are gone through; who is in none of them is found by the leads.
 */
export function walkStatement(
  wanted: Wanted,
  { most, ranges, leads }: { most: number; ranges: readonly Range[]; leads: readonly Lead[] },
): Statement {
  const values = new Values();
  const { scopes, limit } = wanted;
  const books = scopes.map((scope) => values.add(scope, 'text'));
  const walk = (range?: Range): string => {
    const [end, enough] = [values.add(most, 'int'), values.add(limit, 'int')];
    const within = range ? ` and ${inRange('c', range, values)}` : '';
    // Book by book and put together, so that each index gives its next name only when it is the next of all.
    const rows = (columns: string): string =>
      books
        .map((book) => `select ${columns} from rollcall.contact_search c where c.scope = ${book}${within}`)
        .join(' union all ');
    return `with met as materialized (${met(wanted, (columns) => `${rows(columns)} order by name, id limit ${end}`, values)})
      select m.id, m.name, false as "isEnd" from met m union all
      select e.id, e.name, true from (${rows('c.id, c.name')} order by name, id offset ${end} limit 1) e
      where (select count(*) from met) < ${enough}`;
  };
  const parts = ranges.length > 0 ? ranges.map((range) => walk(range)) : [walk()];
  if (ranges.length > 0) {
    const from = `rollcall.contact_search s where ${outside(wanted, ranges, leads, values)}`;
    parts.push(`select o.id, o.name, false from (${best(from, wanted, values)}) o`);
  }
  const all = parts.map((part) => `(${part})`).join(' union all ');
  return {
    text: `select id, "isEnd" from (${all}) u order by name, id limit ${values.add(limit, 'int')}`,
    values: values.list,
  };
}

/** The first who answer on a way in order of name: with signs the index alone says of nearly all the others that they do not. */
function met(wanted: Wanted, way: (columns: string) => string, values: Values): string {
  const end = `order by s.name, s.id limit ${values.add(wanted.limit, 'int')}`;
  const [level] = wanted.levels as readonly [Level];
  if (level.signs.length === 0) {
    return `select s.id, s.name from (${way('c.id, c.name, c.words, c.digits')}) s where ${answers(wanted, values)} ${end}`;
  }
  const columns = ['c.id', 'c.name', ...Object.values(BITS).map((bits) => `c.${bits}`)];
  return `select s.id, s.name from (${way(columns.join(', '))}) s
    cross join lateral (
      select from (select * from rollcall.contact_search a where a.id = s.id offset 0) s where ${answers(wanted, values)}
    ) a where ${signed('s', level, values)} ${end}`;
}

function found(scopes: readonly string[], leads: readonly Lead[], values: Values): string {
  const all = leads.map(({ words, runs }) => {
    const byWords = `s.words @@ ${values.add(words, 'tsquery')}`;
    return runs === undefined ? byWords : `(${byWords} or rollcall.runs_1(s.digits) @@ ${values.add(runs, 'tsquery')})`;
  });
  // Written so that no index of scopes is used: one book has nearly all contacts.
  return `s.shared and ${all.join(' and ')} and (s.scope || '') = any(${values.addAll(scopes)})`;
}

/** Found by the leads in none of the ranges. */
function outside({ scopes }: Wanted, ranges: readonly Range[], leads: readonly Lead[], values: Values): string {
  return `${found(scopes, leads, values)} and not (${ranges.map((range) => inRange('s', range, values)).join(' or ')})`;
}

function ranked(from: string, wanted: Omit<Wanted, 'scopes'>, values: Values): string {
  return best(`rollcall.contact_search s where ${from}`, wanted, values);
}

/** `from` ends with conditions. */
function best(from: string, wanted: Omit<Wanted, 'scopes'>, values: Values): string {
  const { levels, limit } = wanted;
  const cases = levels.slice(0, -1).map((level) => `when ${holds(level, values)} then ${level.score}`);
  const order = cases.length > 0 ? `case ${cases.join(' ')} else 0 end desc, ` : '';
  return `select s.id, s.name from ${from} and ${answers(wanted, values)}
    order by ${order}s.name, s.id limit ${values.add(limit, 'int')}`;
}

function answers({ levels, above }: Pick<Wanted, 'levels' | 'above'>, values: Values): string {
  const last = holds(levels[levels.length - 1] as Level, values);
  return above ? `${last} and not ${holds(above, values)}` : last;
}

function holds({ terms }: Level, values: Values): string {
  return `(${terms.map((term) => holdsTerm(term, values)).join(' and ')})`;
}

/** As a function: the operator would ask the index of words. */
function holdsTerm({ words, digits }: Term, values: Values): string {
  const byWords = `ts_match_vq(s.words, ${values.add(words, 'tsquery')})`;
  return digits ? `(${byWords} or s.digits like any(${values.addAll(digits)}))` : byWords;
}

/** Who may answer the level, as the index of names says. */
function signed(row: string, { signs }: Level, values: Values): string {
  const all = signs.map((some) => {
    const each = some.map(({ part, bits }) => {
      const wanted = values.add(bits, 'bigint');
      return `${row}.${BITS[part]} & ${wanted} = ${wanted}`;
    });
    return `(${each.join(' or ')})`;
  });
  return all.join(' and ');
}

function inRange(row: string, [from, before]: Range, values: Values): string {
  return `(${row}.name >= ${values.add(from, 'text')} and ${row}.name < ${values.add(before, 'text')})`;
}
