// The lookup against a plain scan over everything that there is: for any people, rules, contacts and numbers, both name the same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callerName } from '../../src/domain/caller-name.ts';
import { differenceOf, nationalLength } from '../../src/domain/numbering-plan.ts';
import { numberKey, numberKeys, suffixOf } from '../../src/domain/phone-number.ts';
import {
  decidePermission,
  decideVisibility,
  type PermissionRule,
  type VisibilityRule,
} from '../../src/domain/rules.ts';
import { Access } from '../../src/service/access.ts';
import type { Directory } from '../../src/service/caller.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { Lookup } from '../../src/service/lookup.ts';
import type { Write } from '../../src/service/store.ts';
import { NUMBERING } from '../support/contacts-house.ts';
import { MemoryStore } from '../support/memory-store.ts';

const EXTENSIONS = ['1000', '1001', '1002', '1003'] as const;
const BOOKS = ['company', 'sales'] as const;
/** Few numbers that share keys, main lines and endings, so that much meets. */
const NUMBERS = [
  ...['+442079460000', '020 7946 0000', '020 7946 0000 x12', '+442079460000x13', '7946 0000', '946 0000', '946 1003'],
  ...['+1 212 946 0000', '1239460000', '99079460000', '1001', '1003', '51003', '07700 900123', '+447700900123', '*30'],
] as const;

interface Person {
  readonly id: string;
  readonly user: 'none' | 'user' | 'disabled' | 'admin';
  readonly onPbx: boolean;
  readonly name: boolean;
  readonly mobile: string | undefined;
  readonly groups: readonly string[];
}

interface World {
  readonly people: readonly Person[];
  readonly contacts: readonly (readonly [id: string, row: ContactRow])[];
  readonly permissions: readonly PermissionRule[];
  readonly visibility: readonly VisibilityRule[];
  readonly order: readonly Directory[];
  readonly lastDigits: number;
}

