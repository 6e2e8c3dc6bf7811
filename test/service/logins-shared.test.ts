import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { LoginRow } from '../../src/service/logins-row.ts';
import { turn } from '../support/board-house.ts';
import { ALICE, DESK, HOME, rejection } from '../support/log-in-house.ts';
import { type Daemon, openTwo } from '../support/two-daemons.ts';

const DAY = 86_400_000;
const REFUSED = new Failure('unauthorized', 'the log-in was refused');
const ACTOR = { extension: '1001', address: HOME };

async function openWithAlice(parts?: Parameters<typeof openTwo>[0]) {
  const house = openTwo(parts);
  await house.a.users.set(ALICE);
  return house;
}

const rowsOf = ({ behind }: Pick<Awaited<ReturnType<typeof openWithAlice>>, 'behind'>) =>
  [...behind.all('logins')].map(({ value }) => value as LoginRow);

function refusalOf({ logins }: Daemon, token: string): unknown {
  try {
    return logins.resume(token);
  } catch (error) {
    return error;
  }
}

/** What became of each. */
async function outcomes(...calls: Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as Failure).code));
}

describe('a token', () => {
  test('of another daemon opens its log-in here, and is renewed here', async () => {
    const { a, b } = await openWithAlice();
    const { token, login, tokenId } = await a.logIn('1001', ALICE.password);
    expect((await b.logins.admit(token)).login).toEqual(login);
    const renewed = await b.logins.renew(login.id, tokenId);
    expect((await a.logins.admit(renewed.token)).login.id).toBe(login.id);
  });

  test('is waited for that was given out a moment ago and is not heard of yet', async () => {
    const { a, b } = await openWithAlice();
    b.store.lags = true;
    const { token, login, tokenId } = await a.logIn('1001', ALICE.password);
    expect(refusalOf(b, token)).toEqual(REFUSED);
    expect((await b.logins.admit(token, { client: DESK, address: HOME })).login).toEqual(login);
    const renewed = await a.logins.renew(login.id, tokenId);
    expect((await b.logins.admit(renewed.token)).tokenId).toBe(renewed.tokenId);
  });

  test('that was never given is refused, and while the database is away nobody can say so', async () => {
    const { behind, b } = await openWithAlice();
    expect(await rejection(Promise.resolve(b.logins.admit('x'.repeat(43))))).toEqual(REFUSED);
    behind.read = () => Promise.reject(new Failure('storage', 'the database is away'));
    expect(await rejection(Promise.resolve(b.logins.admit('x'.repeat(43))))).toMatchObject({ code: 'storage' });
  });

  test('asked for by a thousand strangers at once costs two questions to the store', async () => {
    const { behind, b } = await openWithAlice();
    let asked = 0;
    const read = behind.read.bind(behind);
    behind.read = (question) => {
      asked += 1;
      return read(question);
    };
    const strangers = Array.from({ length: 1_000 }, (_, n) => Promise.resolve(b.logins.admit(`stranger ${n}`)));
    expect(new Set(await outcomes(...strangers))).toEqual(new Set(['unauthorized']));
    expect(asked).toBe(2);
  });

  test('that two daemons renew at once has two that follow, and is good for five minutes', async () => {
    const { a, b } = await openWithAlice();
    const { token, tokenId, login } = await a.logIn('1001', ALICE.password);
    b.store.lags = true;
    const [first, second] = await Promise.all([a.logins.renew(login.id, tokenId), b.logins.renew(login.id, tokenId)]);
    for (const clock of [a.clock, b.clock]) clock.pass(6 * 60_000);
    for (const daemon of [a, b]) {
      expect(daemon.logins.resume(first.token).login.id).toBe(login.id);
      expect(daemon.logins.resume(second.token).login.id).toBe(login.id);
      expect(refusalOf(daemon, token)).toEqual(REFUSED);
    }
  });
});

