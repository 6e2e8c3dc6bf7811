// What the end-to-end tests of the call history share: people with clients that follow their own history, and what it says.
import { expect } from 'vitest';
import type { Client } from '../support/client.ts';
import type { Item } from '../support/client-mirrors.ts';
import type { Daemon } from '../support/daemon.ts';
import { withClients } from './house.ts';

/** The collections of these tests. */
const COLLECTIONS = ['pbx', 'presence', 'calls', 'callGaps', 'messages'];

/** Returns the function that logs a user in for the length of one test; with a client of before, where that one was. */
export function withCallers(daemon: () => Daemon): (user: string, before?: Client) => Promise<Client> {
  const logIn = withClients(daemon, COLLECTIONS);
  return async (user, before) => {
    const client = await logIn(user, before);
    await client.until((one) => one.item('pbx', 'pbx')?.['connected'] === true, 'a connected PBX');
    return client;
  };
}

/** One extension's history as tests compare it: what differs from run to run is left out, but whether there was talk. */
export interface Told {
  readonly direction: string;
  readonly number: string;
  readonly name?: string;
  readonly extension?: string;
  readonly disposition: string;
  readonly reason?: string;
  readonly talked: boolean;
}

export function told({ id: _, at: __, ring: ___, talk, contact: ____, ...rest }: Item): Told {
  return { ...rest, talked: Number(talk) > 0 } as unknown as Told;
}

/** The entries that a client has besides those it had, the oldest first. */
export function entriesSince(client: Client, before: ReadonlySet<string>): readonly Item[] {
  const fresh = [...client.items('calls').values()].filter(({ id }) => !before.has(id));
  return fresh.sort((a, b) => (String(a['at']) < String(b['at']) ? -1 : 1));
}

/** What each of these clients has now. */
export function held(clients: readonly Client[]): readonly ReadonlySet<string>[] {
  return clients.map((client) => new Set(client.items('calls').keys()));
}

/** Waits until each client has exactly these new entries, and all of them are over. */
export async function eachHas(
  clients: readonly Client[],
  before: readonly ReadonlySet<string>[],
  wanted: readonly (readonly Told[])[],
): Promise<void> {
  const fresh = () => clients.map((client, i) => entriesSince(client, before[i] ?? new Set()).map(told));
  await expect.poll(fresh, { timeout: 10_000, interval: 50 }).toEqual(wanted);
}

/** Of a call that was answered. */
export const talked = (direction: 'in' | 'out', number: string, name?: string): Told => ({
  ...{ direction, number, disposition: 'answered', talked: true },
  ...(name === undefined ? {} : { name, extension: number }),
});

export const missed = (number: string, name: string, reason?: string): Told => ({
  ...{ direction: 'in', number, name, extension: number, disposition: 'missed', talked: false },
  ...(reason === undefined ? {} : { reason }),
});

export const failed = (number: string, name: string, disposition: string, reason?: string): Told => ({
  ...{ direction: 'out', number, name, extension: number, disposition, talked: false },
  ...(reason === undefined ? {} : { reason }),
});
