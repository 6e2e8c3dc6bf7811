// What is the PostgreSQL store's own: texts that a database takes ill, limits, what it forgets, and which databases it opens.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/domain/search.ts';
import type { Store, Table, Write } from '../../../src/service/store.ts';
import { forgetRemovals } from '../../../src/store/postgres/forgetting.ts';
import { contact, contactValue } from '../../contracts/large-tables.ts';
import { TcpProxy } from '../../support/proxy.ts';
import { outcomeOf, rowsOf, settle } from './support/daemons.ts';
import {
  bareDatabase,
  newDatabase,
  openStore,
  type StoreUnderTest,
  sqlOf,
  theServer,
  urlOf,
  useServer,
} from './support/database.ts';

useServer();

const opened: Store[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});

async function open(database: string, options: Parameters<typeof openStore>[1] = {}): Promise<StoreUnderTest> {
  const store = await openStore(database, options);
  opened.push(store);
  return store;
}

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const eventsOf = ({ reports }: StoreUnderTest): string[] => reports.map(([event]) => event);

describe('texts of every kind', () => {
  const TEXTS = [
    '__proto__',
    '\u0000',
    'a\u0000b',
    '\u0001',
    '\u0001\u0001',
    '\\',
    '\\"a"',
    '\ud800',
    'a\udc00b',
    '😀',
    '\uffff',
    `'; drop schema rollcall cascade; --`,
    '{"a"}',
    'NULL',
    '$1',
    '\r\n\t',
  ];
  const value = { text: TEXTS.join('|'), deep: { ['__proto__']: TEXTS } };

  it('come to other daemons and after a restart as they went in, as ids, scopes, targets and values', async () => {
    const database = await newDatabase();
    const [store, other] = [await open(database), await open(database)];
    await store.commit(TEXTS.flatMap((id) => [user(id, value), contact(id, id, { id })]));
    await store.commit(TEXTS.map((id) => ({ table: 'favorites', id, value: { owner: id, target: id } })));
    store.note(TEXTS.map((id) => ({ table: 'presence', id, value })));
    await settle([store, other]);
    for (const one of [store, other, await open(database)]) {
      for (const table of ['users', 'presence'] as Table[])
        expect(rowsOf(one, table)).toEqual(new Map(TEXTS.map((id) => [id, value])));
      const found = await one.find('contacts', TEXTS);
      expect(new Map([...found].map(([id, row]) => [id, row.value]))).toEqual(
        new Map(TEXTS.map((id) => [id, contactValue(id, { id })])),
      );
      expect(await one.counts('contacts')).toEqual(new Map(TEXTS.map((id) => [id, 1])));
      expect((await one.marksOn(TEXTS)).map(({ id }) => id).sort()).toEqual([...TEXTS].sort());
      for (const scope of TEXTS) {
        const slice = await one.read({ table: 'contacts', scope, since: null, removedSince: null, limit: 5 });
        expect([slice.rows.map(({ id }) => id), await one.count('contacts', scope)]).toEqual([[scope], 1]);
      }
      const query = readQuery('lovelace');
      const hits = query ? await one.search({ scopes: TEXTS, query, limit: 100 }) : [];
      expect(hits.map(({ id }) => id).sort()).toEqual([...TEXTS].sort());
    }
    const told: string[] = [];
    other.subscribe(({ writes }) => told.push(...writes.map(({ id, scope }) => `${id} ${scope}`)));
    await store.commit(TEXTS.map((id) => ({ table: 'contacts', id, value: null })));
    await settle([store, other]);
    for (const id of TEXTS) expect(told).toContain(`${id} ${id}`);
  });

  it('may be long, and many', async () => {
    const database = await newDatabase();
    const [store, other] = [await open(database), await open(database)];
    const long = { text: 'ß😀"\\'.repeat(12_000) };
    await store.commit([user('1', long), contact('1', 'a', long)]);
    store.note([{ table: 'presence', id: '1', value: long }]);
    await settle([store, other]);
    expect([other.get('users', '1')?.value, other.get('presence', '1')?.value]).toEqual([long, long]);
    expect((await other.find('contacts', ['1'])).get('1')?.value).toEqual(contactValue('a', long));
  });
});

