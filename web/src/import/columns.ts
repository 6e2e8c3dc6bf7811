// What each column of a file is taken for, while somebody corrects it. Pure.
import { COLUMN_TARGETS } from '../../../src/domain/contact-columns.ts';

/** Targets as they are offered, by kind. */
export const TARGET_KINDS = ['name', 'number', 'email', 'address', 'other'] as const;
type TargetKind = (typeof TARGET_KINDS)[number];

const NAMES = ['name', 'firstName', 'middleName', 'lastName', 'company', 'title'];
/** Any of these makes a contact; a middle name or a title alone does not. */
const NAMING = ['name', 'firstName', 'lastName', 'company'];
/** Of these several columns may be taken. */
const REPEATED = /^(number|email|address):/;

export function targetsByKind(): ReadonlyMap<TargetKind, readonly string[]> {
  return new Map(TARGET_KINDS.map((kind) => [kind, COLUMN_TARGETS.filter((target) => kindOf(target) === kind)]));
}

function kindOf(target: string): TargetKind {
  if (NAMES.includes(target)) return 'name';
  const [kind = ''] = target.split(':');
  return TARGET_KINDS.find((known) => known === kind) ?? 'other';
}

/** The targets with that of one column changed. One that only one column can have goes from the column that had it. */
export function withTarget(
  targets: readonly (string | null)[],
  index: number,
  target: string | null,
): (string | null)[] {
  return targets.map((old, i) => {
    if (i === index) return target;
    return target !== null && old === target && !REPEATED.test(target) ? null : old;
  });
}

export function sameTargets(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((target, i) => target === b[i]);
}

/** What is missing for any row to become a contact. */
export function missingTargets(targets: readonly (string | null)[]): ('name' | 'number')[] {
  const missing: ('name' | 'number')[] = [];
  if (!targets.some((target) => target !== null && NAMING.includes(target))) missing.push('name');
  if (!targets.some((target) => target?.startsWith('number:'))) missing.push('number');
  return missing;
}
