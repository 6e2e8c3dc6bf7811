// The log-in services put together over the doubles, with two users; and what they said and told.
import { Logins } from '../../src/service/logins.ts';
import type { EndedLogin } from '../../src/service/logins-index.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { ReportFields } from '../../src/service/report.ts';
import type { Commit } from '../../src/service/store.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { cheapCrypto } from './cheap-crypto.ts';
import { HandClock } from './hand-clock.ts';
import { MemoryStore } from './memory-store.ts';

export const ALICE = { id: '1001', name: 'Alice', email: 'Alice@Example.com', password: 'alice keeps bees' };
export const ADMIN = { id: '1000', admin: true, password: 'the key to it all' };
export const DESK = { platform: 'desk', version: '1.0' } as const;
export const HOME = '192.0.2.7';

/** The services over a store; with the store of an earlier house it is the daemon after a restart. */
export function openHouse(store = new MemoryStore(), clock = new HandClock()) {
  const crypto = cheapCrypto();
  const said: [string, ReportFields | undefined][] = [];
  const ended: EndedLogin[] = [];
  const commits: Commit[] = [];
  const report = (event: string, fields?: ReportFields) => void said.push([event, fields]);
  const parts = {
    store,
    clock,
    crypto,
    passwords: createPasswords(crypto),
    throttle: createThrottle(clock),
    turns: new Turns(),
    sweeper: new Sweeper({ store, clock, report }),
  };
  const users = new Users(parts);
  const logins = new Logins({ ...parts, users, report });
  logins.subscribe((one) => ended.push(one));
  store.subscribe((commit) => commits.push(commit));
  const logIn = (login: string, password: string, address = HOME) =>
    logins.logIn({ login, password, client: DESK, address });
  const stop = () => {
    void parts.sweeper.stop();
    logins.stop();
    users.close();
  };
  return { ...parts, users, logins, logIn, said, ended, commits, stop };
}

export async function openHouseWithUsers() {
  const house = openHouse();
  await house.users.set(ALICE);
  await house.users.set(ADMIN);
  house.commits.length = 0;
  return house;
}

/** The next commit or note of the store. */
export function nextCommit(store: MemoryStore): Promise<Commit> {
  return new Promise((resolve) => {
    const stop = store.subscribe((commit) => {
      stop();
      resolve(commit);
    });
  });
}

/** What a promise was rejected with; throws when it was not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (!outcome) throw new Error('it was not rejected');
  return outcome.error;
}
