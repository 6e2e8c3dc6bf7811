// Contacts that were indexed by older rules are indexed again.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readQuery } from '../../../src/domain/search.ts';
import { indexAgain, keepIndexed } from '../../../src/store/postgres/search-again.ts';
import { holder } from '../../contracts/by-number.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { FakeClusters } from '../../support/fake-cluster.ts';
import { openSearchTable } from './search-table.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

it('contacts that an older program indexed are found by the new rules, the others are left alone', async () => {
  const table = await openSearchTable(server);
  const query = readQuery('lovelace');
  const found = async (): Promise<number> =>
    query ? (await table.search({ scopes: ['a'], query, limit: 1000 })).length : -1;
  await table.put(Array.from({ length: 450 }, (_, n) => holder(`c${n}`, 'a', [`+44207946${1000 + n}`])));
  expect([await found(), await indexAgain(table.sql)]).toEqual([450, 0]);
  await table.sql`update rollcall.contact_search set rules = 0, words = '', forms = '{}', places = '{}' where id <> 'c7'`;
  await table.sql`delete from rollcall.contact_numbers where id <> 'c7'`;
  const keys = ['+442079461449'];
  const holders = async () => (await table.byNumber({ scopes: ['a'], keys, ending: undefined })).map(({ id }) => id);
  expect([await found(), await holders()]).toEqual([1, []]);
  expect(await indexAgain(table.sql)).toBe(449);
  expect([await found(), await holders(), await indexAgain(table.sql)]).toEqual([450, ['c449'], 0]);
  await table.close();
});

it('the daemon that gets the house duty indexes them, and says how many there were', async () => {
  const table = await openSearchTable(server);
  await table.put(Array.from({ length: 10 }, (_, n) => holder(`c${n}`, 'a', ['+442079460000'])));
  await table.sql`update rollcall.contact_search set rules = 0`;
  const old = async () => (await table.sql`select from rollcall.contact_search where rules = 0`).length;
  const lines: unknown[] = [];
  let tell = (): void => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const report = (...line: unknown[]): void => {
    lines.push(line);
    tell();
  };
  const daemons = new FakeClusters();
  const [first, second] = [daemons.join('first'), daemons.join('second')];
  const stop = keepIndexed({ url: table.url, duty: second.houseDuty, report });
  await stop();
  expect([await old(), lines]).toEqual([10, []]);
  const stopAgain = keepIndexed({ url: table.url, duty: second.houseDuty, report });
  await first.leave();
  await told;
  await stopAgain();
  expect([await old(), lines]).toEqual([0, [['store.indexed_again', { contacts: 10 }]]]);
  await table.close();
});
