// The shape of the rules in a file: every fault in words that show how it is right. What the rules mean, and whether the
// books and groups exist, is not judged here.
import { suggestion } from '../settings/problems.ts';

export interface ShapeFault {
  /** Within the list: `['0', 'who']`. */
  readonly path: readonly string[];
  readonly what: string;
}

type Check = (value: unknown) => string | undefined;

/** What a key of a rule may hold. */
interface Key {
  readonly needed: boolean;
  readonly check: Check;
}

export type Shape = Readonly<Record<string, Key>>;

const MOST_RULES = 1000;
const MOST_BOOKS = 500;
const WHO = '{ everyone: true }, { extension: "1001" } or { group: sales }';

const who: Check = (value) => (isWho(value) ? undefined : `must be ${WHO}`);
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const id: Check = (value) =>
  isName(value) ? undefined : 'must be a word of at most 64 characters; it may be left out';
const order: Check = (value) =>
  Number.isSafeInteger(value) && Number(value) > 0 ? undefined : 'must be a whole number from 1; it may be left out';
const books: Check = (value) => {
  const list = Array.isArray(value) && value.length <= MOST_BOOKS && value.every(isName);
  return value === '*' || list ? undefined : 'must be "*" for all company books, or a list of their ids: [company]';
};

const ends = { id: { needed: false, check: id }, order: { needed: false, check: order } };

export const PERMISSION: Shape = {
  ...ends,
  who: { needed: true, check: who },
  books: { needed: true, check: books },
  view: { needed: true, check: flag },
  manage: { needed: true, check: flag },
};

export const VISIBILITY: Shape = {
  ...ends,
  who: { needed: true, check: who },
  whom: { needed: true, check: who },
  see: { needed: true, check: flag },
};

/** All faults of what a file holds; none: it is a list of rules of this shape. `example` is a right rule. */
export function shapeFaults(value: unknown, shape: Shape, example: string): ShapeFault[] {
  if (value === null || value === undefined) {
    return [{ path: [], what: `the file holds no list of rules: write [] for none, or rules such as ${example}` }];
  }
  if (!Array.isArray(value)) return [{ path: [], what: `must be a list of rules, each such as ${example}` }];
  if (value.length > MOST_RULES) return [{ path: [], what: `these are too many rules: at most ${MOST_RULES}` }];
  return value.flatMap((rule: unknown, index) => ruleFaults(rule, [String(index)], shape, example));
}

function ruleFaults(rule: unknown, path: readonly string[], shape: Shape, example: string): ShapeFault[] {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    return [{ path, what: `this is no rule; one looks like ${example}` }];
  }
  const given = Object.entries(rule);
  const missing = Object.keys(shape).filter((key) => shape[key]?.needed && !Object.hasOwn(rule, key));
  return [
    ...missing.map((key) => ({ path, what: `${key} is missing; a rule looks like ${example}` })),
    ...given.flatMap(([key, value]) => {
      const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
      const what = known ? known.check(value) : `is not a key of a rule${suggestion(key, Object.keys(shape))}`;
      return what === undefined ? [] : [{ path: [...path, key], what: `${shown(key)} ${what}` }];
    }),
  ];
}

function shown(key: string): string {
  return key.length <= 64 ? key : `${key.slice(0, 64)}…`;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 64;
}

function isWho(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const [[key, named] = ['', undefined], ...others] = Object.entries(value);
  if (others.length > 0) return false;
  return key === 'everyone' ? named === true : (key === 'extension' || key === 'group') && isName(named);
}
