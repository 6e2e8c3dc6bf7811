// An ordered list of rules while somebody edits it, and whether it differs from the one in force. Pure.

export interface Rule {
  readonly id: string;
}

/** An edit that has begun: `base` is the list in force when it did, or as the editor last agreed to it. */
export interface Edit<R extends Rule> {
  readonly base: readonly R[];
  readonly list: readonly R[];
}

/** Ids given here begin with this; the server makes others. */
const NEW = 'new:';

/** An id that no rule of the list has. */
export function newRuleId(list: readonly Rule[]): string {
  const taken = list.map(({ id }) => (id.startsWith(NEW) ? Number(id.slice(NEW.length)) : 0));
  return `${NEW}${Math.max(0, ...taken) + 1}`;
}

/** In the order in which they count. */
export function inOrder<R extends { readonly order: number }>(rules: Iterable<R>): R[] {
  return [...rules].sort((a, b) => a.order - b.order);
}

/** The rule takes the place of that with its id, else comes last. */
export function putRule<R extends Rule>(list: readonly R[], rule: R): R[] {
  return list.some(({ id }) => id === rule.id) ? list.map((old) => (old.id === rule.id ? rule : old)) : [...list, rule];
}

export function removeRule<R extends Rule>(list: readonly R[], id: string): R[] {
  return list.filter((rule) => rule.id !== id);
}

/** The rule moved to `place`, counted from 0, or as near to it as the list goes. */
export function moveRule<R extends Rule>(list: readonly R[], id: string, place: number): R[] {
  const from = list.findIndex((rule) => rule.id === id);
  const rule = list[from];
  if (!rule) return [...list];
  const rest = removeRule(list, id);
  rest.splice(Math.max(0, Math.min(place, rest.length)), 0, rule);
  return rest;
}

/** Whether both lists say the same in the same order; ids of new rules and the rules' own `order` do not count. */
export function sameRules(a: readonly Rule[], b: readonly Rule[]): boolean {
  return a.length === b.length && a.every((rule, i) => ruleText(rule) === ruleText(b[i]));
}

/** Ids of the rules that say something else than the one with their id in `base`, or are not in it. */
export function changedRules(list: readonly Rule[], base: readonly Rule[]): ReadonlySet<string> {
  const before = new Map(base.map((rule) => [rule.id, ruleText(rule)]));
  return new Set(list.filter((rule) => before.get(rule.id) !== ruleText(rule)).map(({ id }) => id));
}

/** The list as `permissions.set` and `visibility.set` take it: in order, new rules without an id. */
export function toSend<R extends Rule>(list: readonly R[]): (Omit<R, 'id' | 'order'> & { readonly id?: string })[] {
  return list.map((rule) => {
    const { id, order: _, ...said } = rule as R & { readonly order?: number };
    return id.startsWith(NEW) ? said : { id, ...said };
  });
}

/** Rules are never changed in place. */
const texts = new WeakMap<Rule, string>();

/** The same text for rules that say the same, whatever the order of their keys. */
function ruleText(rule: Rule | undefined): string {
  if (!rule) return '';
  const known = texts.get(rule);
  if (known !== undefined) return known;
  const { id: _, order: __, ...said } = rule as Rule & { readonly order?: number };
  const text = JSON.stringify(sorted(said));
  texts.set(rule, text);
  return text;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
