// What clients and administrators of the model ask for, made of numbers: texts, rules and the requests of the protocol.
import type { Who } from '../../../src/domain/rules.ts';
import type { GivenPermission, GivenVisibility } from '../../../src/service/rules-setting.ts';
import type { Step } from './steps.ts';

const REMARK = 'x'.repeat(1_000);

export interface Known {
  /** How many texts were made before. */
  readonly count: number;
  /** Ids of contacts, also of those that are gone. */
  readonly contacts: readonly string[];
  /** Ids of books, also of those that are gone. */
  readonly books: readonly string[];
}

export function contactText(count: number, isLong: boolean): object {
  const number = `020 7946 ${String(count % 10_000).padStart(4, '0')}`;
  return {
    firstName: `Name${count} "\\\u2028ü😀~~~~~~~~~~~~`,
    numbers: [{ type: 'mobile', number }],
    ...(isLong ? { remark: REMARK } : {}),
  };
}

export function contactId(count: number): string {
  return `aaaaaaaa-0000-4000-8000-${String(count).padStart(12, '0')}`;
}

/** The method and params of a request. */
export function request({ ask, a, b }: Extract<Step, { do: 'ask' }>, known: Known): readonly [string, object] {
  const { count } = known;
  const id = known.contacts[a % Math.max(1, known.contacts.length)] ?? contactId(0);
  const books = ['personal', ...known.books, 'personal:1001', 'nonsense'];
  const book = books[b % books.length];
  const mark = b % 3 === 0 ? `extension:${1000 + (a % 7)}` : `contact:${id}`;
  const target = known.books[a % known.books.length];
  switch (ask) {
    case 'create':
      return [
        'contacts.create',
        { book, contact: contactText(count, a % 2 === 0), id: a % 9 === 8 ? id : contactId(count) },
      ];
    case 'update':
      return ['contacts.update', { id, patch: { lastName: `L${count}` }, ...(b % 4 === 0 ? { ifRev: 1 } : {}) }];
    case 'addNumber':
      return [
        'contacts.addNumber',
        { id, type: 'home', number: `+44 20 7946 ${String(count % 10_000).padStart(4, '0')}` },
      ];
    case 'move':
      return ['contacts.move', { id, book }];
    case 'delete':
      return ['contacts.delete', b % 4 === 0 ? { ids: [id, known.contacts.at(-1) ?? id] } : { id }];
    case 'search':
      return ['contacts.search', { text: 'name', limit: 500 }];
    case 'mark':
      return ['favorites.add', { id: mark }];
    case 'unmark':
      return ['favorites.remove', { id: mark }];
    case 'bookCreate':
      return ['books.create', { name: `Book ${count}` }];
    case 'bookRename':
      return ['books.rename', { id: target, name: `Named ${count}` }];
    case 'bookDelete':
      return ['books.delete', { id: target }];
  }
}

const WHO: readonly Who[] = [
  { everyone: true },
  { group: 'sales' },
  { group: 'board' },
  { extension: '1001' },
  { extension: '1002' },
  { extension: '1003' },
  { extension: '1004' },
];

const who = (n: number): Who => WHO[n % WHO.length] as Who;

export function permissionRules(given: readonly (readonly number[])[], books: readonly string[]): GivenPermission[] {
  return given.map(([a = 0, b = 0, c = 0]) => ({
    who: who(a),
    books: b % 3 === 0 || books.length === 0 ? '*' : [books[b % books.length] as string],
    view: c > 0,
    manage: c > 1,
  }));
}

export function visibilityRules(given: readonly (readonly number[])[]): GivenVisibility[] {
  return given.map(([a = 0, b = 0, c = 0]) => ({ who: who(a), whom: who(b), see: c > 0 }));
}
