// What can happen in the model, as plain data: numbers choose among what is there when the step is taken.
import fc from 'fast-check';

export const USERS = ['1000', '1001', '1002', '1003'] as const;
/** Who has which client; the last is too old for contacts. */
export const CLIENTS = [
  { user: '1000', old: false },
  { user: '1001', old: false },
  { user: '1001', old: false },
  { user: '1002', old: false },
  { user: '1003', old: false },
  { user: '1003', old: true },
] as const;

const ASKS = ['create', 'create', 'update', 'addNumber', 'move', 'move', 'delete', 'search', 'mark', 'unmark'] as const;
const ADMIN_ASKS = ['bookCreate', 'bookRename', 'bookDelete'] as const;
const COLLECTIONS = [
  'contacts',
  'books',
  'favorites',
  'contacts:company',
  'contacts:personal',
  'extensions',
  'presence',
  'permissions',
  'visibility',
  'users',
  'pbx',
] as const;

type Ask = (typeof ASKS)[number] | (typeof ADMIN_ASKS)[number];
type Cursors = 'own' | 'older' | 'none' | 'of another';

export type Step =
  | { readonly do: 'ask'; readonly who: number; readonly ask: Ask; readonly a: number; readonly b: number }
  | { readonly do: 'permissions'; readonly rules: readonly (readonly number[])[] }
  | { readonly do: 'visibility'; readonly rules: readonly (readonly number[])[] }
  | { readonly do: 'user'; readonly user: number; readonly groups: number; readonly admin: boolean }
  | { readonly do: 'disable'; readonly user: number; readonly disabled: boolean }
  | { readonly do: 'replace'; readonly user: number }
  | { readonly do: 'extension'; readonly number: number; readonly what: number }
  | {
      readonly do: 'connect' | 'sync';
      readonly who: number;
      readonly names: readonly string[];
      readonly cursors: Cursors;
    }
  | { readonly do: 'slow'; readonly who: number }
  | { readonly do: 'take'; readonly who: number; readonly what: 'one' | 'all' }
  | { readonly do: 'late'; readonly late: boolean }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'fail' }
  | { readonly do: 'import'; readonly book: number; readonly count: number }
  | { readonly do: 'shift'; readonly a: number; readonly b: number }
  | { readonly do: 'restart' }
  | { readonly do: 'turn' };

const who = fc.nat(CLIENTS.length - 1);
const names = fc.shuffledSubarray([...COLLECTIONS], { minLength: 1 });
const cursors = fc.constantFrom<Cursors>('own', 'own', 'own', 'older', 'none', 'of another');
const few = fc.nat(30);

const as = <K extends string, R extends object>(name: K, rest: { [P in keyof R]: fc.Arbitrary<R[P]> }) =>
  fc.record({ do: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ do: K } & R>;

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 24, arbitrary: as('ask', { who, ask: fc.constantFrom<Ask>(...ASKS), a: few, b: few }) },
  {
    weight: 3,
    arbitrary: as('ask', { who: fc.constant(0), ask: fc.constantFrom<Ask>(...ADMIN_ASKS), a: few, b: few }),
  },
  { weight: 6, arbitrary: as('permissions', { rules: fc.array(fc.tuple(few, few, fc.nat(3)), { maxLength: 3 }) }) },
  { weight: 4, arbitrary: as('visibility', { rules: fc.array(fc.tuple(few, few, fc.nat(1)), { maxLength: 3 }) }) },
  { weight: 4, arbitrary: as('user', { user: fc.nat(USERS.length - 1), groups: fc.nat(3), admin: fc.boolean() }) },
  { weight: 1, arbitrary: as('disable', { user: fc.nat(USERS.length - 1), disabled: fc.boolean() }) },
  { weight: 1, arbitrary: as('replace', { user: fc.nat(USERS.length - 1) }) },
  { weight: 3, arbitrary: as('extension', { number: fc.nat(5), what: fc.nat(3) }) },
  { weight: 4, arbitrary: as('connect', { who, names, cursors }) },
  { weight: 2, arbitrary: as('sync', { who, names, cursors }) },
  { weight: 1, arbitrary: as('slow', { who }) },
  { weight: 3, arbitrary: as('take', { who, what: fc.constantFrom('one' as const, 'all' as const) }) },
  { weight: 2, arbitrary: as('late', { late: fc.boolean() }) },
  { weight: 4, arbitrary: as('release', { which: few }) },
  { weight: 1, arbitrary: as('fail', {}) },
  { weight: 1, arbitrary: as('import', { book: few, count: fc.integer({ min: 1, max: 1_300 }) }) },
  { weight: 10, arbitrary: as('shift', { a: few, b: few }) },
  { weight: 1, arbitrary: as('restart', {}) },
  { weight: 16, arbitrary: as('turn', {}) },
);
