import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { LoginRow } from '../../src/service/logins-row.ts';
import type { Store } from '../../src/service/store.ts';
import { newDatabase, openStore, useServer } from '../store/postgres/support/database.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { counts, NONE, person } from '../support/import-house.ts';
import { ALICE, rejection } from '../support/log-in-house.ts';
import { paper } from '../support/paper-file.ts';
import { as, openDaemon } from '../support/two-daemons.ts';

useServer();

const ADMIN = as('1000', true);

async function openHouse() {
  const database = await newDatabase();
  const clusters = new FakeClusters();
  const open = async (name: string) =>
    openDaemon({ store: await openStore(database), cluster: clusters.join(name), clock: new HandClock() });
  const [a, b] = [await open('a'), await open('b')];
  await Promise.all([a.books.start(), b.books.start()]);
  await a.users.set({ id: '1000', admin: true });
  await a.users.set(ALICE);
  await until(b.store, () => b.users.get('1001') !== undefined);
  house = { a, b };
  return house;
}

let house: { readonly a: Opened; readonly b: Opened } | undefined;
type Opened = ReturnType<typeof openDaemon<Awaited<ReturnType<typeof openStore>>, ReturnType<FakeClusters['join']>>>;

afterEach(async () => {
  if (!house) return;
  for (const { stop, store } of [house.a, house.b]) {
    await stop();
    await store.close();
  }
});

/** Resolves when the feed has told what makes it so. */
function until(store: Store, isSo: () => boolean): Promise<void> {
  if (isSo()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

const codes = async (...calls: Promise<unknown>[]) =>
  (await Promise.allSettled(calls)).map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as Failure).code));

describe('two daemons on one database', () => {
  test('know a token at once, however often and wherever it is renewed', async () => {
    const { a, b } = await openHouse();
    let last: { token: string; tokenId: string } = await a.logIn('1001', ALICE.password);
    const [{ id = '' } = {}] = a.logins.list('1001');
    for (let n = 0; n < 20; n++) {
      const [next, given] = n % 2 === 0 ? [b, last] : [a, last];
      expect((await next.logins.admit(given.token)).login.id).toBe(id);
      last = await next.logins.renew(id, given.tokenId);
    }
    expect(await rejection(Promise.resolve(b.logins.admit('x'.repeat(43))))).toEqual(
      new Failure('unauthorized', 'the log-in was refused'),
    );
  });

  test('end the sessions of a revoked log-in for the same reason, and never bring it back', async () => {
    const { a, b } = await openHouse();
    const { login, token, tokenId } = await b.logIn('1001', ALICE.password);
    await a.logins.admit(token);
    const done = await codes(
      a.logins.revoke('1001', login.id),
      b.logins.renew(login.id, tokenId),
      a.logins.renew(login.id, tokenId),
    );
    expect(done[0]).toBe('done');
    await until(b.store, () => b.ended.length > 0);
    expect([a.ended, b.ended]).toEqual(Array(2).fill([{ login: login.id, extension: '1001', why: 'revoked' }]));
    expect([...b.store.all('logins')].map(({ value }) => (value as LoginRow).tokens)).toEqual([[]]);
  });

  test('make no log-in with a password that one of them has changed', async () => {
    const { a, b } = await openHouse();
    for (let n = 0; n < 20; n++) {
      const [old, next] = n % 2 === 0 ? [ALICE.password, 'alice keeps cats'] : ['alice keeps cats', ALICE.password];
      await codes(a.users.set({ id: '1001', password: next }), b.logIn('1001', old), a.logIn('1001', old));
      const { login } = await b.logIn('1001', next);
      expect([...b.store.all('logins')].map(({ id }) => id)).toEqual([login.id]);
      for (const { clock } of [a, b]) clock.pass(3_600_000);
    }
  });

  test('count wrong log-ins together', async () => {
    const { a, b } = await openHouse();
    for (let n = 0; n < 6; n++) a.throttle.begin('1001', '192.0.2.7').wrong();
    await until(b.store, () => [...b.store.all('tallies')].length === 3);
    expect(() => b.throttle.begin('1001', '192.0.2.7')).toThrow('too many log-ins');
    b.clock.pass(2_000);
    b.throttle.begin('1001', '192.0.2.7').right();
    await until(a.store, () => [...a.store.all('tallies')].every(({ id }) => !id.startsWith('a pair')));
    a.throttle.begin('1001', '192.0.2.7').unused();
  });

  test('give an e-mail to one user', async () => {
    const { a, b } = await openHouse();
    for (let n = 0; n < 10; n++) {
      const email = `${n}@example.com`;
      const both = await codes(a.users.set({ id: '2001', email }), b.users.set({ id: '2002', email }));
      expect([...both].sort()).toEqual(['conflict', 'done']);
    }
  });

  test('import the same file at once, and its contacts are there once', async () => {
    const { a, b } = await openHouse();
    const people = Array.from({ length: 500 }, (_, n) => person(`Ann ${n}`, `07700 900${String(n).padStart(3, '0')}`));
    const file = { book: 'company', bytes: paper(people), onDuplicate: 'update' as const, dryRun: false };
    const reports = await Promise.all([a.imports.run(ADMIN, file), b.imports.run(ADMIN, file)]);
    expect(reports.map(counts).sort((one, other) => other.added - one.added)).toEqual([
      { ...NONE, rows: 500, added: 500 },
      { ...NONE, rows: 500, unchanged: 500 },
    ]);
    expect(await a.store.count('contacts', 'company')).toBe(500);
  });

  test('sweep what is left of a user once, before his number is given again', async () => {
    const { a, b } = await openHouse();
    const people = Array.from({ length: 450 }, (_, n) => person(`Ann ${n}`, `07700 900${String(n).padStart(3, '0')}`));
    const file = { book: 'personal', bytes: paper(people), onDuplicate: 'update' as const, dryRun: false };
    await b.imports.run(as('1001'), file);
    await Promise.all([b.users.remove('1001'), a.users.set({ ...ALICE, name: 'Another' }).catch(() => undefined)]);
    await b.users.set({ ...ALICE, name: 'Another' });
    expect(await b.store.count('contacts', 'personal:1001')).toBe(0);
    await b.contacts.create(as('1001'), { book: 'personal', contact: person('Bob', '07700 900999') });
    await a.sweeper.idle('personal:1001');
    expect(await a.store.count('contacts', 'personal:1001')).toBe(1);
  });
});
