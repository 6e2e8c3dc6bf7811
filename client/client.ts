// What a program sees of the client.
import type { Client, ClientOptions } from './api.ts';
import { Run } from './run.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';

/** A client that is not connected yet. Throws TypeError when there is no WebSocket to be had. */
export function createClient(options: ClientOptions): Client {
  return clientIn(surroundingsOf(options), options);
}

/** The same in surroundings of the caller's making. */
export function clientIn(surroundings: Surroundings, options: ClientOptions): Client {
  const run = new Run(surroundings, options);
  const { sync, connection, contacts, credentials, listeners } = run;
  return {
    get state() {
      return connection.state;
    },
    get session() {
      return connection.session;
    },
    start: () => run.start(),
    subscribe: (listener) => listeners.add(listener),
    mirror: ((name: string) => sync.mirror(name)) as unknown as Client['mirror'],
    contacts: {
      books: () => contacts.books(),
      subscribe: (listener) => contacts.subscribe(listener),
      get: (id) => contacts.get(id),
    },
    request: ((method: string, params: object) => run.request(method, params)) as Client['request'],
    token: () => credentials.token,
    reconnect: () => connection.hurry(),
    logOut: () => run.logOut(),
    close: () => run.close(),
  };
}
