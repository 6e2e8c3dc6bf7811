// Many things at once at two daemons that hear of one another late and whose every step takes some turns, from a seed; what must hold at the end
// whatever came first.
import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { LoginRow } from '../../src/service/logins-row.ts';
import type { MessageRow } from '../../src/service/message-row.ts';
import type { LargeTable, Write } from '../../src/service/store.ts';
import type { UserRow } from '../../src/service/users-row.ts';
import { turn } from '../support/board-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { HOME } from '../support/log-in-house.ts';
import { as, type Daemon, openTwo } from '../support/two-daemons.ts';

const USERS = ['1001', '1002', '1003'];
const PASSWORDS = ['alice keeps bees', 'alice keeps cats', 'alice keeps dogs'];
const ADMIN = as('1000', true);

/** Numbers that look random, the same for the same seed. */
function dice(seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Known {
  /** Log-ins that were given out, with a token of each. */
  readonly logins: {
    readonly id: string;
    readonly extension: string;
    readonly token: string;
    readonly tokenId: string;
    readonly password: string;
  }[];
  readonly revoked: Set<string>;
  readonly sent: { readonly from: string; readonly to: string; readonly id: string }[];
}

type Roll = ReturnType<typeof dice>;

/** One thing that somebody does at a daemon; what it is refused with is of no account. */
async function act(daemon: Daemon, roll: Roll, known: Known): Promise<void> {
  const user = USERS[roll(USERS.length)] ?? '';
  const other = USERS[roll(USERS.length)] ?? '';
  const password = PASSWORDS[roll(PASSWORDS.length)] ?? '';
  const login = known.logins[roll(Math.max(1, known.logins.length))];
  const { users, logins, favorites, rules, messages } = daemon;
  switch (roll(14)) {
    case 0:
    case 1: {
      const { login: row, token, tokenId } = await daemon.logIn(user, password);
      known.logins.push({ id: row.id, extension: user, token, tokenId, password });
      return;
    }
    case 2:
      await users.set({ id: user, password });
      return;
    case 3:
      await users.set({ id: user, name: `name ${roll(99)}`, email: `${roll(3)}@example.com` });
      return;
    case 4:
      await users.set({ id: user, disabled: roll(2) === 0 });
      return;
    case 5:
      if (roll(3) === 0) await users.remove(user);
      return;
    case 6:
      if (!login) return;
      await logins.revoke(login.extension, login.id);
      known.revoked.add(login.id);
      return;
    case 7: {
      if (!login) return;
      const { token, tokenId } = await logins.renew(login.id, login.tokenId);
      known.logins.push({ ...login, token, tokenId });
      return;
    }
    case 8:
      if (login) {
        await logins.admit(login.token, { client: { platform: 'desk', version: `${roll(5)}` }, address: HOME });
      }
      return;
    case 9:
      await favorites.add(as(user), `extension:${other}`);
      return;
    case 10:
      await favorites.remove(as(user), `extension:${other}`);
      return;
    case 11: {
      const list = Array.from({ length: roll(4) }, (_, n) => ({
        who: { extension: `${n + 1}0` },
        books: '*' as const,
      }));
      await rules.setPermissions(
        ADMIN,
        list.map((rule) => ({ ...rule, view: true, manage: list.length > 2 })),
      );
      return;
    }
    case 12: {
      const { id } = await messages.send(as(user), { to: other, text: 'x' });
      known.sent.push({ from: user, to: other, id });
      return;
    }
    default:
      messages.told(user);
  }
}

async function tolerant(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'internal') throw error;
  }
}

async function openHouse(seed: number) {
  const roll = dice(seed);
  const pace = async () => {
    for (let n = roll(4); n > 0; n--) await turn();
  };
  const clocks = [new HandClock('2026-01-05T08:00:03.000Z'), new HandClock()] as const;
  const two = openTwo({ pace, clocks });
  const item = (id: string) => ({ item: { id, number: id, name: id, groups: [] }, said: {} });
  const admin = { id: '1000', groups: [], admin: true, disabled: false };
  await two.behind.commit([
    { table: 'users', id: '1000', value: admin },
    ...USERS.map((id): Write => ({ table: 'extensions', id, value: item(id) })),
  ]);
  for (const id of USERS) await two.a.users.set({ id, password: PASSWORDS[0] });
  return { ...two, roll };
}