describe('a commit that the database refuses', () => {
  it('is refused alone: what was asked in the same turn takes effect, in its order', async () => {
    const store = await open(await newDatabase());
    const tooLong = randomBytes(8000).toString('base64');
    store.note([{ table: 'presence', id: '1', value: {} }]);
    const outcomes = await Promise.all([
      outcomeOf(store.commit([user('1')])),
      outcomeOf(store.commit([user('2'), contact(tooLong, 'a')])),
      outcomeOf(store.commit([user('3')])),
    ]);
    expect([outcomes[1], outcomes.map((one) => typeof one)]).toEqual(['refused', ['number', 'string', 'number']]);
    expect(Number(outcomes[0])).toBeLessThan(Number(outcomes[2]));
    expect([...rowsOf(store, 'users').keys()]).toEqual(['1', '3']);
    await settle([store]);
    expect([eventsOf(store), store.state]).toEqual([
      ['store.opened', 'store.database_refused', 'store.recovered'],
      'open',
    ]);
    expect(store.reports[1]).toEqual(['store.database_refused', { code: 'SQLSTATE_54000' }]);
  });
});

describe('limits', () => {
  it('refuses commits that would make too much wait for a database that hangs, and takes them again later', async () => {
    const database = await newDatabase();
    const proxy = await TcpProxy.to(theServer().port);
    const store = await open(database, {
      ...{ url: theServer().url({ database, port: proxy.port }), waitingCharacters: 1000 },
    });
    await store.commit([user('0')]);
    proxy.reading(false);
    const underWay = store.commit([user('1')]);
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = ['2', '3', '4'].map((id) => outcomeOf(store.commit([user(id, { text: 'x'.repeat(400) })])));
    expect(await waiting[2]).toBe('refused');
    proxy.reading(true);
    await Promise.all([underWay, ...waiting]);
    await store.commit([user('5', { text: 'x'.repeat(4000) })]);
    expect([...rowsOf(store, 'users').keys()]).toEqual(['0', '1', '2', '3', '5']);
    await store.close();
    await proxy.close();
  });

  it('remembers so many removals, and tells everything to who asks for older ones', async () => {
    const database = await newDatabase();
    const store = await open(database);
    const ids = Array.from({ length: 30 }, (_, n) => String(n));
    const start = await store.commit(ids.flatMap((id) => [user(id), contact(id, Number(id) < 25 ? 'a' : 'b')]));
    const revs: number[] = [];
    for (const id of ids.slice(0, 22))
      revs.push(await store.commit([user(id, null), { table: 'contacts', id, value: null }]));
    await store.commit([{ table: 'contacts', id: '29', value: null }]);
    const sql = sqlOf(database);
    await forgetRemovals(sql, 20);
    await sql.end();
    const resets = (one: Store) =>
      Promise.all(
        [start, ...revs].map(async (since) => {
          const slice = await one.read({ table: 'contacts', scope: 'a', since, removedSince: null, limit: 99 });
          return [one.changes('users', since).reset, slice.reset, slice.removed.length];
        }),
      );
    const gone = (n: number) => [n < 4, n < 5, n < 5 ? 0 : 22 - n];
    const other = await open(database);
    expect(await resets(other)).toEqual(Array.from({ length: 23 }, (_, n) => gone(n)));
    const ofB = await store.read({ table: 'contacts', scope: 'b', since: start, removedSince: null, limit: 99 });
    expect([ofB.reset, ofB.removed]).toEqual([false, ['29']]);
  });
});

describe('a database', () => {
  it('that is empty is made ready by as many daemons as come at once', async () => {
    const database = await bareDatabase();
    const stores = await Promise.all([open(database), open(database), open(database)]);
    await settle(stores);
    expect(new Set(stores.map(({ epoch }) => epoch)).size).toBe(1);
  });

  it('that a newer version has changed is opened when that version says so, and refused when not', async () => {
    const database = await newDatabase();
    const sql = sqlOf(database);
    await sql`insert into rollcall.migrations (number, name) values (9999, 'of the future')`;
    await (await open(database)).commit([user('1')]);
    await sql`update rollcall.state set compatible_from = 9999`;
    await sql.end();
    await expect(openStore(database)).rejects.toMatchObject({
      name: 'OperatorError',
      message:
        'The database was brought up to date by a newer version of rollcall, which this one cannot work beside: run that version.',
    });
  });

  it('that is not there, or cannot be reached, is one line without the password', async () => {
    const wrong = {
      'no such database': urlOf('nothing'),
      'nobody listens': 'postgres://ada:secret@127.0.0.1:1/db',
      'no such host': 'postgres://ada:secret@nowhere.invalid/db',
    };
    for (const url of Object.values(wrong)) {
      const fault: unknown = await openStore('', { url }).catch((error: unknown) => error);
      expect(fault).toMatchObject({ name: 'OperatorError' });
      expect(String(fault)).toMatch(
        /^OperatorError: The database of store\.url cannot be used \([A-Z0-9_]+\): [^\n]+$/,
      );
      expect(String(fault)).not.toContain('secret');
    }
  });
});
