// Rules T27 and T30 to T32 of docs/store.md, of what the database finds: beside looking at every contact.
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import type { Store } from '../../../src/service/store.ts';
import { numberRules } from '../../contracts/by-number.ts';
import { searchRules } from '../../contracts/searching.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { openSearchTable, type SearchTable } from './search-table.ts';

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

/** Of a store, what finds contacts. */
function asStore(): Store {
  const some = {
    commit: table.put,
    search: table.search,
    byNumber: (question: Parameters<SearchTable['byNumber']>[0]) => table.byNumber(question),
    find: async (_: string, ids: readonly string[]) => {
      const rows = await table.sql<{ id: string; value: string; rev: string }[]>`
        select id, value, rev from rollcall.contacts where id = any(${[...ids]})`;
      return new Map(rows.map(({ id, value, rev }) => [id, { id, value: JSON.parse(value), rev: Number(rev) }]));
    },
  };
  return some as unknown as Store;
}

describe('the rules of every store', () => {
  searchRules(asStore);
  numberRules(asStore);
});
