import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContact } from '../../src/domain/contact.ts';
import { numberKeys } from '../../src/domain/phone-number.ts';
import { compareHits, readQuery, score, searchable } from '../../src/domain/search.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { SearchIndex } from '../../src/store/files/search-index.ts';
import { PAGE } from '../../src/store/files/search-page.ts';

const GB = { country: 'GB', outsideLine: '' };
const FIRST = ['Ada', 'Adam', 'Zoë', 'Mary Ann', 'Jean-Luc', '太郎', ''];
const LAST = ['Lovelace', 'Love', 'Müller', 'O’Brien', 'de la Cruz', ''];
const FIRMS = ['Acme Ltd', 'Adam & Sons', 'Zürich 54', ''];
const NUMBERS = ['020 7946 0000', '+44 20 7946 0001', '1001', '*30', '+49 30 123456', '0800 FLOWERS', '10', '207946'];
const TEXTS = [
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
];
const DIGITS = [
  '0',
  '1',
  '10',
  '100',
  '44',
  '442',
  '020',
  '7946',
  '79460',
  '0207946',
  '020 7946 0000',
  '+49 30',
  'ada 7946',
  '30',
];

function row(book: string, [first, last, firm, a, b]: readonly number[], mail = ''): ContactRow {
  const of = (list: readonly string[], at = 0) => list[at % list.length] ?? '';
  const fields = readContact({
    firstName: of(FIRST, first),
    lastName: of(LAST, last),
    company: of(FIRMS, firm) || 'Nameless',
    numbers: [...new Set([of(NUMBERS, a), of(NUMBERS, b)])].map((number) => ({ type: 'other', number })),
    ...(mail ? { emails: [{ type: 'work', address: mail }] } : {}),
  });
  const keys = fields.numbers.map(({ number }) => numberKeys(number, GB));
  return { book, rev: 1, fields, keys, created: '', updated: '', createdBy: '', updatedBy: '' };
}

/** The plain definition: all contacts of the books, looked at from first to last. */
function scan(rows: ReadonlyMap<string, ContactRow>, scopes: readonly string[], text: string, limit: number): string[] {
  const query = readQuery(text);
  if (!query) throw new Error(`nothing to search for in ${text}`);
  return [...rows]
    .filter(([, { book }]) => scopes.includes(book))
    .map(([id, { fields, keys }]) => ({ id, contact: searchable(fields, keys) }))
    .map(({ id, contact }) => ({ id, score: score(query, contact), name: contact.name }))
    .filter((hit) => hit.score > 0)
    .sort(compareHits)
    .slice(0, limit)
    .map(({ id }) => id);
}

async function find(
  index: SearchIndex,
  scopes: readonly string[],
  text: string,
  limit = 50,
): Promise<readonly string[]> {
  const query = readQuery(text);
  if (!query) throw new Error(`nothing to search for in ${text}`);
  return index.search({ scopes, query, limit });
}

function* many(count: number, book = 'company'): Generator<[string, ContactRow]> {
  for (let i = 0; i < count; i += 1) {
    yield [`${book}-${i}`, row(book, [i, i >> 2, i >> 4, i * 7, i * 11], `p${i}@example.com`)];
  }
}

function filled(count: number, index = new SearchIndex()): { index: SearchIndex; rows: Map<string, ContactRow> } {
  const rows = new Map(many(count));
  for (const [id, one] of rows) index.put(id, one);
  return { index, rows };
}

