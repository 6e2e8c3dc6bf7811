import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { LoginRow } from '../../src/service/logins-row.ts';
import {
  ADMIN,
  ALICE,
  DESK,
  HOME,
  nextCommit,
  openHouse,
  openHouseWithUsers,
  rejection,
} from '../support/log-in-house.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const REFUSED = new Failure('unauthorized', 'the log-in was refused');
const ALICE_VIEW = {
  id: '1001',
  name: 'Alice',
  email: 'Alice@Example.com',
  groups: [],
  admin: false,
  disabled: false,
  hasPassword: true,
};

/** What `resume` throws. */
function refusalOf(house: { logins: { resume(token: string): unknown } }, token: string): unknown {
  try {
    return house.logins.resume(token);
  } catch (error) {
    return error;
  }
}

describe('logging in with a password', () => {
  test.each(['1001', ' 1001 ', 'alice@example.com', 'ALICE@EXAMPLE.COM'])('opens a log-in for %j', async (typed) => {
    const house = await openHouseWithUsers();
    const { token, tokenId, ...opened } = await house.logIn(typed, ALICE.password);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(opened).toEqual({
      login: {
        id: expect.stringMatching(/^[\w-]{22}$/),
        extension: '1001',
        ...DESK,
        since: '2026-01-05T08:00:00.000Z',
        address: HOME,
        tokens: [{ hash: tokenId, expires: '2026-02-04T08:00:00.000Z' }],
      },
      user: ALICE_VIEW,
      expires: '2026-02-04T08:00:00.000Z',
    });
    expect(house.said).toEqual([['login.opened', { extension: '1001', platform: 'desk', address: HOME }]]);
  });

  test('is durable before it is answered, and the store holds neither token nor password', async () => {
    const house = await openHouseWithUsers();
    const { token, login } = await house.logIn('1001', ALICE.password);
    expect(house.store.get('logins', login.id)?.value).toEqual(login);
    const stored = JSON.stringify([...house.store.all('users'), ...house.store.all('logins')]);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(ALICE.password);
  });

  test('is refused in the same words and at the same cost whatever is wrong', async () => {
    const house = await openHouseWithUsers();
    await house.users.set({ id: '1002', password: 'bob builds things', disabled: true });
    await house.users.set({ id: '1003' });
    const tries = [
      ['1001', 'a wrong password'],
      ['1002', 'bob builds things'],
      ['1003', 'there is none'],
      ['4711', 'no such user'],
      ['nobody@example.com', 'no such user'],
      ['constructor', '__proto__'],
    ] as const;
    house.crypto.asked.length = 0;
    for (const [login, password] of tries) expect(await rejection(house.logIn(login, password))).toEqual(REFUSED);
    expect(house.crypto.asked).toEqual(Array(tries.length).fill({ n: 16_384, r: 8, p: 1 }));
    expect([...house.store.all('logins')]).toEqual([]);
  });

  test('that was refused is reported without what was typed', async () => {
    const house = await openHouseWithUsers();
    await rejection(house.logIn('1001', 'typed-secret'));
    await rejection(house.logIn('typed-secret', 'typed-secret'));
    expect(house.said).toEqual([
      ['login.refused', { address: HOME, extension: '1001' }],
      ['login.refused', { address: HOME }],
    ]);
  });

  test('is throttled alike for users that exist and those that do not', async () => {
    const house = await openHouseWithUsers();
    const codes: Record<string, unknown[]> = {};
    for (const name of ['1001', '4711']) {
      codes[name] = [];
      for (let n = 0; n < 7; n++) codes[name].push(await rejection(house.logIn(name, 'a wrong one')));
    }
    const throttled = new Failure('too_many', 'too many log-ins were tried', { retryAfter: 1 });
    expect(codes).toEqual({
      '1001': [...Array(6).fill(REFUSED), throttled],
      '4711': [...Array(6).fill(REFUSED), throttled],
    });
    expect(house.said.slice(-1)).toEqual([['login.throttled', { address: HOME, wait: 1 }]]);
    house.clock.pass(1000);
    expect((await house.logIn('1001', ALICE.password)).user.id).toBe('1001');
  });

  test('works for a user at a known address while others guess from many, after a restart too', async () => {
    const before = await openHouseWithUsers();
    await before.logIn('1001', ALICE.password);
    before.stop();
    const house = openHouse(before.store, before.clock);
    for (const name of ['1001', 'alice@example.com']) {
      for (let n = 0; n < 60; n++) await rejection(house.logIn(name, 'a wrong one', `203.0.113.${n}`));
      expect((await house.logIn(name, ALICE.password)).user.id).toBe('1001');
      expect(await rejection(house.logIn(name, ALICE.password, '198.51.100.1'))).toMatchObject({ code: 'too_many' });
    }
  });

  test('is not counted as a guess when it could not be checked', async () => {
    const house = await openHouseWithUsers();
    const others = Array.from({ length: 129 }, () => house.passwords.verify('somebody', undefined));
    for (let n = 0; n < 20; n++) {
      expect(await rejection(house.logIn('1001', ALICE.password))).toMatchObject({
        message: 'too many log-ins are waiting',
      });
    }
    await Promise.all(others);
    expect((await house.logIn('1001', ALICE.password)).user.id).toBe('1001');
  });

  test('is refused when the password changed or the user went while it was checked', async () => {
    for (const patch of [{ password: 'alice keeps cats' }, { disabled: true }]) {
      const house = await openHouseWithUsers();
      const [outcome] = await Promise.allSettled([
        house.users.set({ id: '1001', ...patch }),
        house.logIn('1001', ALICE.password),
      ]).then(([, login]) => [login]);
      expect(outcome).toEqual({ status: 'rejected', reason: REFUSED });
      expect([...house.store.all('logins')]).toEqual([]);
    }
  });

  test('fails with the store, and leaves nothing behind', async () => {
    const house = await openHouseWithUsers();
    house.store.fail();
    expect(await rejection(house.logIn('1001', ALICE.password))).toMatchObject({ code: 'storage' });
    expect(house.logins.list('1001')).toEqual([]);
  });
});