describe('a revoked log-in', () => {
  test('ends at every daemon for the same reason, and its row goes a minute later', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const { token, login } = await b.logIn('1001', ALICE.password);
    await a.logins.revoke('1001', login.id);
    const ended = [{ login: login.id, extension: '1001', why: 'revoked' }];
    expect([a.ended, b.ended]).toEqual([ended, ended]);
    for (const daemon of [a, b]) {
      expect(refusalOf(daemon, token)).toEqual(REFUSED);
      expect(daemon.logins.list('1001')).toEqual([]);
    }
    const { platform } = DESK;
    const row = { id: login.id, extension: '1001', platform, version: '', since: login.since, address: '' };
    expect(rowsOf(house)).toEqual([{ ...row, tokens: [], ended: 'revoked' }]);
    const gone = new Promise<void>((resolve) => house.behind.subscribe(() => resolve()));
    a.clock.pass(60_000);
    await gone;
    expect(rowsOf(house)).toEqual([]);
    expect([a.ended, b.ended]).toEqual([ended, ended]);
  });

  test('is no log-in after a start, and what a dead daemon left of it is removed by the one with the house duty', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const { token, login } = await b.logIn('1001', ALICE.password);
    await b.logins.revoke('1001', login.id);
    await b.stop();
    await a.logins.sweep();
    expect(rowsOf(house)).toEqual([]);
    expect(refusalOf(a, token)).toEqual(REFUSED);
  });

  test.each(['renewed', 'seen elsewhere', 'prolonged'])(
    'does not come back when it is %s at that moment',
    async (how) => {
      const house = await openWithAlice();
      const { a, b } = house;
      const { token, tokenId, login } = await a.logIn('1001', ALICE.password);
      b.logins.hold(login.id);
      b.clock.pass(10 * DAY);
      b.store.lags = true;
      await a.logins.revoke('1001', login.id);
      if (how === 'renewed') expect(await rejection(b.logins.renew(login.id, tokenId))).toEqual(REFUSED);
      else if (how === 'prolonged') await b.logins.sweep();
      else {
        // B has not heard of it: the session is opened, and ends as soon as B hears.
        const heard = new Promise<void>((resolve) => b.logins.subscribe(() => resolve()));
        b.logins.resume(token, { client: DESK, address: '198.51.100.1' });
        await heard;
      }
      expect(rowsOf(house).map(({ ended, tokens }) => [ended, tokens])).toEqual([['revoked', []]]);
      expect(refusalOf(b, token)).toEqual(REFUSED);
      expect(b.ended).toEqual([{ login: login.id, extension: '1001', why: 'revoked' }]);
      expect(b.said.filter(([event]) => event === 'login.upkeep_failed')).toEqual([]);
    },
  );

  test('that closed itself, and those of a removed user, end as refused elsewhere', async () => {
    const { a, b } = await openWithAlice();
    const first = await a.logIn('1001', ALICE.password);
    const second = await a.logIn('1001', ALICE.password);
    await a.logins.close(first.login.id);
    await a.users.remove('1001');
    expect(b.ended.map(({ login, why }) => [login, why])).toEqual([
      [first.login.id, 'refused'],
      [second.login.id, 'refused'],
    ]);
  });
});

describe('what a client is seen to be', () => {
  test('and a renewal at another daemon at that moment are both kept', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const { token, tokenId, login } = await a.logIn('1001', ALICE.password);
    b.store.lags = true;
    const renewed = await a.logins.renew(login.id, tokenId);
    const written = new Promise<void>((resolve) => house.behind.subscribe(() => resolve()));
    b.logins.resume(token, { client: { ...DESK, version: '2.0' }, address: '198.51.100.1' });
    await written;
    const [row] = rowsOf(house);
    expect([row?.version, row?.address]).toEqual(['2.0', '198.51.100.1']);
    expect(row?.tokens.map(({ hash, superseded }) => [hash, superseded])).toEqual([
      [renewed.tokenId, undefined],
      [tokenId, true],
    ]);
  });

  test('at one daemon makes its address trusted at all', async () => {
    const { a, b } = await openWithAlice();
    await a.logIn('1001', ALICE.password, '203.0.113.77');
    for (let n = 0; n < 51; n++) b.throttle.begin('1001', `198.51.${n}.1`).wrong();
    expect(() => b.throttle.begin('1001', '198.51.100.9')).toThrow('too many');
    b.throttle.begin('1001', '203.0.113.77').unused();
  });
});

describe('a log-in that is used', () => {
  test('at one daemon only is not swept away by another, over many months', async () => {
    const { a, b } = await openWithAlice();
    const { login, token } = await b.logIn('1001', ALICE.password);
    b.logins.hold(login.id);
    for (let day = 0; day < 100; day++) {
      for (const clock of [a.clock, b.clock]) clock.pass(DAY + 1);
      await b.logins.sweep();
      await a.logins.sweep();
    }
    expect(b.logins.resume(token).login.id).toBe(login.id);
  });

  test('and is prolonged while another daemon takes it for expired stays', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const { login } = await b.logIn('1001', ALICE.password);
    b.logins.hold(login.id);
    b.clock.pass(30 * DAY - 1_000);
    a.clock.pass(30 * DAY + 1_000);
    a.store.lags = true;
    await b.logins.sweep();
    await a.logins.sweep();
    expect(rowsOf(house).map(({ id }) => id)).toEqual([login.id]);
  });

  test('up is removed by the daemon with the house duty alone', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    await b.logIn('1001', ALICE.password);
    for (const clock of [a.clock, b.clock]) clock.pass(31 * DAY);
    const commits: unknown[] = [];
    house.behind.subscribe((commit) => commits.push(commit));
    await b.logins.sweep();
    expect([commits, rowsOf(house).length]).toEqual([[], 1]);
    await a.logins.sweep();
    expect(rowsOf(house)).toEqual([]);
  });
});

