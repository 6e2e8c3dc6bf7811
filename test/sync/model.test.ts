import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Table } from '../../src/service/store.ts';
import { type UserRow, viewUser } from '../../src/service/users-row.ts';
import { turn } from '../support/board-house.ts';
import { BusyClock } from '../support/busy-clock.ts';
import type { FakeSocket } from '../support/fake-socket.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { openSyncHouse, pbxOf, type SyncHouse } from '../support/sync-house.ts';

const COLLECTIONS = ['presence', 'extensions', 'users', 'pbx'] as const;
type Name = (typeof COLLECTIONS)[number];
const WRITTEN: readonly Table[] = ['presence', 'extensions', 'users'];
const CLIENTS = 3;

/** What an item holds, so that a few of them fill what may wait for a client. */
const PADDING = 'x'.repeat(9_000);

type Cursors = 'own' | 'none' | 'garbage' | 'of another';

type Step =
  | {
      readonly do: 'write';
      readonly table: Table;
      readonly id: number;
      readonly gone: boolean;
      readonly durable: boolean;
    }
  | { readonly do: 'connect'; readonly who: number; readonly names: readonly Name[]; readonly cursors: Cursors }
  | { readonly do: 'sync'; readonly who: number; readonly names: readonly Name[]; readonly cursors: Cursors }
  | { readonly do: 'slow'; readonly who: number }
  | { readonly do: 'take'; readonly who: number; readonly what: 'one' | 'all' }
  | { readonly do: 'admin'; readonly who: number; readonly admin: boolean }
  | { readonly do: 'rest' }
  | { readonly do: 'turn' };

const who = fc.nat(CLIENTS - 1);
const names = fc.shuffledSubarray([...COLLECTIONS]);
const cursors = fc.constantFrom<Cursors>('own', 'own', 'own', 'none', 'garbage', 'of another');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      table: fc.constantFrom(...WRITTEN),
      id: fc.nat(60),
      gone: fc.nat(3).map((n) => n === 0),
      durable: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), who, names, cursors }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const), who, names, cursors }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slow' as const), who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      who,
      what: fc.constantFrom('one' as const, 'all' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('admin' as const), who, admin: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'rest' as const }) },
  { weight: 6, arbitrary: fc.constant({ do: 'turn' as const }) },
);

interface Client {
  readonly id: string;
  readonly token: string;
  readonly mirror: Mirror;
  socket: FakeSocket;
  names: readonly Name[];
}

/** Three clients over one store, and what to do for each step. */
class Play {
  readonly house: SyncHouse;
  readonly clients: readonly Client[];
  readonly leaks: string[] = [];
  readonly #clock: BusyClock;
  #count = 0;

  private constructor(house: SyncHouse, clock: BusyClock, clients: readonly Client[]) {
    this.house = house;
    this.#clock = clock;
    this.clients = clients;
    for (const client of clients) this.#watch(client);
  }

  static async begin(): Promise<Play> {
    const clock = new BusyClock();
    const house = await openSyncHouse({ clock, pbx: pbxOf(), store: new MemoryStore({ removalsKept: 8 }) });
    const clients: Client[] = [];
    for (let n = 0; n < CLIENTS; n++) {
      const id = `900${n}`;
      const token = await house.tokenOf(id, { admin: n === 0 });
      clients.push({ id, token, mirror: new Mirror(), socket: await house.open(id, { token }), names: [] });
    }
    return new Play(house, clock, clients);
  }

  async take(one: Step): Promise<void> {
    if (one.do === 'turn') return turn();
    if (one.do === 'write') return this.#write(one);
    // The changes of this turn are told, and those of the next ones are held back for a while.
    if (one.do === 'rest') return this.#clock.makeTheNextSpreadLast(50);
    const client = this.clients[one.who] as Client;
    if (one.do === 'slow') client.socket.slow = true;
    else if (one.do === 'take') client.socket.take(one.what);
    else if (one.do === 'admin') this.#admin(client, one.admin);
    else await this.#open(client, one);
  }

  /** Everybody takes everything. */
  async calm(): Promise<void> {
    for (const { socket } of this.clients) socket.slow = false;
    for (let n = 0; n < 12; n++) {
      for (const { socket } of this.clients) socket.take();
      this.#clock.pass(50);
      await turn();
    }
    for (const { mirror, socket } of this.clients) mirror.take(socket.received);
  }