describe('a token', () => {
  test('opens the same log-in again, without a write, also after a restart', async () => {
    const house = await openHouseWithUsers();
    const { token, ...opened } = await house.logIn('1001', ALICE.password);
    house.commits.length = 0;
    expect(house.logins.resume(token, { client: DESK, address: HOME })).toEqual({ ...opened, token });
    house.stop();
    const after = openHouse(house.store, house.clock);
    expect(after.logins.resume(token)).toEqual({ ...opened, token });
    expect([house.commits, after.commits]).toEqual([[], []]);
  });

  test.each(['', 'x', 'x'.repeat(43), 'x'.repeat(100_000), '__proto__'])(
    'that was never given is refused: %.20j',
    async (token) => {
      expect(refusalOf(await openHouseWithUsers(), token)).toEqual(REFUSED);
    },
  );

  test('is not its hash', async () => {
    const house = await openHouseWithUsers();
    const { tokenId } = await house.logIn('1001', ALICE.password);
    expect(refusalOf(house, tokenId)).toEqual(REFUSED);
  });

  test('notes another version or address of its client soon after', async () => {
    const house = await openHouseWithUsers();
    const { token, login } = await house.logIn('1001', ALICE.password);
    const noted = nextCommit(house.store);
    const seen = { platform: 'desk', version: '1.1', name: 'x'.repeat(500), address: '198.51.100.9' } as const;
    house.logins.resume(token, { client: seen, address: seen.address });
    const value = { ...login, ...seen, name: 'x'.repeat(127) };
    expect((await noted).writes).toEqual([{ table: 'logins', id: login.id, value }]);
  });

  test('that is used lives on for 30 days, noted once a day; unused it ends', async () => {
    const house = await openHouseWithUsers();
    const { token, login, tokenId } = await house.logIn('1001', ALICE.password);
    house.clock.pass(29 * DAY);
    const noted = nextCommit(house.store);
    expect(house.logins.resume(token).expires).toBe('2026-03-05T08:00:00.000Z');
    house.logins.resume(token);
    const value = { ...login, tokens: [{ hash: tokenId, expires: '2026-03-05T08:00:00.000Z' }] };
    expect((await noted).writes).toEqual([{ table: 'logins', id: login.id, value }]);
    house.commits.length = 0;
    house.clock.pass(DAY - 1);
    expect(house.logins.resume(token).expires).toBe('2026-03-05T08:00:00.000Z');
    house.clock.pass(29 * DAY + 1);
    expect(refusalOf(house, token)).toEqual(REFUSED);
    expect(house.commits).toEqual([]);
  });

  test('does not open the log-in of a user who is disabled in the store alone', async () => {
    const house = await openHouseWithUsers();
    const { token } = await house.logIn('1001', ALICE.password);
    const row = house.store.get('users', '1001');
    house.store.note([{ table: 'users', id: '1001', value: { ...row?.value, disabled: true } }]);
    expect(refusalOf(house, token)).toEqual(REFUSED);
  });

  test('costs less than 50 microseconds', async () => {
    const house = await openHouseWithUsers();
    const { token } = await house.logIn('1001', ALICE.password);
    const rounds = Array.from({ length: 20 }, () => {
      const start = process.hrtime.bigint();
      for (let n = 0; n < 200; n++) house.logins.resume(token, { client: DESK, address: HOME });
      return Number(process.hrtime.bigint() - start) / 200;
    });
    expect(Math.min(...rounds)).toBeLessThan(50_000);
  });
});

