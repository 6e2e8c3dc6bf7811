// Whatever way a search goes, through an index, through names in order or through all, it finds what looking at every contact finds.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactFields } from '../../../src/domain/contact.ts';
import { numberKeys } from '../../../src/domain/phone-number.ts';
import { compareHits, readQuery, score, searchable } from '../../../src/domain/search.ts';
import type { ContactRow } from '../../../src/service/contact-row.ts';
import type { Write } from '../../../src/service/store.ts';
import type { Turns } from '../../../src/store/postgres/search-contacts.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { anyContact } from '../../support/any-contact.ts';
import { openSearchTable, type SearchTable } from './search-table.ts';

const GB = { country: 'GB', outsideLine: '' };
const BOOKS = ['company', 'sales', 'personal:1001', 'personal:1002'];
const FIRST = [
  'Ada',
  'Adam',
  'Zoë',
  'Mary Ann',
  'Jean-Luc',
  '太郎',
  '𝒳avier',
  '\ue000Ada',
  '\uffff',
  'ﬁa',
  'O’Brien',
  '',
];
const LAST = ['Lovelace', 'Love', 'Müller', 'Ada', 'Adamson', '𠮷田', '\u{10ffff}', 'ada 42', ''];
const FIRMS = ['Acme Ltd', 'Adam & Sons', 'Zürich 54', '太郎 KK', '\uf8ff Ltd', ''];
const NUMBERS = ['020 7946 0000', '+44 20 7946 0001', '1001', '*30', '+49 30 123456', '0800 FLOWERS', '10', '207946'];
const MAILS = ['ada@example.com', 'love.lace@adam.example', 'zoe@acme.example', ''];
const TEXTS = [
  ...[
    'a',
    'ad',
    'ada',
    'adam',
    'ada lo',
    'love',
    'lovelace',
    'z',
    'mueller',
    'obrien',
    'cruz de',
    '54',
    '太',
    'acme',
    '太郎',
  ],
  ...[
    'ada adam',
    'a l',
    'ada ada',
    'adam ada acme',
    'example',
    'fi',
    'x',
    '𝒳',
    '𠮷',
    'ltd ada',
    'mary ann',
    'jeanluc',
    'qq',
  ],
  ...['0', '1', '10', '100', '44', '442', '020', '7946', '79460', '0207946', '020 7946 0000', '+49 30', '30', '460000'],
  ...['ada 7946', 'ada 0207', 'a 442 100', '42', 'ada 42', '54 zurich', '1001 ada 44', "o'b", 'a_7946'],
];

/** None, one or many is the turn from one way to another. */
const count = fc.constantFrom(0, 1, 3, 8, 20, 1000);
const anyTurns: fc.Arbitrary<Turns> = fc.record({
  few: fc.constantFrom(0, 0, 0, 5, 1000),
  ranked: count,
  common: count,
  steps: fc.constantFrom(1, 2, 5, 40, 1000),
  blind: fc.constantFrom(1, 2, 5, 40, 1000),
  leading: count,
});

const of = (texts: readonly string[]) => fc.constantFrom(...texts);
const known: fc.Arbitrary<ContactFields> = fc
  .record({
    first: of(FIRST),
    last: of(LAST),
    firm: of(FIRMS),
    numbers: fc.uniqueArray(of(NUMBERS), { minLength: 1, maxLength: 2 }),
    mail: of(MAILS),
  })
  .map(({ first, last, firm, numbers, mail }) => ({
    ...(first ? { firstName: first } : {}),
    ...(last ? { lastName: last } : {}),
    company: firm || 'Nameless',
    numbers: numbers.map((number) => ({ type: 'other' as const, number })),
    ...(mail ? { emails: [{ type: 'work' as const, address: mail }] } : {}),
  }));
const fields = fc.oneof({ weight: 5, arbitrary: known }, { weight: 1, arbitrary: anyContact });
const id = fc.nat(60).map((n) => (n % 7 === 0 ? `ä${n}` : `c${n}`));
const write: fc.Arbitrary<Write> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(id, of(BOOKS), fields).map(([key, book, given]) => contact(key, book, given)) },
  { weight: 1, arbitrary: id.map((key): Write => ({ table: 'contacts', id: key, value: null })) },
);

function contact(key: string, book: string, given: ContactFields): Write {
  const keys = given.numbers.map(({ number }) => numberKeys(number, GB));
  const value: ContactRow = {
    book,
    rev: 1,
    fields: given,
    keys,
    created: '',
    updated: '',
    createdBy: '',
    updatedBy: '',
  };
  return { table: 'contacts', id: key, value };
}

interface Asked {
  readonly scopes: readonly string[];
  readonly text: string;
  readonly limit: number;
}

/** The plain definition: all contacts of the books, looked at from first to last. */
function scan(held: ReadonlyMap<string, Write>, { scopes, text, limit }: Asked): string[] {
  const query = readQuery(text, GB);
  const hits = [...held.values()].flatMap(({ id: key, value }) => {
    const row = value as ContactRow | null;
    if (!row || !query || !scopes.includes(row.book)) return [];
    const found = searchable(row.fields, row.keys);
    return [{ id: key, score: score(query, found), name: found.name }];
  });
  const best = hits.filter((hit) => hit.score > 0).sort(compareHits);
  return best.slice(0, limit).map((hit) => hit.id);
}

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function ids(table: SearchTable, { scopes, text, limit }: Asked, turns?: Turns): Promise<string[]> {
  const query = readQuery(text, GB);
  return query ? (await table.search({ scopes, query, limit }, turns)).map((row) => row.id) : [];
}

