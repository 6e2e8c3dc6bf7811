// What makes one ordered list of rules out of another: only rows that differ are written, and with them the mark that stands
// for the whole list. Pure.
import type { PermissionRow, RulesMark, VisibilityRow } from './book-rows.ts';
import type { Guard, Store, Write } from './store.ts';

type RuleRow = PermissionRow | VisibilityRow;
type RuleTable = 'permissions' | 'visibility';

/** The writes that bring the table from `before` to `after`, in whose order the rules stand from 1 on; none when they are the same. */
export function ruleWrites<R extends RuleRow>(
  table: RuleTable,
  before: readonly R[],
  after: readonly R[],
  now: string,
): Write[] {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const next = new Map(inOrder(after).map((rule) => [rule.id, rule]));
  const gone = before.filter(({ id }) => !next.has(id)).map(({ id }): Write => ({ table, id, value: null }));
  const put = [...next.values()].filter((rule) => !sameRule(rule, old.get(rule.id)));
  if (gone.length + put.length === 0) return [];
  return [
    ...gone,
    ...put.map((rule): Write => ({ table, id: rule.id, value: rule })),
    { table: 'upkeep', id: table, value: { changed: now } satisfies RulesMark },
  ];
}

/** That no rule of the list has changed. */
export function rulesGuard(store: Store, table: RuleTable): Guard {
  return { table: 'upkeep', id: table, rev: store.get('upkeep', table)?.rev ?? null };
}

function inOrder<R extends RuleRow>(rules: readonly R[]): R[] {
  return rules.map((rule, i) => ({ ...rule, order: i + 1 }));
}

/** Whether both say the same; the order of keys means nothing. */
function sameRule(a: RuleRow, b: RuleRow | undefined): boolean {
  return b !== undefined && ruleText(a) === ruleText(b);
}

/** A rule as text that is equal for equal rules, with its place, and without its id when `id` is false. */
export function ruleText(rule: RuleRow, { id = true, order = true } = {}): string {
  const said = 'books' in rule ? [rule.books, rule.view, rule.manage] : [rule.whom, rule.see];
  return JSON.stringify([id ? rule.id : '', order ? rule.order : 0, rule.who, ...said]);
}
