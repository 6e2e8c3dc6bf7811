// What is the PostgreSQL store's own: texts that a database takes ill, limits, what it forgets, and which databases it opens.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/domain/search.ts';
import type { Store, Table, Write } from '../../../src/service/store.ts';
import { forgetRemovals } from '../../../src/store/postgres/forgetting.ts';
import { oneConnection } from '../../../src/store/postgres/one-connection.ts';
import { indexAgain } from '../../../src/store/postgres/search-again.ts';
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

describe('a note that the database refuses', () => {
  it('is left out alone: those before and after it are written', async () => {
    const database = await newDatabase();
    const [store, other] = [await open(database), await open(database)];
    const tooLong = randomBytes(8000).toString('base64');
    const ids = Array.from({ length: 40 }, (_, n) => (n === 17 ? tooLong : String(n)));
    for (const id of ids) store.note([{ table: 'presence', id, value: { n: 1 } }]);
    await store.reported('store.note_refused');
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (rowsOf(other, 'presence').size < 39) return;
        stop();
        resolve();
      };
      const stop = other.subscribe(look);
      look();
    });
    await settle([store, other]);
    expect([...rowsOf(other, 'presence').keys()].sort()).toEqual(ids.filter((id) => id !== tooLong).sort());
    expect(rowsOf(store, 'presence').size).toBe(40);
    expect(store.reports.slice(1)).toEqual([['store.note_refused', { table: 'presence', code: 'SQLSTATE_54000' }]]);
  });
});

describe('a fault of the database that passes', () => {
  const raises = (code: string, when: string): string => `
    create sequence written;
    create function fails() returns trigger language plpgsql as $$ begin
      if ${when} then raise exception 'no' using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger fails before insert on rollcall.small for each row execute function fails()`;

  it('keeps notes until it is over, and says so once', async () => {
    const database = await newDatabase();
    const [store, sql] = [await open(database), sqlOf(database)];
    await sql.unsafe(raises('53100', 'true'));
    for (let n = 0; n < 10; n += 1) store.note([{ table: 'presence', id: String(n), value: { n } }]);
    await store.reported('store.database_refused');
    await sql`drop trigger fails on rollcall.small`;
    await sql.end();
    await store.reported('store.recovered');
    expect(rowsOf(await open(database), 'presence')).toEqual(rowsOf(store, 'presence'));
    expect(store.reports.slice(1)).toEqual([
      ['store.database_refused', { code: 'SQLSTATE_53100' }],
      ['store.recovered', undefined],
    ]);
  });

  it('is not noticed when another was spared: the same is sent again', async () => {
    const database = await newDatabase();
    const [store, sql] = [await open(database), sqlOf(database)];
    await sql.unsafe(raises('40P01', `nextval('written') in (1, 3)`));
    await sql.end();
    store.note([{ table: 'presence', id: '1', value: {} }]);
    const outcomes = await Promise.all(['1', '2'].map((id) => outcomeOf(store.commit([user(id)]))));
    await settle([store]);
    expect(outcomes.map((one) => typeof one)).toEqual(['number', 'number']);
    const later = await open(database);
    expect([[...rowsOf(later, 'users').keys()], rowsOf(later, 'presence').size]).toEqual([['1', '2'], 1]);
    expect(eventsOf(store)).toEqual(['store.opened']);
  });
});

describe('contacts that are indexed again', () => {
  it('are not written meanwhile, and a commit of some in another order takes effect after it', async () => {
    const database = await newDatabase();
    const store = await open(database);
    const sql = sqlOf(database);
    const ids = Array.from({ length: 30 }, (_, n) => `c${10 + n}`);
    await store.commit(ids.map((id) => contact(id, 'a')));
    await sql`update rollcall.contact_search set rules = 0`;
    const own = oneConnection(urlOf(database), { statementMs: 0 });
    // Holds the indexing up in the middle.
    await sql`begin`;
    await sql`select from rollcall.contact_search where id = 'c20' for update`;
    const indexed = indexAgain(own);
    await waiting(sql, 1);
    const written = store.commit([contact('c30', 'b'), contact('c15', 'b')]);
    await waiting(sql, 2);
    await sql`commit`;
    expect([await indexed, typeof (await written)]).toEqual([30, 'number']);
    expect([await store.count('contacts', 'a'), await store.count('contacts', 'b')]).toEqual([28, 2]);
    await own.end();
    await sql.end();
  });
});

describe('a row that is none of ours', () => {
  it.each(['Ada Lovelace +493012345', 'null', '"Ada"'])(
    'is left out and named, at the start and later: %s',
    async (text) => {
      const database = await newDatabase();
      const sql = sqlOf(database);
      const store = await open(database);
      await store.commit([user('1'), contact('1', 'a'), contact('2', 'a')]);
      await sql`with s as (update rollcall.state set rev = rev + 1 returning rev) insert into rollcall.small select 'users', 'bad', ${text}, rev from s`;
      await sql`update rollcall.contacts set value = ${text}, rev = (select rev from rollcall.state) where id = '2'`;
      await sql`select pg_notify('rollcall', (select rev::text from rollcall.state))`;
      const [rev] = await sql`select rev::int as n from rollcall.state`;
      await store.reported('store.row_unreadable', 2);
      await store.commit([user('2')]);
      const later = await open(database);
      for (const one of [store, later]) {
        expect([[...rowsOf(one, 'users').keys()], one.state]).toEqual([['1', '2'], 'open']);
        for (let n = 0; n < 2; n += 1) expect([...(await one.find('contacts', ['1', '2'])).keys()]).toEqual(['1']);
        const query = readQuery('lovelace');
        const hits = query ? await one.search({ scopes: ['a'], query, limit: 100 }) : [];
        expect(hits.map(({ id }) => id)).toEqual(['1']);
        const told = one.reports.filter(([event]) => event === 'store.row_unreadable').map(([, fields]) => fields);
        expect(told).toEqual(
          expect.arrayContaining(['users', 'contacts'].map((table) => ({ table, rev: rev?.['n'] }))),
        );
        expect(JSON.stringify(one.reports)).not.toContain('Ada');
      }
      await sql.end();
    },
  );
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

  it('in which not every name can be written is refused, and nothing is made in it', async () => {
    const sql = sqlOf('postgres');
    await sql.unsafe(`create database latin encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'`);
    await sql.end();
    await expect(openStore('latin')).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(/^The database of store\.url is kept as LATIN1, .* createdb --encoding UTF8 /),
    });
    const latin = sqlOf('latin');
    expect(await latin`select to_regnamespace('rollcall') as made`).toMatchObject([{ made: null }]);
    await latin.end();
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

/** Resolves when so many connections wait for another. */
async function waiting(sql: ReturnType<typeof sqlOf>, count: number): Promise<void> {
  for (;;) {
    const found = await sql`select from pg_locks where not granted and pid <> pg_backend_pid()`;
    if (found.length >= count) return;
  }
}
