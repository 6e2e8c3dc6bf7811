// Users and tokens by the thousand in a store, at once: only a password that is called dear costs what a password costs.
import { nodeCrypto } from '../../src/server/crypto.ts';
import type { Clock } from '../../src/service/clock.ts';
import type { Crypto } from '../../src/service/crypto.ts';
import { Logins } from '../../src/service/logins.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { Report } from '../../src/service/report.ts';
import type { Store } from '../../src/service/store.ts';
import type { Sweeper } from '../../src/service/sweeper.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';

/** The extension of the first user; the others follow. */
export const FIRST_NUMBER = 100_000;
/** Sessions that one user has at the most. */
const SESSIONS = 10;
/** Log-ins at a time: of a database each waits for its disk. */
const LANES = 32;

export interface LogIns {
  readonly users: Users;
  readonly logins: Logins;
  /** A token for each of so many clients; up to ten have the same user, if that leaves users enough. */
  tokens(count: number, atLeast: number): Promise<string[]>;
}

export function openLogIns(store: Store, sweeper: Sweeper, clock: Clock, report: Report): LogIns {
  const throttle = createThrottle(clock);
  const turns = new Turns();
  const crypto: Crypto = {
    ...nodeCrypto,
    scrypt: async (password, salt, cost) =>
      password.startsWith('dear') ? nodeCrypto.scrypt(password, salt, cost) : new Uint8Array(32),
  };
  const passwords = createPasswords(crypto);
  const users = new Users({ store, passwords, throttle, turns, sweeper });
  const logins = new Logins({ store, users, passwords, throttle, turns, crypto, clock, report });
  const client = { platform: 'other' as const, version: '1' };
  const one = async (i: number): Promise<string> => {
    const id = String(FIRST_NUMBER + i);
    if (!users.get(id)) await users.set({ id, password: 'cheap password' });
    const { token } = await logins.logIn({ login: id, password: 'cheap password', client, address: '127.0.0.1' });
    return token;
  };
  return {
    users,
    logins,
    tokens: async (count, atLeast) => {
      const people = Math.max(atLeast, Math.ceil(count / SESSIONS));
      const all: string[] = [];
      // Each user is in one lane, so that nobody logs in twice at a time.
      const run = async (lane: number): Promise<void> => {
        for (let i = 0; i < count; i++) if ((i % people) % LANES === lane) all[i] = await one(i % people);
      };
      await Promise.all(Array.from({ length: LANES }, (_, lane) => run(lane)));
      return all;
    },
  };
}