const number = fc.constantFrom(...NUMBERS);
const who = fc.oneof(
  fc.constant({ everyone: true } as const),
  fc.record({ extension: fc.constantFrom(...EXTENSIONS) }),
  fc.record({ group: fc.constantFrom('a', 'b') }),
);
const person = fc.record({
  user: fc.constantFrom('none', 'user', 'user', 'disabled', 'admin'),
  onPbx: fc.boolean(),
  name: fc.boolean(),
  mobile: fc.option(number, { nil: undefined }),
  groups: fc.subarray(['a', 'b']),
});
const contact = fc.record({
  book: fc.constantFrom(...BOOKS, ...EXTENSIONS.map((id) => `personal:${id}`)),
  numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
  created: fc.constantFrom('2026-01-01', '2026-01-02'),
});
const world: fc.Arbitrary<World> = fc
  .record({
    people: fc.tuple(person, person, person, person),
    contacts: fc.array(contact, { maxLength: 12 }),
    permissions: fc.array(
      fc.record({
        who,
        books: fc.oneof(fc.constant('*' as const), fc.subarray([...BOOKS], { minLength: 1 })),
        view: fc.boolean(),
        manage: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    visibility: fc.array(fc.record({ who, whom: who, see: fc.boolean() }), { maxLength: 3 }),
    order: fc.shuffledSubarray<Directory>(['extension', 'personal', 'company'], { minLength: 1 }),
    lastDigits: fc.constantFrom(0, 7, 9),
  })
  .map((given) => ({
    ...given,
    people: given.people.map((one, i) => ({ ...one, id: EXTENSIONS[i] ?? '' }) as Person),
    permissions: given.permissions.map((rule, i) => ({ ...rule, id: `p${i}` })),
    visibility: given.visibility.map((rule, i) => ({ ...rule, id: `v${i}` })),
    contacts: given.contacts.map(({ numbers, ...more }, i) => {
      const id = `c${String.fromCharCode(112 - i)}`;
      const fields = {
        lastName: `Contact ${i}`,
        numbers: numbers.map((one) => ({ type: 'other' as const, number: one })),
      };
      const keys = numbers.map((one) => numberKeys(one, NUMBERING));
      const stamp = { updated: more.created, createdBy: '', updatedBy: '' };
      return [id, { ...more, ...stamp, rev: 1, fields, keys }] as const;
    }),
  }));

function writesOf({ people, contacts, permissions, visibility }: World): Write[] {
  return [
    ...BOOKS.map((id): Write => ({ table: 'books', id, value: { id, name: id } })),
    ...people.flatMap(({ id, user, onPbx, name, mobile, groups }): Write[] => [
      ...(onPbx
        ? [{ table: 'extensions' as const, id, value: { item: { id, number: id, name: id, groups }, said: {} } }]
        : []),
      ...(user === 'none'
        ? []
        : [
            {
              table: 'users' as const,
              id,
              value: {
                ...{ id, groups, admin: user === 'admin', disabled: user === 'disabled' },
                ...(name ? { name: `Colleague ${id}` } : {}),
                ...(mobile === undefined ? {} : { mobile }),
              },
            },
          ]),
    ]),
    ...permissions.map((rule, i): Write => ({ table: 'permissions', id: rule.id, value: { ...rule, order: i + 1 } })),
    ...visibility.map((rule, i): Write => ({ table: 'visibility', id: rule.id, value: { ...rule, order: i + 1 } })),
    ...contacts.map(([id, row]): Write => ({ table: 'contacts', id, value: row })),
  ];
}

/** What the rules of the lookup say, contact by contact. */
function scanned(world: World, callee: string, text: string, outside: boolean): string {
  const keys = numberKeys(text, NUMBERING);
  const ending = suffixOf(keys[0] ?? '', world.lastDigits);
  const known = world.people.find(
    ({ id, user, onPbx }) => id === callee && (onPbx || user === 'user' || user === 'admin'),
  );
  const isUser = known?.user === 'user' || known?.user === 'admin';
  const asker = { extension: known ? callee : '', groups: isUser ? known.groups : [] };
  const seer = { extension: asker.extension, groups: known && known.user !== 'none' ? known.groups : [] };
  const sees = (other: Person) =>
    decideVisibility(world.visibility, seer, { extension: other.id, groups: other.user === 'none' ? [] : other.groups })
      .see;
  const views = (book: string) => {
    if (book.startsWith('personal:')) return isUser && book === `personal:${callee}`;
    if (known?.user === 'admin') return true;
    // Of one whose user does not count, a rule that closes a book to one of his groups counts all the same.
    return [asker, { ...asker, groups: seer.groups }].every(
      (one) => decidePermission(world.permissions, one, book).view,
    );
  };
  const isPretended = outside && world.people.some(({ id, onPbx }) => onPbx && keys[0] === `#${id}`);
  const inBooks = (directory: Directory, by: 'key' | 'ending') => {
    if (isPretended) return undefined;
    const books = world.contacts.filter(
      ([, { book }]) => views(book) && book.startsWith('personal:') === (directory === 'personal'),
    );
    const knowing = new Set(
      books.flatMap(([, { book, keys: all }]) => (all.flat().some((key) => keys.includes(key)) ? [book] : [])),
    );
    const asked = by === 'key' ? books : books.filter(([, { book }]) => !knowing.has(book));
    const ranked = asked.flatMap(([id, row]) =>
      ranksOf(row, { text, keys }, by === 'ending' ? ending : undefined, by).map((rank) => ({ id, row, rank })),
    );
    ranked.sort((a, b) => {
      const difference = a.rank.findIndex((n, i) => n !== b.rank[i]);
      if (difference >= 0) return (a.rank[difference] ?? 0) - (b.rank[difference] ?? 0);
      return a.row.created < b.row.created ? -1 : a.row.created > b.row.created ? 1 : a.id < b.id ? -1 : 1;
    });
    const [best] = ranked;
    return best && `${directory} ${callerName(best.row.fields)}`;
  };
  const colleague = () => {
    const there = world.people.filter((one) => one.onPbx && sees(one));
    const own = outside ? undefined : there.find(({ id }) => id === text);
    const isMobile = (one: Person) =>
      one.user !== 'none' &&
      one.mobile !== undefined &&
      numberKeys(one.mobile, NUMBERING).some((key) => keys.includes(key));
    const isOfHouse = keys.every((key) => /^#.{1,6}$/.test(key));
    const mobiles = (known || world.visibility.length === 0) && !(outside && isOfHouse) ? there.filter(isMobile) : [];
    const first = keys.flatMap((key) =>
      mobiles.filter((one) => numberKeys(one.mobile ?? '', NUMBERING).includes(key)),
    )[0];
    const found = own ?? first;
    return found?.name && found.user !== 'none' ? `extension Colleague ${found.id}` : undefined;
  };
  for (const by of ['key', 'ending'] as const) {
    for (const directory of world.order) {
      if (directory === 'extension' && by === 'ending') continue;
      const found = directory === 'extension' ? colleague() : inBooks(directory, by);
      if (found) return found;
    }
  }
  return 'nobody';
}

/** How surely each number of a contact is the one that is asked for, smaller is surer. */
function ranksOf(
  row: ContactRow,
  { text: askedText, keys }: { readonly text: string; readonly keys: readonly string[] },
  ending: string | undefined,
  by: 'key' | 'ending',
): number[][] {
  const asked = keys[0] ?? '';
  const line = /x(\d+)$/.exec(asked)?.[1];
  return row.fields.numbers.flatMap(({ number: text }, at) => {
    const own = numberKey(text, NUMBERING);
    const ownLine = /x(\d+)$/.exec(own)?.[1];
    if (line !== undefined && ownLine !== undefined && line !== ownLine) return [];
    if (by === 'key') {
      return keys.flatMap((key, rank) =>
        numberKeys(text, NUMBERING).includes(key) ? [[rank, own === key ? 0 : 1, at]] : [],
      );
    }
    if (ending === undefined || !own.replace(/x\d+$/, '').endsWith(ending)) return [];
    if (suffixOf(own, ending.length) === undefined) return [];
    const isBare = !/^[^0-9]*(\+|00)/.test(askedText);
    const national = own.replace(/x\d+$/, '').slice(-nationalLength(own));
    const difference = differenceOf(own, asked);
    if (difference === 'area') return [];
    if (difference === 'countries' && !(isBare && asked.replace(/x\d+$/, '').endsWith(national))) return [];
    const [a, b] = [asked, own].map((key) => key.replace(/x\d+$/, '').slice(1)) as [string, string];
    let length = 0;
    while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
    return [[-length, at]];
  });
}

test('names whom a scan over everything names', async () => {
  const callees = [...EXTENSIONS, '700', ''];
  const question = fc.record({ callee: fc.constantFrom(...callees), text: number, outside: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.array(question, { minLength: 4, maxLength: 12 }),
      fc.boolean(),
      async (given, questions, late) => {
        const { order, lastDigits } = given;
        const store = new MemoryStore({ lastDigits });
        if (!late) await store.commit(writesOf(given));
        const access = new Access(store);
        const lookup = new Lookup({ store, access, numbering: NUMBERING, order, lastDigits });
        if (late) for (const write of writesOf(given)) await store.commit([write]);
        for (const { callee, text, outside } of questions) {
          const caller = await lookup.find(callee === '' ? 'anyone' : { callee }, text, { outside });
          const expected = scanned(given, callee, text, outside);
          expect([callee, text, caller ? `${caller.directory} ${caller.name}` : 'nobody']).toEqual([
            callee,
            text,
            expected,
          ]);
        }
      },
    ),
    { numRuns: 300 },
  );
});
