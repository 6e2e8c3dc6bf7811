// What the end-to-end tests of contacts share: three people at clients of a daemon, and what a refusal looks like.
import { expect } from 'vitest';
import { type Client, connect, RpcError } from '../support/client.ts';
import type { Daemon } from '../support/daemon.ts';
import { clientsOfEachTest } from './house.ts';

const PASSWORD = 'correct horse';
const COLLECTIONS = ['pbx', 'extensions', 'presence', 'books', 'contacts', 'favorites'];
const RULES = ['permissions', 'visibility', 'users'];

export const everyone = { everyone: true } as const;

export interface Contact {
  readonly id: string;
  readonly book: string;
  readonly kind: string;
  readonly rev: number;
  readonly numbers: readonly { readonly type: string; readonly number: string }[];
  readonly [field: string]: unknown;
}

/** The first administrator, then log-ins for the others, as an operator makes them. */
export async function makeUsers(daemon: Daemon, admin: string, ...others: readonly string[]): Promise<void> {
  await daemon.user(admin, PASSWORD, '--admin');
  for (const id of others) await daemon.user(id, PASSWORD);
}

/** Returns the function that logs somebody in with every collection, for the length of one test. */
export function withPeople(daemon: () => Daemon): (user: string, before?: Client) => Promise<Client> {
  const clients = clientsOfEachTest();
  return async (user, before) => {
    const client = await connect(daemon().url);
    clients.push(client);
    const token = before?.session?.token;
    const { admin } = await client.open(token === undefined ? { login: user, password: PASSWORD } : { token });
    if (before) client.adopt(before);
    await client.sync(admin ? [...COLLECTIONS, ...RULES] : COLLECTIONS, before?.cursors());
    return client;
  };
}

/** A contact with one number. */
export function person(firstName: string, number: string, more: object = {}): object {
  return { firstName, numbers: [{ type: 'business', number }], ...more };
}

export async function create(client: Client, book: string, contact: object, id?: string): Promise<Contact> {
  const params = { book, contact, ...(id ? { id } : {}) };
  const { contact: made } = await client.request<{ contact: Contact }>('contacts.create', params);
  expect(client.item(`contacts:${book}`, made.id)).toEqual(made); // S5
  return made;
}

/** The code and data of the refusal of a request. */
export async function refusal(client: Client, method: string, params: object): Promise<{ code: number; data: object }> {
  try {
    await client.request(method, params);
  } catch (error) {
    if (error instanceof RpcError) return { code: error.code, data: error.data };
    throw error;
  }
  throw new Error(`${method} was not refused`);
}

export async function codeOf(client: Client, method: string, params: object): Promise<number> {
  return (await refusal(client, method, params)).code;
}
