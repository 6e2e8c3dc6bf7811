// A data folder with a store of files in it, for the commands that copy it away and put it back: with a daemon's socket on it or
// without, filled with secrets that no command may tell.
import { join } from 'node:path';
import { serveControl } from '../../src/server/control.ts';
import { controlMethods } from '../../src/server/control-methods.ts';
import { watchBoard } from '../../src/service/board-view.ts';
import { systemClock } from '../../src/service/clock.ts';
import { createOperations } from '../../src/service/operations.ts';
import type { Store, Write } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { lockFolder } from '../../src/store/lock.ts';
import { CliIo } from './cli-io.ts';
import { CliWorld, type Outcome } from './cli-world.ts';

/** In every name that a test stores. */
export const SECRET = 'Planted-Secret';

/** What `fill` stores, in the words of the commands. */
export const HOLDS = '3 company contacts, 2 personal contacts and 2 users';

export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

export class StoreWorld {
  readonly world = new CliWorld();
  readonly folder = this.world.folder;
  readonly data = join(this.folder, 'data');
  /** Where a backup may go. */
  readonly file = join(this.folder, 'backup');
  readonly #ends: (() => Promise<unknown>)[] = [];

  constructor() {
    this.world.environment = { ROLLCALL_DATA: this.data };
  }

  async open(): Promise<OpenStore> {
    const lock = await lockFolder(this.data);
    const store = await openFilesStore({ folder: this.data, clock: systemClock, report: () => undefined });
    let isOpen = true;
    const close = async () => {
      if (!isOpen) return;
      isOpen = false;
      await store.close();
      await lock.release();
    };
    this.atEnd(close);
    return { store, close };
  }

  /** The store as it is found by whoever opens it now. */
  async found<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const { store, close } = await this.open();
    try {
      return await look(store);
    } finally {
      await close();
    }
  }

  /** A daemon on the folder, as far as commands see it. */
  async startDaemon(): Promise<{ readonly store: Store; stop(): Promise<void> }> {
    const { store, close } = await this.open();
    const methods = controlMethods({
      operations: this.#operationsOn(store),
      watch: (listener) => watchBoard(store, listener),
      status: () => ({
        ...{ version: '1.2.3', pid: process.pid, since: '', store: store.state },
        ...{ pbx: { connected: false }, listening: [] },
      }),
    });
    const control = await serveControl({ folder: this.data, methods, report: () => undefined });
    const stop = async () => {
      await control.close();
      await close();
    };
    this.atEnd(() => control.close());
    return { store, stop };
  }

  /** Runs a command, which opens the store itself when it finds no daemon. */
  run(argv: readonly string[], io = new CliIo()): Promise<Outcome> {
    return this.world.run(argv, io, {
      openOffline: async () => {
        const { store, close } = await this.open();
        return { operations: this.#operationsOn(store), close };
      },
    });
  }

  atEnd(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
    await this.world.end();
  }

  #operationsOn(store: Store) {
    const { users, rules, lookup, imports } = this.world;
    return createOperations({ ...{ store, users, rules, lookup, imports, exports: imports }, clock: systemClock });
  }
}

export function contact(id: string, book: string, more = ''): Write {
  const fields = { lastName: `${SECRET} ${id}${more}`, numbers: [{ type: 'other', number: '1' }] };
  const row = { book, rev: 1, fields, keys: [['1']], created: '', updated: '', createdBy: '', updatedBy: '' };
  return { table: 'contacts', id, value: row };
}

/** Two books, two users, five contacts, a favourite, a retired id; and one contact of a book that is gone. */
export async function fill(store: Store): Promise<void> {
  const user = (id: string): Write => ({
    table: 'users',
    id,
    value: { id, groups: [], admin: false, disabled: false },
  });
  const book = (id: string): Write => ({ table: 'books', id, value: { id, name: `${SECRET} ${id}` } });
  const favorite = { owner: '1001', target: 'contact:a', at: '', book: 'company' };
  await store.commit([user('1001'), user('1002'), book('company'), book('sales')]);
  await store.commit([contact('a', 'company'), contact('b', 'sales'), contact('c', 'company')]);
  await store.commit([contact('d', 'personal:1001'), contact('e', 'personal:1002'), contact('f', 'gone')]);
  await store.commit([{ table: 'favorites', id: '1001 contact:a', value: favorite }]);
  await store.commit([{ table: 'retired', id: 'old', value: {} }]);
}

const SMALL = [
  'pbx',
  'extensions',
  'presence',
  'statuses',
  'users',
  'logins',
  'books',
  'permissions',
  'visibility',
  'imports',
  'openCalls',
  'callGaps',
] as const;
const LARGE = ['contacts', 'favorites', 'retired', 'calls', 'messages'] as const;

/** Every row of every table, by table and id. */
export async function everything(store: Store): Promise<Readonly<Record<string, unknown>>> {
  const rows: Record<string, unknown> = {};
  for (const table of SMALL) for (const { id, value } of store.all(table)) rows[`${table} ${id}`] = value;
  for (const table of LARGE) {
    for (const scope of (await store.counts(table)).keys()) {
      const slice = await store.read({ table, scope, since: null, removedSince: null, limit: 1_000_000 });
      for (const { id, value } of slice.rows) rows[`${table} ${id}`] = value;
    }
  }
  return rows;
}