describe('renewing', () => {
  test('gives a new token in the same log-in; the old one is good for five minutes', async () => {
    const house = await openHouseWithUsers();
    const first = await house.logIn('1001', ALICE.password);
    house.clock.pass(DAY);
    const second = await house.logins.renew(first.login.id, first.tokenId);
    expect(second.expires).toBe('2026-02-05T08:00:00.000Z');
    house.clock.pass(5 * MINUTE - 1);
    expect(house.logins.resume(first.token)).toMatchObject({
      login: { id: first.login.id },
      expires: '2026-01-06T08:05:00.000Z',
    });
    house.clock.pass(1);
    expect(refusalOf(house, first.token)).toEqual(REFUSED);
    expect(house.logins.resume(second.token).login.id).toBe(first.login.id);
    expect(house.logins.list('1001')).toHaveLength(1);
  });

  test('by one socket leaves the tokens of the others as they are', async () => {
    const house = await openHouseWithUsers();
    const first = await house.logIn('1001', ALICE.password);
    const [second, third] = await Promise.all([
      house.logins.renew(first.login.id, first.tokenId),
      house.logins.renew(first.login.id, first.tokenId),
    ]);
    house.clock.pass(29 * DAY);
    expect(house.logins.resume(second.token).login.id).toBe(first.login.id);
    expect(house.logins.resume(third.token).login.id).toBe(first.login.id);
    expect(refusalOf(house, first.token)).toEqual(REFUSED);
  });

  test('without end keeps at most 8 tokens, the newest of them', async () => {
    const house = await openHouseWithUsers();
    const { login, tokenId, token } = await house.logIn('1001', ALICE.password);
    let last = { tokenId, token };
    for (let n = 0; n < 20; n++) last = await house.logins.renew(login.id, last.tokenId);
    const row = house.store.get('logins', login.id)?.value as LoginRow | undefined;
    expect(row?.tokens).toHaveLength(8);
    expect(house.logins.resume(last.token).login.id).toBe(login.id);
    expect(refusalOf(house, token)).toEqual(REFUSED);
  });

  test('a log-in that has ended is refused', async () => {
    const house = await openHouseWithUsers();
    const { login, tokenId } = await house.logIn('1001', ALICE.password);
    await house.logins.close(login.id);
    expect(await rejection(house.logins.renew(login.id, tokenId))).toEqual(REFUSED);
  });

  test('while the log-in is being revoked does not bring it back', async () => {
    const house = await openHouseWithUsers();
    const { login, tokenId } = await house.logIn('1001', ALICE.password);
    const revoked = house.logins.revoke('1001', login.id);
    expect(await rejection(house.logins.renew(login.id, tokenId))).toEqual(REFUSED);
    await revoked;
    expect([...house.store.all('logins')]).toEqual([]);
  });
});

