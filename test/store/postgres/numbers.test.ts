// Finding by number in the database: beside looking at every contact, and with few steps however many share a number.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { suffixOf } from '../../../src/domain/phone-number.ts';
import type { NumberQuestion, Write } from '../../../src/service/store.ts';
import { formOf, formsEnding } from '../../../src/store/postgres/numbers-forms.ts';
import { byBook, holder } from '../../contracts/by-number.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { openSearchTable, type SearchTable } from './search-table.ts';

const LONDON = '+442079460000';
const LEEDS = '+441139460000';
const KEYS = [LONDON, LEEDS, `${LONDON}x1`, '+49309460000', '#1001', '#19460000', '+441', '#*30', '#', '', 'ä\u0000'];
const BOOKS = ['a', 'b', ...Array.from({ length: 12 }, (_, n) => `personal:${n}`)];

let server: PostgresServer;
let table: SearchTable;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  table = await openSearchTable(server);
});
afterEach(() => table.close());

describe('the form of a key', () => {
  it('is of this key alone, and begins with the ending of the key for every length of endings', () => {
    const part = fc.constantFrom('+', '#', 'x', '0', '1', '12', '4420', '*', '946', 'ä', ' ', '+44', '\u0000');
    const key = fc.oneof(
      fc.constantFrom(...KEYS),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(key, key, fc.integer({ min: 1, max: 15 }), (one, other, lastDigits) => {
        expect(formOf(one) === formOf(other)).toBe(one === other);
        const ending = suffixOf(other, lastDigits);
        const [from = '', before = ''] = (ending !== undefined && formsEnding(ending)) || [];
        const isIn = ending !== undefined && formOf(one) >= from && formOf(one) < before;
        expect([one, ending, isIn]).toEqual([
          one,
          ending,
          ending !== undefined && suffixOf(one, lastDigits) === ending,
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('contacts by number in the database', () => {
  const book = fc.oneof(fc.constant('a'), fc.constantFrom(...BOOKS));
  const numbers = fc.array(fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 2 }), { maxLength: 3 });
  const created = fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z');
  const id = fc.nat(40).map(String);
  const write: fc.Arbitrary<Write> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(id, book, numbers, created).map((given) => holder(...given)) },
    { weight: 1, arbitrary: id.map((gone) => ({ table: 'contacts' as const, id: gone, value: null })) },
  );
  const asked: fc.Arbitrary<NumberQuestion> = fc.record({
    scopes: fc.oneof(fc.shuffledSubarray(BOOKS), fc.array(book, { maxLength: 3 })),
    keys: fc.array(fc.constantFrom(...KEYS), { maxLength: 3 }),
    ending: fc.constantFrom(undefined, '9460000', '460000', '1'),
  });
  const steps = fc.array(fc.tuple(fc.array(write, { maxLength: 40 }), asked), { minLength: 1, maxLength: 8 });

  it('are those whom looking at every contact finds, after any changes and for any length of endings', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(7, 6, 1, 0), async (changes, lastDigits) => {
        await table.sql.unsafe('truncate rollcall.contacts, rollcall.contact_search, rollcall.contact_numbers');
        const memory = new MemoryStore({ lastDigits });
        for (const [writes, question] of changes) {
          await memory.commit(writes);
          await table.put(writes);
          const [ours, theirs] = [await table.byNumber(question, lastDigits), await memory.byNumber(question)];
          expect([question, byBook(ours)]).toEqual([question, byBook(theirs)]);
        }
      }),
      { numRuns: 60 },
    );
    const [left] = await table.sql`select (select count(*)::int from rollcall.contact_search) as indexed,
      (select count(*)::int from rollcall.contacts) as contacts`;
    expect(left?.['indexed']).toBe(left?.['contacts']);
  });

  it('cost a few pages when 50,000 of one book and of 20,000 personal books share a number', async () => {
    const { sql } = table;
    const many = async (count: number, scope: string, key: string): Promise<void> => {
      await sql.unsafe(
        `with made as (
           select 'c' || $2 || n as id, replace($2, '%', n::text) as scope, to_char(n, 'FM000000') as created from generate_series(1, $1::int) n
         ), rows as (insert into rollcall.contacts select id, scope, '{}', 1 from made)
         insert into rollcall.contact_numbers select scope, $3, 0, created, id from made`,
        [count, scope, formOf(key)],
      );
    };
    await many(50_000, 'a', LONDON);
    await many(20_000, 'personal:%', LONDON);
    await many(20_000, 'b', LEEDS);
    const pages = async (scopes: string[], key: string, ending: string): Promise<{ found: number; few: boolean }> => {
      const [low, high] = formsEnding(ending) ?? [];
      const values = [scopes.join('\u0001'), formOf(key), low ?? null, high ?? null];
      const question = `rollcall.contacts_by_number_1(string_to_array($1, e'\\x01'), array[$2], $3, $4, 20)`;
      const rows = await sql.unsafe(`select id from ${question}`, values);
      const explained = await sql.unsafe(`explain (analyze, buffers, format json) select id from ${question}`, values);
      const [plan] = explained.flatMap((row) => row['QUERY PLAN'] as { Plan: Record<string, number> }[]);
      const touched = (plan?.Plan['Shared Hit Blocks'] ?? 1e9) + (plan?.Plan['Shared Read Blocks'] ?? 0);
      return { found: rows.length, few: touched < 700 };
    };
    const scopes = ['a', 'b', 'personal:7', 'personal:nobody'];
    expect(await pages(scopes, LONDON, '9460000')).toEqual({ found: 41, few: true });
    expect(await pages(scopes, '+4930123', '9460000')).toEqual({ found: 41, few: true });
    expect(await pages(scopes, '+4930123', '1230000')).toEqual({ found: 0, few: true });
  });
});
