// Who knows of whom by a list of visibility rules that is not in force yet, and what of that differs from the one that is.
// Decides by the daemon's own function, so both always agree. Pure.
import { decideVisibility, isNamed, type Person, type VisibilityRule } from '../../../src/domain/rules.ts';
import { sharedBy } from './people.ts';

/** What one person knows of another. `rule` is the place, from 1, of the rule that decides; absent when none does. */
export interface Sight<P> {
  readonly other: P;
  readonly now: boolean;
  readonly next: boolean;
  readonly rule?: number;
}

export interface VisibilityRow<P> {
  readonly person: P;
  /** How many are hidden from the person. */
  readonly now: number;
  readonly next: number;
  /** How many come or go for the person. */
  readonly changed: number;
}

/** Of everybody but the person. */
export function sightsOf<P extends Person>(
  person: P,
  people: readonly P[],
  now: readonly VisibilityRule[],
  next: readonly VisibilityRule[],
): Sight<P>[] {
  const places = new Map(next.map(({ id }, i) => [id, i + 1]));
  const before = now.filter(({ who }) => isNamed(who, person));
  const after = next.filter(({ who }) => isNamed(who, person));
  return people.flatMap((other) => {
    if (other.extension === person.extension) return [];
    const { see, rule } = decideVisibility(after, person, other);
    const place = rule === undefined ? undefined : places.get(rule);
    const seen = { other, now: decideVisibility(before, person, other).see, next: see };
    return [{ ...seen, ...(place ? { rule: place } : {}) }];
  });
}

/** Those for whom the person is, or will be, hidden, and those for whom that changes. */
export function hiddenFrom<P extends Person>(
  person: P,
  people: readonly P[],
  now: readonly VisibilityRule[],
  next: readonly VisibilityRule[],
): Sight<P>[] {
  const places = new Map(next.map(({ id }, i) => [id, i + 1]));
  const before = now.filter(({ whom }) => isNamed(whom, person));
  const after = next.filter(({ whom }) => isNamed(whom, person));
  return people.flatMap((other) => {
    const { see, rule } = decideVisibility(after, other, person);
    const place = rule === undefined ? undefined : places.get(rule);
    const seen = { other, now: decideVisibility(before, other, person).see, next: see };
    return seen.now && seen.next ? [] : [{ ...seen, ...(place ? { rule: place } : {}) }];
  });
}

/** One row for each person. Those whom the rules cannot tell apart are decided once. */
export function previewVisibility<P extends Person>(
  people: readonly P[],
  now: readonly VisibilityRule[],
  next: readonly VisibilityRule[],
): VisibilityRow<P>[] {
  const rules = [...now, ...next];
  const asWho = sharedBy(rules.map(({ who }) => who));
  const asWhom = sharedBy(rules.map(({ whom }) => whom));
  const targets = grouped(people, asWhom);
  const totals = new Map<string, Totals>();
  for (const [key, viewers] of grouped(people, asWho)) {
    totals.set(key, totalsOf(viewers, targets, now, next));
  }
  return people.map((person) => {
    const { now: before, next: after, changed, parts } = totals.get(asWho(person)) ?? NOTHING;
    // Nobody is hidden from himself: he does not count among those who are.
    const self = parts.get(asWhom(person)) ?? NO_PART;
    return { person, now: before - self.now, next: after - self.next, changed: changed - self.changed };
  });
}

interface Part {
  readonly now: number;
  readonly next: number;
  readonly changed: number;
}

interface Totals extends Part {
  /** What one person of each kind adds. */
  readonly parts: ReadonlyMap<string, Part>;
}

const NO_PART: Part = { now: 0, next: 0, changed: 0 };
const NOTHING: Totals = { ...NO_PART, parts: new Map() };

function totalsOf(
  viewers: readonly Person[],
  targets: ReadonlyMap<string, readonly Person[]>,
  now: readonly VisibilityRule[],
  next: readonly VisibilityRule[],
): Totals {
  const [viewer] = viewers;
  if (!viewer) return NOTHING;
  const before = now.filter(({ who }) => isNamed(who, viewer));
  const after = next.filter(({ who }) => isNamed(who, viewer));
  const parts = new Map<string, Part>();
  const sum = { now: 0, next: 0, changed: 0 };
  for (const [key, others] of targets) {
    const pair = twoOf(viewers, others);
    if (!pair) continue;
    const hidden = Number(!decideVisibility(before, ...pair).see);
    const hiddenNext = Number(!decideVisibility(after, ...pair).see);
    const part = { now: hidden, next: hiddenNext, changed: hidden === hiddenNext ? 0 : 1 };
    parts.set(key, part);
    sum.now += part.now * others.length;
    sum.next += part.next * others.length;
    sum.changed += part.changed * others.length;
  }
  return { ...sum, parts };
}

/** One of each who are not the same; undefined when there are none. */
function twoOf(viewers: readonly Person[], others: readonly Person[]): [Person, Person] | undefined {
  for (const viewer of viewers.slice(0, 2)) {
    const other = others.slice(0, 2).find(({ extension }) => extension !== viewer.extension);
    if (other) return [viewer, other];
  }
  return undefined;
}

function grouped<P>(people: readonly P[], keyOf: (person: P) => string): Map<string, P[]> {
  const groups = new Map<string, P[]>();
  for (const person of people) {
    const key = keyOf(person);
    const group = groups.get(key);
    if (group) group.push(person);
    else groups.set(key, [person]);
  }
  return groups;
}