describe('the log-ins of a user', () => {
  test('are listed newest first, without those of others, the asking one marked', async () => {
    const house = await openHouseWithUsers();
    const first = await house.logIn('1001', ALICE.password);
    house.clock.pass(MINUTE);
    const second = await house.logIn('1001', ALICE.password, '198.51.100.9');
    await house.logIn('1000', ADMIN.password);
    expect(house.logins.list('1001', first.login.id)).toEqual([
      { id: second.login.id, ...DESK, since: '2026-01-05T08:01:00.000Z', address: '198.51.100.9', current: false },
      { id: first.login.id, ...DESK, since: '2026-01-05T08:00:00.000Z', address: HOME, current: true },
    ]);
    expect(house.logins.list('4711')).toEqual([]);
  });

  test('are 50 at most: the one unused for longest that no session holds goes', async () => {
    const house = await openHouseWithUsers();
    const opened = [];
    for (let n = 0; n < 50; n++) {
      opened.push(await house.logIn('1001', ALICE.password));
      house.clock.pass(MINUTE);
    }
    const [held, resumed, oldest] = opened;
    if (!held || !resumed || !oldest) throw new Error('nobody is logged in');
    house.logins.hold(held.login.id);
    house.logins.resume(resumed.token);
    await house.logIn('1001', ALICE.password);
    expect(house.ended).toEqual([{ login: oldest.login.id, extension: '1001', why: 'refused' }]);
    expect(house.logins.list('1001')).toHaveLength(50);
  });

  test('can be revoked one by one, by their user alone', async () => {
    const house = await openHouseWithUsers();
    const { login, token } = await house.logIn('1001', ALICE.password);
    const missing = new Failure('not_found', 'there is no such log-in');
    expect(await rejection(house.logins.revoke('1000', login.id))).toEqual(missing);
    expect(await rejection(house.logins.revoke('1001', 'no such id'))).toEqual(missing);
    await house.logins.revoke('1001', login.id);
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'revoked' }]);
    expect(refusalOf(house, token)).toEqual(REFUSED);
    expect(house.store.get('logins', login.id)).toBe(undefined);
  });

  test('end when they are closed, and closing twice does no harm', async () => {
    const house = await openHouseWithUsers();
    const { login } = await house.logIn('1001', ALICE.password);
    await Promise.all([house.logins.close(login.id), house.logins.close(login.id)]);
    await house.logins.close(login.id);
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'closed' }]);
  });

  test('end all but one on demand', async () => {
    const house = await openHouseWithUsers();
    const [kept, gone, other] = [
      await house.logIn('1001', ALICE.password),
      await house.logIn('1001', ALICE.password),
      await house.logIn('1000', ADMIN.password),
    ];
    await house.logins.revokeAll('1001', kept.login.id);
    expect(house.ended).toEqual([{ login: gone.login.id, extension: '1001', why: 'refused' }]);
    expect(house.logins.resume(kept.token).login.id).toBe(kept.login.id);
    expect(house.logins.resume(other.token).login.id).toBe(other.login.id);
  });

  test('stay when the store fails, and are then told as ended by nobody', async () => {
    const house = await openHouseWithUsers();
    const { login, token } = await house.logIn('1001', ALICE.password);
    house.store.fail();
    expect(await rejection(house.logins.revoke('1001', login.id))).toMatchObject({ code: 'storage' });
    expect(house.ended).toEqual([]);
    expect(house.logins.resume(token).login.id).toBe(login.id);
  });
});