  isAdmin(id: string): boolean {
    return this.house.users.get(id)?.admin === true;
  }

  /** What a client that opened a collection must hold of it. */
  truth(name: Name): Record<string, unknown> {
    const rows = [...this.house.store.all(name)].sort((a, b) => (a.id < b.id ? -1 : 1));
    const item = (value: object) => {
      if (name === 'users') return viewUser(value as UserRow);
      return 'item' in value ? value.item : value;
    };
    return Object.fromEntries(rows.map(({ id, value }) => [id, item(value)]));
  }

  /** A value that was never there before, with texts that break frames made carelessly. */
  #write({ table, id: n, gone, durable }: Extract<Step, { do: 'write' }>): void {
    const id = String(2000 + n);
    this.#count += 1;
    const name = `${this.#count}~~~~~~~~~~~~"\\\u2028ü😀${PADDING}`;
    const user: UserRow = { id, name, groups: [], admin: false, disabled: false, password: 'hash' };
    const values = { presence: { id, name }, extensions: { item: { id, name }, said: {} }, users: user };
    const write = { table, id, value: gone ? null : values[table as keyof typeof values] };
    if (durable) void this.house.store.commit([write]);
    else this.house.store.note([write]);
  }

  #admin({ id }: Client, admin: boolean): void {
    this.#count += 1;
    const row = this.house.users.row(id) as UserRow;
    this.house.store.note([{ table: 'users', id, value: { ...row, name: `${this.#count}`, admin } }]);
  }

  async #open(client: Client, one: Extract<Step, { do: 'connect' | 'sync' }>): Promise<void> {
    if (one.do === 'connect') {
      client.mirror.take(client.socket.received);
      client.socket.vanish();
      client.mirror.reconnect();
      client.socket = await this.house.open(client.id, { token: client.token });
      this.#watch(client);
    } else {
      // A cursor is only as new as what was taken: the client takes all that is under way before it names it.
      for (let n = 0; n < 12; n++) {
        client.socket.take();
        this.#clock.pass(50);
        await turn();
      }
      client.mirror.take(client.socket.received);
    }
    const other = this.clients[(one.who + 1) % CLIENTS] as Client;
    const sources: Record<Cursors, Record<string, string>> = {
      own: client.mirror.cursors,
      none: {},
      garbage: Object.fromEntries(COLLECTIONS.map((name) => [name, `${'0'.repeat(12)}1`])),
      'of another': other.mirror.cursors,
    };
    client.names = one.names;
    const named = sources[one.cursors];
    // Who names no cursor says that he holds nothing.
    for (const name of one.names) if (!Object.hasOwn(named, name)) client.mirror.forget(name);
    client.socket.send('sync.open', { collections: one.names, cursors: named });
  }

  /** Looks at every write: nothing of `users` goes to one who is no administrator, unless it is withdrawn in the same write. */
  #watch({ id, socket }: Client): void {
    const write = socket.write.bind(socket);
    socket.write = (bytes) => {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
      const shown = text.lastIndexOf('"collection":"users"');
      const withdrawn = /"sync\.gone","params":\{"collection":"users"/.exec(text)?.index ?? -1;
      if (shown >= 0 && withdrawn + 40 < shown && !this.isAdmin(id)) this.leaks.push(text.slice(0, 200));
      return write(bytes);
    };
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  const game = await Play.begin();
  for (const one of steps) await game.take(one);
  await game.calm();
  expect(game.leaks).toEqual([]);
  for (const { id, mirror, socket, names: opened } of game.clients) {
    expect(socket.ended).toBeUndefined();
    expect(JSON.stringify(socket.received)).not.toContain('"password"');
    for (const name of opened) {
      if (name === 'users' && !game.isAdmin(id)) expect(mirror.has(name)).toBe(false);
      else expect(mirror.items(name)).toEqual(game.truth(name));
    }
  }
  game.house.stop();
}

test('S1 to S10: whatever is written, taken, opened and revoked in whatever order, each copy ends as the table is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => play(steps)),
    { numRuns: 80, endOnFailure: true },
  );
});