describe('a log-in of which a daemon has not heard yet', () => {
  test.each([
    ['a new password is set', (a: Daemon) => a.users.set({ id: '1001', password: 'alice keeps cats' })],
    ['the user is disabled', (a: Daemon) => a.users.set({ id: '1001', disabled: true })],
    ['the user is removed', (a: Daemon) => a.users.remove('1001')],
  ])('ends there with the others when %s', async (_, change) => {
    const house = await openWithAlice();
    const { a, b } = house;
    const known = await b.logIn('1001', ALICE.password);
    a.store.lags = true;
    const unheard = await b.logIn('1001', ALICE.password);
    await change(a);
    expect(rowsOf(house)).toEqual([]);
    expect(b.ended.map(({ login }) => login).sort()).toEqual([known.login.id, unheard.login.id].sort());
  });
});

describe('a password', () => {
  test('that was set at another daemon a moment ago is right, and the one before is wrong', async () => {
    const { a, b } = await openWithAlice();
    b.store.lags = true;
    await a.users.set({ id: '1001', password: 'alice keeps cats' });
    expect((await b.logIn('1001', 'alice keeps cats')).user.id).toBe('1001');
    b.store.lags = true;
    await a.users.set({ id: '1001', password: 'alice keeps dogs' });
    expect(await rejection(b.logIn('1001', 'alice keeps cats'))).toEqual(REFUSED);
    await a.users.set({ id: '1001', disabled: true });
    expect(await rejection(b.logIn('1001', 'alice keeps dogs'))).toEqual(REFUSED);
    await a.users.set({ id: '1001', disabled: false });
    expect((await b.logIn('1001', 'alice keeps dogs')).user.id).toBe('1001');
  });

  test('that is wrong is refused while the database is away, too', async () => {
    const { behind, b } = await openWithAlice();
    behind.read = () => Promise.reject(new Failure('storage', 'the database is away'));
    expect(await rejection(b.logIn('1001', 'wrong as can be'))).toEqual(REFUSED);
    expect(b.said.map(([event]) => event)).toEqual(['login.refused']);
  });
});

describe('a log-in made while', () => {
  test('the password is changed at another daemon is refused, or ends with the others', async () => {
    for (const lagging of ['a', 'b'] as const) {
      const house = await openWithAlice();
      const { a, b } = house;
      house[lagging].store.lags = true;
      const [changed] = await outcomes(
        a.users.set({ id: '1001', password: 'alice keeps cats' }),
        b.logIn('1001', ALICE.password),
      );
      expect(changed).toBe('done');
      for (const daemon of [a, b]) daemon.store.follow();
      expect(rowsOf(house)).toEqual([]);
      expect((await b.logIn('1001', 'alice keeps cats')).user.id).toBe('1001');
    }
  });

  test('the user is disabled or removed at another daemon leaves nothing', async () => {
    for (const change of ['disabled', 'removed']) {
      const house = await openWithAlice();
      const { a, b } = house;
      a.store.lags = true;
      const made = b.logIn('1001', ALICE.password);
      const changed = change === 'disabled' ? a.users.set({ id: '1001', disabled: true }) : a.users.remove('1001');
      await outcomes(made, changed);
      expect(rowsOf(house)).toEqual([]);
      expect(b.logins.list('1001')).toEqual([]);
    }
  });

  test('many others are made at two daemons leaves fifty', async () => {
    const { a, b } = await openWithAlice();
    for (let n = 0; n < 49; n++) await a.logIn('1001', ALICE.password);
    const more = await outcomes(...[a, b, a, b, a, b].map((daemon) => daemon.logIn('1001', ALICE.password)));
    expect(more).toEqual(Array(6).fill('done'));
    for (const daemon of [a, b]) expect(daemon.logins.list('1001')).toHaveLength(50);
  });
});