describe('log-ins end as refused', () => {
  test('when an administrator sets a password, all of them', async () => {
    const house = await openHouseWithUsers();
    const { login, token } = await house.logIn('1001', ALICE.password);
    const actor = { extension: '1000', login: 'his', address: HOME };
    await house.users.setAs(actor, { id: '1001', password: 'alice keeps cats' });
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'refused' }]);
    expect(refusalOf(house, token)).toEqual(REFUSED);
  });

  test('when the user changes his password, except the one that did it', async () => {
    const house = await openHouseWithUsers();
    const [mine, other] = [await house.logIn('1001', ALICE.password), await house.logIn('1001', ALICE.password)];
    const actor = { extension: '1001', login: mine.login.id, address: HOME };
    await house.users.setAs(actor, { id: '1001', password: 'alice keeps cats', current: ALICE.password });
    expect(house.ended).toEqual([{ login: other.login.id, extension: '1001', why: 'refused' }]);
    expect(house.logins.resume(mine.token).login.id).toBe(mine.login.id);
    expect(refusalOf(house, other.token)).toEqual(REFUSED);
  });

  test.each([{ disabled: true }, { password: null }])('when the user is set to %j', async (patch) => {
    const house = await openHouseWithUsers();
    const { login } = await house.logIn('1001', ALICE.password);
    await house.users.set({ id: '1001', ...patch });
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'refused' }]);
  });

  test('when the user is removed, and a new user of the number does not get them back', async () => {
    const house = await openHouseWithUsers();
    const { login, token } = await house.logIn('1001', ALICE.password);
    await house.users.remove('1001');
    await house.users.set(ALICE);
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'refused' }]);
    expect(refusalOf(house, token)).toEqual(REFUSED);
  });

  test('not when the user gets another name', async () => {
    const house = await openHouseWithUsers();
    const { token } = await house.logIn('1001', ALICE.password);
    await house.users.set({ id: '1001', name: 'Alice B.' });
    expect([house.ended, house.logins.resume(token).user.name]).toEqual([[], 'Alice B.']);
  });

  test('within the hour after their tokens have expired', async () => {
    const house = await openHouseWithUsers();
    const { login } = await house.logIn('1001', ALICE.password);
    house.clock.pass(30 * DAY - 2 * 3_600_000);
    await house.logins.sweep();
    expect(house.ended).toEqual([]);
    house.clock.pass(2 * 3_600_000);
    await house.logins.sweep();
    expect(house.ended).toEqual([{ login: login.id, extension: '1001', why: 'refused' }]);
    expect([...house.store.all('logins')]).toEqual([]);
  });
});

describe('the hourly upkeep', () => {
  test('runs again and again, and no more after the stop', async () => {
    const house = await openHouseWithUsers();
    for (let hours = 0; hours < 3; hours++) {
      house.store.note([{ table: 'logins', id: `old ${hours}`, value: expired(`old ${hours}`) }]);
      const armed = house.clock.nextTimer();
      house.clock.pass(3_600_000);
      await armed;
      expect(house.commits.at(-1)?.writes).toEqual([{ table: 'logins', id: `old ${hours}`, value: null }]);
    }
    house.stop();
    expect(house.clock.waiting).toBe(0);
  });

  test('says when it could not write', async () => {
    const house = await openHouseWithUsers();
    house.store.note([{ table: 'logins', id: 'old', value: expired('old') }]);
    house.store.fail();
    const armed = house.clock.nextTimer();
    house.clock.pass(3_600_000);
    await armed;
    expect(house.said).toEqual([['login.upkeep_failed', { reason: 'storage' }]]);
  });

  test('keeps a log-in alive that a session holds, until the session lets go', async () => {
    const house = await openHouseWithUsers();
    const { login, token } = await house.logIn('1001', ALICE.password);
    const release = [house.logins.hold(login.id), house.logins.hold(login.id)];
    for (let day = 0; day < 40; day++) {
      house.clock.pass(DAY + 1);
      await house.logins.sweep();
    }
    expect(house.logins.resume(token).login.id).toBe(login.id);
    release[0]?.();
    release[0]?.();
    house.clock.pass(29 * DAY);
    await house.logins.sweep();
    release[1]?.();
    house.clock.pass(30 * DAY);
    await house.logins.sweep();
    expect(refusalOf(house, token)).toEqual(REFUSED);
  });

  function expired(id: string): LoginRow {
    const tokens = [{ hash: `hash of ${id}`, expires: '2025-12-24T18:00:00.000Z' }];
    return { id, extension: '1001', ...DESK, since: '2025-11-24T18:00:00.000Z', address: HOME, tokens };
  }
});
