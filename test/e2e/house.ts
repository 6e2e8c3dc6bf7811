// What the end-to-end tests share: a daemon beside an Asterisk, people at clients, and ways to say what all of them see.
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import type { Asterisk, LabUsers } from '../lab/asterisk.ts';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon, type SettingsTree } from '../support/daemon.ts';

// A busy machine takes its time to start processes; what has to be quick is measured where it matters.
vi.setConfig({ testTimeout: 60_000 });

const PASSWORD = 'correct horse';
export const EVERYTHING = ['pbx', 'extensions', 'presence'];

/** Settings with which the daemon reaches Asterisk, at `port` where something stands between. */
export function settingsFor(asterisk: Asterisk, as: keyof LabUsers, port = asterisk.amiPort): SettingsTree {
  return { pbx: { ami: { port, ...asterisk.users[as] }, dnd: { poll: 5 } } };
}

/** People who watch: log-ins without an extension on the PBX, so that their sessions make nobody online. */
export const watchers = ['900001', '900002'] as const;

/** A daemon for the tests of a block, with log-ins for the watchers and for `users`. */
export function withDaemon(settings: () => SettingsTree, users: readonly string[] = []): () => Daemon {
  let daemon: Daemon | undefined;
  beforeAll(async () => {
    daemon = await startWithUsers(settings(), users);
  });
  afterAll(() => daemon?.dispose());
  return () => {
    if (!daemon) throw new Error('the daemon is ready in tests and hooks only');
    return daemon;
  };
}

/** The first administrator is made as an operator does, the others by him. */
async function startWithUsers(settings: SettingsTree, users: readonly string[]): Promise<Daemon> {
  const daemon = await prepareDaemon({ settings });
  const [first, ...others] = watchers;
  await daemon.user(first, PASSWORD, '--admin');
  await daemon.start();
  const client = await connect(daemon.url);
  await client.open({ login: first, password: PASSWORD });
  for (const id of others) await client.request('users.set', { id, password: PASSWORD, admin: true });
  for (const id of users) await client.request('users.set', { id, password: PASSWORD });
  await client.close();
  return daemon;
}

/** A list for the clients of one test: they are cut off after it, and must have seen no rule broken. */
export function clientsOfEachTest(): Client[] {
  const clients: Client[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) {
      const { violations, unreadable } = client;
      client.cut();
      expect({ violations, unreadable }).toEqual({ violations: [], unreadable: [] });
    }
  });
  return clients;
}

/** Returns the function that logs a client in, with these collections, for the length of one test. */
export function withClients(
  daemon: () => Daemon,
  collections: readonly string[] = EVERYTHING,
): (user: string, before?: Client) => Promise<Client> {
  const clients = clientsOfEachTest();
  return async (user, before) => {
    const client = await connect(daemon().url);
    clients.push(client);
    const token = before?.session?.token;
    await client.open(token === undefined ? { login: user, password: PASSWORD } : { token });
    if (before) client.adopt(before);
    await client.sync(collections, before?.cursors());
    return client;
  };
}

/** A presence item without the id and the times. */
export interface Shown {
  readonly status?: string;
  readonly note?: string;
  readonly line: string;
  readonly online: boolean;
  readonly indicator: string;
}

export function shownAt(client: Client, extension: string): unknown {
  const { id: _, since: __, until: ___, ...rest } = client.item('presence', extension) ?? { id: extension };
  return rest;
}

/** Waits until every client shows exactly this. `status` is available where it is not named. */
export async function allShow(clients: readonly Client[], extension: string, shown: Shown): Promise<void> {
  const wanted = { status: 'available', ...shown };
  for (const client of clients) {
    const what = `${extension} as ${JSON.stringify(wanted)}, not ${JSON.stringify(shownAt(client, extension))}`;
    await client.until(() => same(shownAt(client, extension), wanted), what);
  }
  const items = clients.map((client) => client.item('presence', extension));
  expect(items).toEqual(items.map(() => items[0]));
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Looks again and again until `look` gives what is wanted; fails with the difference. */
export async function settlesAt<T>(look: () => Promise<T> | T, wanted: T, within = 10_000): Promise<void> {
  await expect.poll(look, { timeout: within, interval: 50 }).toEqual(wanted);
}