describe('the search index', () => {
  it('answers as looking through all does, with contacts loose, being built, and built', async () => {
    const { index, rows } = filled(3 * PAGE + 100);
    for (const text of [...TEXTS, ...DIGITS]) {
      for (const limit of [1, 50, 10_000]) {
        expect(await find(index, ['company'], text, limit), text).toEqual(scan(rows, ['company'], text, limit));
      }
    }
    expect(index.build()).toBe(false);
    expect(await find(index, ['company'], `p${PAGE + 5}@example.com`, 1)).toEqual([`company-${PAGE + 5}`]);
  });

  it('answers the same after any puts, moves and removals', async () => {
    const books = ['company', 'personal:1001', 'sales'];
    const part = fc.nat(20);
    const command = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          id: fc.nat(40),
          book: fc.nat(2),
          parts: fc.array(part, { minLength: 5, maxLength: 5 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ id: fc.nat(40) }) },
      { weight: 1, arbitrary: fc.record({ from: fc.nat(4000), fill: fc.boolean() }) },
      { weight: 1, arbitrary: fc.constant('build' as const) },
    );
    const question = fc.record({
      scopes: fc.subarray(books, { minLength: 1 }),
      text: fc.constantFrom(...TEXTS, ...DIGITS),
      limit: fc.constantFrom(1, 3, 50),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(command, { maxLength: 60 }),
        fc.array(question, { minLength: 3, maxLength: 6 }),
        async (commands, questions) => {
          const { index, rows } = filled(PAGE);
          for (const [at, one] of commands.entries()) {
            if (one === 'build') index.build();
            else if ('fill' in one) {
              // Half a page at once: what is left of a page gathers again.
              for (let i = one.from; i < one.from + PAGE / 2 + 8; i += 1) {
                const id = `company-${i % PAGE}`;
                const next = row('company', [i, at, i >> 3, at, i]);
                if (one.fill) {
                  rows.set(id, next);
                  index.put(id, next);
                } else {
                  rows.delete(id);
                  index.remove(id);
                }
              }
            } else if ('parts' in one) {
              const next = row(books[one.book] ?? '', one.parts);
              rows.set(`x${one.id}`, next);
              index.put(`x${one.id}`, next);
            } else {
              rows.delete(`x${one.id}`);
              index.remove(`x${one.id}`);
            }
            const { scopes, text, limit } = questions[at % questions.length] ?? { scopes: [], text: 'a', limit: 1 };
            if (at % 7 === 0) expect(await find(index, scopes, text, limit)).toEqual(scan(rows, scopes, text, limit));
          }
          for (const { scopes, text, limit } of questions) {
            expect(await find(index, scopes, text, limit)).toEqual(scan(rows, scopes, text, limit));
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('finds nothing in books that are empty, unknown or not named', async () => {
    const index = new SearchIndex();
    index.put('a', row('personal:1001', [0, 0, 0, 0, 0]));
    expect(await find(index, [], 'ada')).toEqual([]);
    expect(await find(index, ['company', 'personal:100', '__proto__'], 'ada')).toEqual([]);
    expect(await find(index, ['personal:1001', 'personal:1001'], 'ada')).toEqual(['a']);
    index.remove('a');
    index.remove('a');
    expect(await find(index, ['personal:1001'], 'ada')).toEqual([]);
  });

  it('follows a contact that moves and changes', async () => {
    const index = new SearchIndex();
    index.put('a', row('company', [0, 0, 0, 0, 0]));
    index.put('a', row('sales', [2, 2, 0, 2, 2]));
    expect(await find(index, ['company'], 'ada')).toEqual([]);
    expect(await find(index, ['sales', 'company'], 'ada')).toEqual([]);
    expect(await find(index, ['sales', 'company'], 'zoe')).toEqual(['a']);
    expect(await find(index, ['sales'], '1001')).toEqual(['a']);
    expect(await find(index, ['sales'], '7946')).toEqual([]);
  });

  it('is built in steps, after which there is nothing to do', () => {
    const { index } = filled(4 * PAGE + 10);
    let steps = 0;
    while (index.build()) steps += 1;
    expect(steps).toBeGreaterThanOrEqual(4);
    expect(index.build()).toBe(false);
  });

  it('lets others have their turn while a first search prepares many contacts', async () => {
    const { index, rows } = filled(12 * PAGE);
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    const found = await find(index, ['company'], 'love', 20);
    done = true;
    expect(turns).toBeGreaterThan(1);
    expect(found).toEqual(scan(rows, ['company'], 'love', 20));
  });

  it('answers rightly while contacts come, go and change between its steps', async () => {
    const { index, rows } = filled(3 * PAGE, new SearchIndex({ stepMs: -1 }));
    let at = 0;
    let done = false;
    const changeOne = (): void => {
      const id = `company-${(at * 37) % (3 * PAGE)}`;
      if (at % 3 === 0) {
        rows.delete(id);
        index.remove(id);
      } else {
        const next = row('company', [0, at, at, at, at]);
        rows.set(id, next);
        index.put(id, next);
      }
      at += 1;
    };
    const change = (): void => {
      if (done) return;
      for (let i = 0; i < 20; i += 1) changeOne();
      setImmediate(change);
    };
    setImmediate(change);
    for (const text of ['ada', 'z', '7946', 'love']) {
      const before = at;
      const found = await find(index, ['company'], text, 10_000);
      expect(at).toBeGreaterThan(before);
      expect(found).toEqual(scan(rows, ['company'], text, 10_000));
    }
    done = true;
  });

  it('shrinks when most of its contacts go, and answers the same', async () => {
    const { index, rows } = filled(6 * PAGE);
    while (index.build());
    for (const id of [...rows.keys()]) {
      if (id.endsWith('7')) continue;
      rows.delete(id);
      index.remove(id);
    }
    expect(index.batches).toBeLessThanOrEqual(2 * Math.ceil(rows.size / PAGE) + 1);
    for (const text of TEXTS) expect(await find(index, ['company'], text)).toEqual(scan(rows, ['company'], text, 50));
  });

  it('does not grow when the same contacts change for ever', async () => {
    const { index, rows } = filled(2 * PAGE);
    for (let round = 0; round < 20; round += 1) {
      for (const [id, one] of rows) if ((id.length + round) % 3 > 0) index.put(id, one);
      while (index.build());
      expect(index.batches).toBeLessThanOrEqual(2 * 2 + 1);
    }
    for (const id of rows.keys()) index.remove(id);
    expect(index.batches).toBe(0);
  });
});