describe('users.set', () => {
  test('at two daemons at once keeps both changes of different fields', async () => {
    const { a, b } = await openWithAlice();
    b.store.lags = true;
    expect(
      await outcomes(a.users.set({ id: '1001', name: 'Alice B.' }), b.users.set({ id: '1001', groups: ['sales'] })),
    ).toEqual(['done', 'done']);
    for (const { users } of [a, b]) expect(users.get('1001')).toMatchObject({ name: 'Alice B.', groups: ['sales'] });
  });

  test('gives an e-mail to one of two users who are given it at once', async () => {
    const { a, b } = await openWithAlice();
    b.store.lags = true;
    const both = await outcomes(
      a.users.set({ id: '2001', email: 'x@example.com' }),
      b.users.set({ id: '2002', email: 'X@example.com' }),
    );
    expect([...both].sort()).toEqual(['conflict', 'done']);
  });

  test('with the current password does not undo a change of it at another daemon', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const mine = await a.logIn('1001', ALICE.password);
    const stolen = await b.logIn('1001', ALICE.password);
    b.store.lags = true;
    const change = (daemon: Daemon, login: string, password: string) =>
      daemon.users.setAs({ ...ACTOR, login }, { id: '1001', password, current: ALICE.password });
    const both = await outcomes(
      change(a, mine.login.id, 'alice keeps cats'),
      change(b, stolen.login.id, 'mallory keeps the rest'),
    );
    expect([...both].sort()).toEqual(['done', 'forbidden']);
    const [left] = rowsOf(house);
    expect(rowsOf(house)).toHaveLength(1);
    expect(left?.id).toBe(both[0] === 'done' ? mine.login.id : stolen.login.id);
  });

  test('of an administrator who is none any more at another daemon is refused', async () => {
    const { a, b } = await openWithAlice();
    await a.users.set({ id: '1000', admin: true, password: 'the key to it all' });
    b.store.lags = true;
    await a.users.set({ id: '1000', admin: false });
    const asked = b.users.setAs({ extension: '1000', login: 'any', address: HOME }, { id: '1001', name: 'Mallory' });
    expect(await rejection(asked)).toMatchObject({ code: 'forbidden' });
    expect(a.users.get('1001')).toMatchObject({ name: ALICE.name });
  });

  test('for a number that was somebody’s waits until the daemon with the house duty has swept what is left', async () => {
    const house = await openWithAlice();
    const { a, b } = house;
    const value = { owner: '1001', target: 'extension:1002', at: '2026-01-05T08:00:00.000Z' };
    await house.behind.commit([{ table: 'favorites', id: '1001 extension:1002', value }]);
    const removed = b.users.remove('1001');
    const again = b.users.set({ ...ALICE, name: 'Another Alice' });
    await Promise.all([removed, again]);
    expect(await house.behind.count('favorites', '1001')).toBe(0);
    expect([...house.behind.all('sweeps')]).toEqual([]);
    expect(a.users.get('1001')).toMatchObject({ name: 'Another Alice' });
  });
});

describe('a sweep', () => {
  test('that another daemon has ended takes nothing of the next user with that number', async () => {
    const house = await openWithAlice();
    const { behind, a } = house;
    a.store.lags = true;
    await behind.commit([{ table: 'sweeps', id: 'personal:1001', value: {} }]);
    const value = { owner: '1001', target: 'extension:1002', at: '2026-01-05T08:00:00.000Z' };
    await behind.commit([{ table: 'sweeps', id: 'personal:1001', value: null }]);
    await behind.commit([{ table: 'favorites', id: '1001 extension:1002', value }]);
    // It hears of the sweep alone before it begins.
    a.store.follow();
    for (let n = 0; n < 50; n++) await turn();
    expect(await behind.count('favorites', '1001')).toBe(1);
  });

  test('is taken over with the house duty', async () => {
    const { behind, a, b } = await openWithAlice();
    const value = { owner: '1001', target: 'extension:1002', at: '2026-01-05T08:00:00.000Z' };
    await a.sweeper.stop();
    await behind.commit([
      { table: 'favorites', id: '1001 extension:1002', value },
      { table: 'sweeps', id: 'personal:1001', value: {} },
    ]);
    const swept = b.sweeper.idle('personal:1001');
    a.cluster.die();
    await swept;
    expect(await behind.count('favorites', '1001')).toBe(0);
  });

  test('that nobody makes is not waited for longer than half a minute', async () => {
    const { behind, a, b } = await openWithAlice();
    await a.sweeper.stop();
    await behind.commit([{ table: 'sweeps', id: 'personal:1001', value: {} }]);
    const swept = rejection(b.sweeper.idle('personal:1001'));
    b.clock.pass(30_000);
    expect(await swept).toMatchObject({ code: 'storage' });
  });
});
