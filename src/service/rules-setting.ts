// The use cases of the two ordered lists of rules: who may see and change which company books, and who may know of whom. A
// list is always replaced whole, in one commit.
import { Failure, type Issue } from '../domain/failure.ts';
import type { Who } from '../domain/rules.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import type { PermissionRow, VisibilityRow } from './book-rows.ts';
import { type Clock, isoTime } from './clock.ts';
import { PERSONAL_BOOK } from './contact-row.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import { rulesGuard, ruleText, ruleWrites } from './rules-writes.ts';
import { shortId } from './short-id.ts';
import type { Guard, Store } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

/** Rules of one list. */
const MOST = 1_000;
const MOST_ISSUES = 20;

export interface RulesParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  /** A UUID that was never given before. */
  readonly newId: () => string;
  readonly report: Report;
}

/** A rule as it is given: its place in the list is its order, whatever `order` says. */
interface GivenRule {
  readonly id?: string | undefined;
  readonly order?: number | undefined;
  readonly who: Who;
}

export interface GivenPermission extends GivenRule {
  readonly books: '*' | readonly string[];
  readonly view: boolean;
  readonly manage: boolean;
}

export interface GivenVisibility extends GivenRule {
  readonly whom: Who;
  readonly see: boolean;
}

export class Rules {
  readonly #parts: RulesParts;
  readonly #refusals: Refusals;
  readonly #turns = new Turns();

  constructor(parts: RulesParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.access, parts.report);
  }

  /** In order. */
  permissions(): readonly PermissionRow[] {
    return this.#rows('permissions') as PermissionRow[];
  }

  /** In order. */
  visibility(): readonly VisibilityRow[] {
    return this.#rows('visibility') as VisibilityRow[];
  }

  /** Failures: `forbidden`, `params` for ids given twice and books that are not there, `too_large`, `storage`. */
  async setPermissions(viewer: Viewer, given: readonly GivenPermission[]): Promise<void> {
    await this.#set('permissions', viewer, given, (rule, id, order) => ({
      ...{ id, order, who: rule.who },
      books: rule.books === '*' ? '*' : [...new Set(rule.books)],
      view: rule.view || rule.manage,
      manage: rule.manage,
    }));
  }

  /** Failures as `setPermissions` has them. */
  async setVisibility(viewer: Viewer, given: readonly GivenVisibility[]): Promise<void> {
    await this.#set('visibility', viewer, given, ({ who, whom, see }, id, order) => ({ id, order, who, whom, see }));
  }

  #rows(table: 'permissions' | 'visibility'): (PermissionRow | VisibilityRow)[] {
    const rows = [...this.#parts.store.all(table)].map(({ value }) => value as PermissionRow | VisibilityRow);
    return rows.sort((a, b) => a.order - b.order);
  }

  #set<G extends GivenRule, R extends PermissionRow | VisibilityRow>(
    table: 'permissions' | 'visibility',
    viewer: Viewer,
    given: readonly G[],
    rowOf: (rule: G, id: string, order: number) => R,
  ): Promise<void> {
    const { store, access, clock, newId } = this.#parts;
    return this.#turns.run(table, () =>
      retried(this.#turns, `again ${table}`, async () => {
        this.#refusals.administrator(`${table}.set`, viewer);
        if (given.length > MOST) throw new Failure('too_large', `at most ${MOST} rules`);
        this.#check(given);
        const before = this.#rows(table) as R[];
        const after = withIds(given, before, rowOf, newId);
        const writes = ruleWrites(table, before, after, isoTime(clock.now()));
        const books = new Set(after.flatMap((rule) => ('books' in rule && rule.books !== '*' ? rule.books : [])));
        const guards: Guard[] = [rulesGuard(store, table), ...access.guards(viewer, books)];
        if (writes.length > 0) await store.commit(writes, distinct(guards));
      }),
    );
  }

  #check(given: readonly (GivenRule & { readonly books?: '*' | readonly string[] })[]): void {
    const issues: Issue[] = [];
    const ids = new Set<string>();
    given.forEach(({ id, books }, i) => {
      if (id !== undefined && ids.has(id)) issues.push({ path: `rules.${i}.id`, message: 'is the id of another rule' });
      if (id !== undefined) ids.add(id);
      if (books === undefined || books === '*') return;
      books.forEach((book, j) => {
        const message = this.#wrongBook(book);
        if (message) issues.push({ path: `rules.${i}.books.${j}`, message });
      });
    });
    const [first] = issues;
    if (!first) return;
    throw new Failure('params', `${first.path}: ${first.message}`, { issues: issues.slice(0, MOST_ISSUES) });
  }

  #wrongBook(book: string): string | undefined {
    if (book === PERSONAL_BOOK) return 'must be a company book: personal books are their owners’ alone';
    return this.#parts.access.hasBook(book) ? undefined : 'there is no such company book';
  }
}

/** The rows: with the id that was given, else that of a rule that says the same, else a new one. */
function withIds<G extends GivenRule, R extends PermissionRow | VisibilityRow>(
  given: readonly G[],
  before: readonly R[],
  rowOf: (rule: G, id: string, order: number) => R,
  newId: () => string,
): R[] {
  const named = new Set(given.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const same = new Map<string, string[]>();
  for (const rule of before) {
    if (named.has(rule.id)) continue;
    const text = ruleText(rule, { id: false, order: false });
    same.set(text, [...(same.get(text) ?? []), rule.id]);
  }
  return given.map((rule, i) => {
    if (rule.id !== undefined) return rowOf(rule, rule.id, i + 1);
    const row = rowOf(rule, '', i + 1);
    const id = same.get(ruleText(row, { id: false, order: false }))?.shift() ?? shortId(newId);
    return { ...row, id };
  });
}

function distinct(guards: readonly Guard[]): Guard[] {
  return [...new Map(guards.map((guard) => [`${guard.table} ${guard.id}`, guard])).values()];
}