/** Half of them begin with Ada, of whom some have another word that begins so; a few have her at the end, and some behind a name that begins nearly so. */
function nameOf(n: number): Partial<ContactFields> {
  if (n % 60 === 1) return { lastName: n % 120 === 1 ? 'Lovelace Ada' : 'Name9 Adamson' };
  if (n % 60 === 31) return { firstName: 'Adler', lastName: 'Adamson' };
  if (n % 2 === 0)
    return { firstName: 'Ada', lastName: n % 10 === 0 ? 'Lovelace' : n % 6 === 0 ? 'Adamson' : `Name${n % 97}` };
  return { firstName: FIRST[4 + (n % 5)] as string, lastName: `Name${n % 97}` };
}

describe('a search in the database', () => {
  const asked: fc.Arbitrary<[Asked, Turns]> = fc.tuple(
    fc.record({ scopes: fc.subarray(BOOKS, { minLength: 1 }), text: of(TEXTS), limit: fc.constantFrom(1, 2, 5, 50) }),
    anyTurns,
  );
  const rounds = fc.array(
    fc.tuple(fc.array(write, { minLength: 1, maxLength: 40 }), fc.array(asked, { minLength: 4, maxLength: 12 })),
    { minLength: 1, maxLength: 5 },
  );

  it('finds the same as looking at every contact, whichever way it goes and whatever was changed', async () => {
    const table = await openSearchTable(server);
    await fc.assert(
      fc.asyncProperty(rounds, async (steps) => {
        await table.sql.unsafe('truncate rollcall.contacts, rollcall.contact_search, rollcall.contact_numbers');
        const held = new Map<string, Write>();
        for (const [writes, questions] of steps) {
          await table.put(writes);
          for (const one of writes) held.set(one.id, one);
          for (const [one, turns] of questions) {
            expect([one, turns, await ids(table, one, turns)]).toEqual([one, turns, scan(held, one)]);
          }
        }
      }),
      { numRuns: 40 },
    );
    await table.close();
  }, 300_000);

  it('finds the same among many contacts of one name, of one book and of many', async () => {
    const table = await openSearchTable(server);
    const books = Array.from({ length: 40 }, (_, n) => `book${n}`);
    const held = new Map<string, Write>();
    for (let n = 0; n < 3000; n += 1) {
      const book = n % 3 === 0 ? 'company' : (books[n % 40] as string);
      const given: ContactFields = {
        ...nameOf(n),
        company: `Firm ${n % 13} Ltd`,
        numbers: [{ type: 'business', number: `+44207946${String(n).padStart(4, '0')}` }],
      };
      held.set(`id${n}`, contact(`id${n}`, book, given));
    }
    await table.put([...held.values()]);
    const scopes = ['company', ...books, 'personal:1001', 'nowhere', 'company'];
    const texts = [
      'a',
      'ada',
      'ltd',
      'name',
      'name9',
      'ada lovelace',
      'ada name',
      'ad lo',
      'adam ada',
      'lovelace ltd',
      'a n',
      '7946',
      '0042',
      'ada 7946',
      'firm 12',
      'qqq',
    ];
    const some: Turns = { few: 100, ranked: 200, common: 300, steps: 400, blind: 400, leading: 300 };
    for (const text of texts) {
      for (const limit of [1, 50, 1000]) {
        for (const turns of [some, { ...some, steps: 100_000 }, { ...some, common: 0, steps: 41 }]) {
          const one = { scopes, text, limit };
          expect([text, limit, turns, await ids(table, one, turns)]).toEqual([text, limit, turns, scan(held, one)]);
        }
      }
    }
    expect(await ids(table, { scopes: ['nowhere'], text: 'ada', limit: 5 }, some)).toEqual([]);
    expect(await ids(table, { scopes: [], text: 'ada', limit: 5 }, some)).toEqual([]);
    await table.close();
  }, 120_000);

  it('takes names, words and texts of any length and any characters', async () => {
    const table = await openSearchTable(server);
    const long = 'ﷺ'.repeat(127);
    const held = new Map<string, Write>();
    const put = async (key: string, more: Partial<ContactFields>): Promise<void> => {
      held.set(key, contact(key, 'company', { lastName: 'x', numbers: [{ type: 'other', number: '1' }], ...more }));
    };
    await put('long', { firstName: long, lastName: long, company: '𠮷'.repeat(63), title: '太'.repeat(127) });
    await put('long too', { firstName: long, lastName: `${long}b` });
    await put('halves', { firstName: '\ud800', lastName: '\udc00 \u0000 \u0001' });
    await put('quotes', { firstName: "O'Neil \\ & | !", lastName: "'':*", company: '%_\n' });
    await put('mails', {
      emails: Array.from({ length: 20 }, (_, n) => ({ type: 'work', address: `${'é'.repeat(200)}${n}@x` })),
    });
    await table.put([...held.values()]);
    const turns: Turns = { few: 0, ranked: 2, common: 0, steps: 3, blind: 3, leading: 1 };
    const texts = [
      long.slice(0, 100),
      '太',
      '𠮷',
      "o'neil",
      "'",
      '\\',
      'éé',
      '\ud800',
      'x',
      '%',
      '1',
      'x & y',
      '\u0000x',
      'neil x',
      'a b c d e f g h i j k l m n o p q r',
      'x 123 1234 12345 123456 1234567 x1 x2 999 998 997 996',
    ];
    for (const text of texts) {
      const one = { scopes: ['company'], text, limit: 10 };
      expect([text, await ids(table, one, turns)]).toEqual([text, scan(held, one)]);
    }
    await table.close();
  });
});
