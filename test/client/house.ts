// What the tests of the client against a real daemon share: people who log in, each through a network of his own that can be
// spoiled, and a look at every frame that came.
import { afterEach, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Client, ClientOptions, CollectionName, SocketConstructor } from '../../client/api.ts';
import { createClient } from '../../client/client.ts';
import type { Contact, ContactFields } from '../../client/types.ts';
import type { Daemon } from '../support/daemon.ts';
import { TcpProxy } from '../support/proxy.ts';

export const PASSWORD = 'correct horse';
export const EVERYTHING: readonly CollectionName[] = [
  'pbx',
  'extensions',
  'presence',
  'books',
  'contacts',
  'favorites',
];
export const RULES: readonly CollectionName[] = ['permissions', 'visibility', 'users'];

interface Frame {
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Sockets that remember what they were sent. */
export class Recorder {
  /** Of the last connection. */
  frames: Frame[] = [];
  connections = 0;
  readonly WebSocket: SocketConstructor;

  constructor() {
    const opened = () => {
      this.frames = [];
      this.connections += 1;
    };
    const took = (text: string) => this.frames.push(JSON.parse(text) as Frame);
    this.WebSocket = class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { perMessageDeflate: false });
        opened();
        this.on('message', (data) => took(String(data)));
      }
    };
  }

  /** What was told of collections on the last connection: name, `whole` for a snapshot, ids that came and went. */
  get told(): [string, ...string[]][] {
    return this.frames.flatMap(({ method, params = {} }): [string, ...string[]][] => {
      if (method === 'sync.gone') return [[String(params['collection']), 'gone']];
      if (method !== 'sync.change') return [];
      const put = (params['put'] as { id: string }[]).map(({ id }) => id);
      const remove = (params['remove'] as string[]).map((id) => `-${id}`);
      return [[String(params['collection']), ...(params['reset'] ? ['whole'] : []), ...put, ...remove]];
    });
  }
}

export interface Person {
  readonly client: Client;
  readonly network: TcpProxy;
  readonly recorder: Recorder;
  readonly tokens: (string | undefined)[];
}

/** Returns the function that makes a client of a user, with a network of his own, for the length of one test. */
export function withPeople(daemon: () => Daemon): (user: string, more?: Partial<ClientOptions>) => Promise<Person> {
  const people: Person[] = [];
  afterEach(async () => {
    for (const { client } of people) client.close();
    await Promise.all(people.splice(0).map(({ network }) => network.close()));
  });
  return async (user, more = {}) => {
    const network = await TcpProxy.to(Number(new URL(daemon().url).port));
    const recorder = new Recorder();
    const tokens: (string | undefined)[] = [];
    const client = createClient({
      url: `ws://127.0.0.1:${network.port}/ws`,
      client: { platform: 'sdk', version: '1.0.0' },
      auth: { login: user, password: PASSWORD },
      collections: EVERYTHING,
      WebSocket: recorder.WebSocket,
      onToken: (told) => tokens.push(told?.token),
      ...more,
    });
    const person = { client, network, recorder, tokens };
    people.push(person);
    return person;
  };
}

/** Waits until it is so. */
export function settled(isSo: () => unknown, what: string | (() => string), within = 15_000): Promise<void> {
  const look = () => {
    if (!isSo()) throw new Error(`not within ${within} ms: ${typeof what === 'string' ? what : what()}`);
  };
  return vi.waitFor(look, { timeout: within, interval: 10 });
}

export function isReady({ client }: Person): Promise<void> {
  return settled(() => client.state.kind === 'ready', 'ready');
}

/** A contact with one number. */
export function person(
  firstName: string,
  number = '+44 20 7946 0000',
  more: Partial<ContactFields> = {},
): ContactFields {
  return { firstName, numbers: [{ type: 'business', number }], ...more };
}

export async function create(client: Client, book: string, contact: ContactFields): Promise<Contact> {
  return (await client.request('contacts.create', { book, contact })).contact;
}

/** The items of a mirror by id. */
export function itemsOf(mirror: { values(): Iterable<{ readonly id: string }> }): Record<string, unknown> {
  return Object.fromEntries([...mirror.values()].map((item) => [item.id, item]));
}