async function rowsOf(behind: Awaited<ReturnType<typeof openHouse>>['behind'], table: LargeTable, scope: string) {
  return (await behind.read({ table, scope, since: null, removedSince: null, limit: 9_999 })).rows;
}

test.each(Array.from({ length: 24 }, (_, n) => n + 1))('what two daemons do at once agrees (seed %i)', async (seed) => {
  const { behind, a, b, roll } = await openHouse(seed);
  const known: Known = { logins: [], revoked: new Set(), sent: [] };
  const doing = new Set<Promise<void>>();
  for (let n = 0; n < 150; n++) {
    const daemon = roll(2) === 0 ? a : b;
    daemon.store.lags = roll(2) === 0;
    if (roll(3) === 0) daemon.store.follow();
    const done: Promise<void> = tolerant(act(daemon, roll, known)).finally(() => doing.delete(done));
    doing.add(done);
    while (doing.size > 6) {
      await turn();
      if (roll(4) === 0) daemon.store.follow();
      if (roll(9) === 0) for (const { store } of [a, b]) store.follow();
    }
    if (roll(5) === 0) for (const { clock } of [a, b]) clock.pass(1_500);
  }
  for (const { store } of [a, b]) store.lags = false;
  for (const { store } of [a, b]) store.follow();
  await Promise.all(doing);
  for (const scope of USERS) await a.sweeper.idle(`personal:${scope}`);

  const users = new Map([...behind.all('users')].map(({ id, value }) => [id, value as UserRow]));
  const live = [...behind.all('logins')].map(({ value }) => value as LoginRow).filter(({ ended }) => !ended);
  for (const { id, extension } of live) {
    expect([extension, users.get(extension)?.disabled]).toEqual([extension, false]);
    expect(known.revoked.has(id)).toBe(false);
  }
  for (const { logins, users: seen, rules } of [a, b]) {
    expect(USERS.flatMap((user) => logins.list(user).map(({ id }) => id)).sort()).toEqual(
      live.map(({ id }) => id).sort(),
    );
    expect(seen.list().map(({ id }) => id)).toEqual([...users.keys()].sort());
    expect(rules.permissions().map(({ order }) => order)).toEqual(rules.permissions().map((_, i) => i + 1));
    // A list is one of those that were sent, not a mixture.
    expect(new Set(rules.permissions().map(({ manage }) => manage)).size).toBeLessThanOrEqual(1);
    expect(rules.permissions().every(({ manage }) => manage === rules.permissions().length > 2)).toBe(true);
  }
  for (const { clock } of [a, b]) clock.pass(10 * 3_600_000);
  for (const { id } of live) {
    const { extension, password } = known.logins.find((one) => one.id === id) ?? { extension: '', password: '' };
    expect((await b.logIn(extension, password)).user.id).toBe(extension);
  }
  const emails = [...users.values()].flatMap(({ email }) => email ?? []);
  expect(emails.length).toBe(new Set(emails).size);
  for (const extension of USERS) {
    if (users.has(extension)) continue;
    expect((await rowsOf(behind, 'favorites', extension)).length).toBe(0);
  }
  for (const [from, to] of USERS.flatMap((one) => USERS.map((other) => [one, other] as const))) {
    const rows = (await rowsOf(behind, 'messages', from)).map(({ value }) => value as MessageRow);
    const times = rows.filter((row) => row.from === from && row.with === to).map(({ at }) => at);
    expect(times.length).toBeLessThanOrEqual(known.sent.filter((one) => one.from === from && one.to === to).length);
  }
  expect([...a.said, ...b.said].filter(([event]) => /failed|internal/.test(event))).toEqual([]);
  await Promise.all([a.stop(), b.stop()]);
});
