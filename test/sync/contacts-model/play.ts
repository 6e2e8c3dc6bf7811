// The world of the model: a daemon over a store whose answers may be late, and clients of four users, each watched by a guard.
import type { ContactRow } from '../../../src/service/contact-row.ts';
import { movesOf } from '../../../src/service/contacts-marks.ts';
import type { LargeTable, Store, Write } from '../../../src/service/store.ts';
import { turn } from '../../support/board-house.ts';
import { type FakePbx, freshFacts } from '../../support/fake-pbx.ts';
import type { FakeSocket, ServerMessage } from '../../support/fake-socket.ts';
import { OPEN_GATES } from '../../support/gates.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { LateStore } from '../../support/late-store.ts';
import { Mirror } from '../../support/mirror.ts';
import { readFrames } from '../../support/read-frames.ts';
import { ask, openSyncHouse, PASSWORD, pbxOf, type SyncHouse } from '../../support/sync-house.ts';
import { Guard } from './guard.ts';
import { CLIENTS, type Step, USERS } from './steps.ts';
import { type Someone, Truth } from './truth.ts';
import { contactId, contactText, permissionRules, request, visibilityRules } from './wishes.ts';

const OPERATOR = { extension: '', admin: true, contacts: true };
const GATES = { ...OPEN_GATES, android: '2.0' };
const GROUPS = [[], ['sales'], ['board'], ['sales', 'board']];
const TICK_MS = 25;

/** Where the store of a play is: opened again, it holds what it held. */
export interface Place {
  open(): Promise<Store>;
  /** Ends the run of a store, as a stop of the daemon does. */
  close(store: Store): Promise<void>;
}

interface Client {
  readonly who: Someone;
  guard: Guard;
  mirror: Mirror;
  socket: FakeSocket;
  names: readonly string[];
  /** What it held some time ago. */
  older: Mirror;
}

export class Play {
  readonly clients: Client[] = [];
  readonly truth: Truth;
  readonly #place: Place;
  readonly #clock: HandClock;
  readonly #pbx: FakePbx;
  readonly #contacts: string[] = [];
  readonly #books: string[] = ['company'];
  readonly #pending: Promise<unknown>[] = [];
  #store: LateStore;
  #house: SyncHouse<LateStore>;
  #count = 0;

  private constructor(place: Place, house: SyncHouse<LateStore>) {
    this.#place = place;
    this.#house = house;
    this.#store = house.store;
    this.#clock = house.clock;
    this.#pbx = house.pbx;
    this.truth = new Truth(house.store);
  }

  static async begin(place: Place): Promise<Play> {
    const store = new LateStore(await place.open());
    const pbx = pbxOf('1000', '1001', '1002', '1003', '1004', '1005');
    const play = new Play(place, await openSyncHouse({ store, pbx, clock: new HandClock(), gates: GATES }));
    await play.#followStore();
    for (const [n, id] of USERS.entries()) {
      await play.#house.users.set({ id, admin: n === 0, groups: GROUPS[n] ?? [], password: PASSWORD });
    }
    for (const name of ['One', 'Two']) play.#books.push((await play.#house.books.create(OPERATOR, { name })).id);
    await play.#house.rules.setPermissions(OPERATOR, permissionRules([[0, 1, 1]], play.#books));
    for (const { user, old } of CLIENTS) await play.#addClient({ extension: user, contacts: !old });
    return play;
  }

  get leaks(): readonly string[] {
    return this.clients.flatMap(({ guard }) => guard.leaks);
  }

  async take(step: Step): Promise<void> {
    this.#clock.pass(TICK_MS);
    this.#count += 1;
    const { rules, users } = this.#house;
    if (step.do === 'turn') await turn();
    else if (step.do === 'ask') this.#ask(step);
    else if (step.do === 'permissions')
      this.#later(rules.setPermissions(OPERATOR, permissionRules(step.rules, this.#living())));
    else if (step.do === 'visibility') this.#later(rules.setVisibility(OPERATOR, visibilityRules(step.rules)));
    else if (step.do === 'user') this.#setUser(users.get(USERS[step.user] ?? ''), step);
    else if (step.do === 'disable') this.#disable(USERS[step.user] ?? '', step.disabled);
    else if (step.do === 'replace') this.#replace(USERS[step.user] ?? '');
    else if (step.do === 'extension') this.#changeExtension(step);
    else if (step.do === 'late') this.#store.late = step.late;
    else if (step.do === 'release') this.#store.release(step.which);
    else if (step.do === 'fail') this.#store.failing += 1;
    else if (step.do === 'import') await this.#import(step);
    else if (step.do === 'shift') this.#later(this.#shift(step));
    else if (step.do === 'restart') await this.#restart();
    else await this.#takeAtClient(step);
  }

  async #takeAtClient(
    step: Extract<Step, { readonly who: number; readonly do: 'slow' | 'take' | 'connect' | 'sync' }>,
  ) {
    const client = this.clients[step.who] as Client;
    if (step.do === 'slow') client.socket.slow = true;
    else if (step.do === 'take') client.socket.take(step.what);
    else await this.#open(client, step);
  }

  /** Everybody takes everything, and the store answers all questions. */
  async calm(): Promise<void> {
    this.#wakeStore();
    for (const { socket } of this.clients) socket.slow = false;
    const asked = this.clients.flatMap(({ who, socket }) =>
      who.contacts && !socket.ended ? [{ socket, id: socket.send('contacts.delete', { ids: [] }) }] : [],
    );
    const isQuiet = () => asked.every(({ socket, id }) => socket.ended || socket.response(id));
    for (let n = 0, rest = 12; n < 5_000 && rest > 0; n++) {
      for (const { socket } of this.clients) socket.take();
      if (n < 40) this.#clock.pass(1_000);
      await turn();
      if (isQuiet()) rest -= 1;
    }
    await Promise.allSettled(this.#pending);
    for (let n = 0; n < 12; n++) await turn();
    for (const { mirror, socket } of this.clients) mirror.take(socket.received);
  }

  async end(): Promise<void> {
    this.#house.stop();
    await this.#place.close(this.#store.behind);
  }

  /** Which fields the last features named for company books. */
  companyTold({ socket }: Client): unknown {
    const told = socket.received.flatMap(({ result, params }) => {
      const { features } = (result ?? params ?? {}) as { features?: { company: unknown } };
      return features ? [features.company] : [];
    });
    return told.at(-1);
  }

  #ask(step: Extract<Step, { do: 'ask' }>): void {
    const { socket } = this.clients[step.who] as Client;
    if (socket.ended) return;
    const known = { count: this.#count, contacts: this.#contacts, books: this.#books };
    const [method, params] = request(step, known);
    if (method === 'contacts.create') this.#contacts.push(contactId(this.#count));
    socket.send(method, params);
  }

  #setUser(user: { readonly id: string } | undefined, { groups, admin, user: n }: Extract<Step, { do: 'user' }>): void {
    if (!user) return;
    this.#later(
      this.#house.users.set({ id: user.id, groups: GROUPS[groups] ?? [], admin: n === 0 || (n === 1 && admin) }),
    );
  }

  #disable(id: string, disabled: boolean): void {
    if (id !== USERS[0] && this.#house.users.get(id)) this.#later(this.#house.users.set({ id, disabled }));
  }

  /** The user goes, and another one gets the number. */
  #replace(id: string): void {
    const { users } = this.#house;
    if (id === USERS[0] || !users.get(id)) return;
    for (const client of this.clients) if (client.who.extension === id) this.#becomeNew(client);
    this.#later(users.remove(id).then(() => users.set({ id, password: PASSWORD })));
  }

  /** Another person with another device. */
  #becomeNew(client: Client): void {
    client.socket.vanish();
    client.socket = this.#nowhere();
    client.mirror = emptyMirror();
    client.older = emptyMirror();
    const { leaks } = client.guard;
    client.guard = new Guard(this.truth, client.who);
    client.guard.leaks.push(...leaks);
  }

  #changeExtension({ number: n, what }: Extract<Step, { do: 'extension' }>): void {
    const number = String(1000 + n);
    const facts = this.#pbx.facts(number);
    if (!facts) this.#pbx.put(freshFacts(number));
    else if (what === 0) this.#pbx.remove(number);
    else this.#pbx.change(number, { line: facts.line === 'idle' ? 'ringing' : 'idle' });
    this.#pbx.snapshot();
  }

  /** Contacts by the hundred, as an import stores them. */
  async #import({ book: n, count }: Extract<Step, { do: 'import' }>): Promise<void> {
    const scopes = [...this.#living(), 'personal:1001'];
    const book = scopes[n % scopes.length] ?? 'personal:1001';
    if (book === 'personal:1001' && !this.#house.users.get('1001')) return;
    const at = '2026-01-05T08:00:00.000Z';
    const writes = Array.from({ length: count }, (_, i): Write => {
      const fields = contactText(i, i % 4 === 0) as ContactRow['fields'];
      const id = contactId(this.#count * 10_000 + i);
      const by = { createdBy: '1002', updatedBy: '1002' };
      const row: ContactRow = { book, rev: 1, fields, keys: [[]], created: at, updated: at, ...by };
      return { table: 'contacts', id, value: row };
    });
    this.#contacts.push(...writes.slice(0, 3).map(({ id }) => id));
    const guards = book.startsWith('personal') ? [] : [this.#guardOf(book)];
    for (let from = 0; from < count; from += 400) {
      this.#later(this.#store.commit(writes.slice(from, from + 400), guards));
    }
  }

  /** A contact goes to another book, whatever the store's answers to others wait for. */
  async #shift({ a, b }: Extract<Step, { do: 'shift' }>): Promise<void> {
    const { behind } = this.#store;
    const scopes = [...this.#living(), 'personal:1001', 'personal:1002'];
    const book = scopes[b % scopes.length] ?? '';
    const id = this.#contacts[a % Math.max(1, this.#contacts.length)] ?? '';
    const guards = book.startsWith('personal') ? [] : [this.#guardOf(book)];
    const [rows, marks] = await Promise.all([behind.find('contacts', [id]), behind.marksOn([`contact:${id}`])]);
    const row = rows.get(id);
    if (!row || (book.startsWith('personal') && !this.#house.users.get(book.slice(9)))) return;
    const value = { ...(row.value as ContactRow), book, rev: (row.value as ContactRow).rev + 1 };
    const moved = movesOf(marks, book);
    await behind.commit(
      [{ table: 'contacts', id, value }, ...moved.writes],
      [...guards, ...moved.guards, { table: 'contacts', id, rev: row.rev }],
    );
  }

  #guardOf(id: string) {
    return { table: 'books' as const, id, rev: this.#store.get('books', id)?.rev ?? null };
  }

  async #restart(): Promise<void> {
    for (const { socket, mirror } of this.clients) {
      socket.take();
      mirror.take(socket.received);
      socket.vanish();
    }
    this.#house.stop();
    this.#wakeStore();
    await Promise.allSettled(this.#pending.splice(0));
    for (let n = 0; n < 3; n++) await turn();
    await this.#place.close(this.#store.behind);
    this.#store = new LateStore(await this.#place.open());
    await this.#followStore();
    this.#house = await openSyncHouse({ store: this.#store, pbx: this.#pbx, clock: this.#clock, gates: GATES });
    for (const client of this.clients) {
      await this.#connect(client);
      if (!client.socket.ended) this.#sync(client, client.names, client.mirror.cursors);
    }
  }

  #wakeStore(): void {
    this.#store.late = false;
    this.#store.failing = 0;
    this.#store.release('all');
  }

  async #followStore(): Promise<void> {
    const scopesOf = async (table: LargeTable) => (await this.#store.behind.counts(table)).keys();
    await this.truth.follow(this.#store.behind, scopesOf);
    const books = [...this.#store.all('books')].map(({ id }) => id);
    this.#books.push(...books.filter((id) => !this.#books.includes(id)));
  }

  async #addClient(who: Someone): Promise<void> {
    const guard = new Guard(this.truth, who);
    const socket = this.#nowhere();
    const client: Client = {
      who,
      guard,
      mirror: emptyMirror(),
      socket,
      names: ['contacts', 'books'],
      older: emptyMirror(),
    };
    this.clients.push(client);
    await this.#connect(client);
    this.#sync(client, client.names, {});
  }

  #nowhere(): FakeSocket {
    const socket = this.#house.connect();
    socket.vanish();
    return socket;
  }

  /** A new connection with what the client holds; none for who cannot log in. */
  async #connect(client: Client): Promise<void> {
    const { extension, contacts } = client.who;
    client.mirror.take(client.socket.received);
    client.socket.vanish();
    client.mirror.reconnect();
    const user = this.#house.users.row(extension);
    const socket = this.#house.connect();
    client.socket = socket;
    if (!user?.password || user.disabled) return socket.vanish();
    this.#watch(client, socket);
    client.guard.reconnected(client.mirror.clone());
    const app = { platform: 'android', version: contacts ? '2.0' : '1.0' };
    const auth = { login: extension, password: PASSWORD };
    // A user may be disabled or removed while he logs in.
    await ask(socket, 'session.open', { client: app, auth }).catch(() => socket.vanish());
    if (socket.received.some(({ error }) => error)) socket.vanish();
  }

  async #open(client: Client, step: Extract<Step, { readonly do: 'connect' | 'sync' }>): Promise<void> {
    if (step.do === 'connect') await this.#connect(client);
    if (client.socket.ended) return;
    client.socket.take();
    client.mirror.take(client.socket.received);
    client.mirror.voidPages();
    const held = client.mirror.clone();
    const other = this.clients[(step.who + 1) % this.clients.length] as Client;
    const isSameUser = other.who.extension === client.who.extension;
    if (step.cursors === 'older') client.mirror = replaced(client.older, client.socket.received);
    if (step.cursors === 'of another' && isSameUser) client.mirror = replaced(other.mirror, client.socket.received);
    const named = step.cursors === 'of another' ? other.mirror.cursors : client.mirror.cursors;
    client.older = held;
    this.#sync(client, step.names, step.cursors === 'none' ? {} : named);
  }

  #sync(client: Client, names: readonly string[], cursors: Readonly<Record<string, string>>): void {
    client.names = names;
    // Who names no cursor says that he holds nothing.
    for (const name of names) if (cursors[name] === undefined) client.mirror.forget(name);
    if (names.includes('contacts')) client.mirror.forgetBooks(cursors);
    client.guard.reconnected(client.mirror.clone());
    client.guard.named(names, cursors);
    client.socket.send('sync.open', { collections: names, cursors });
  }

  /** Every message is looked at as it is written. */
  #watch(client: Client, socket: FakeSocket): void {
    const write = socket.write.bind(socket);
    socket.write = (bytes) => {
      for (const text of readFrames(bytes)) {
        const message = JSON.parse(text) as ServerMessage;
        if (client.socket === socket && !socket.ended) client.guard.see(message);
        const book = (message.result?.['book'] as { id?: string } | undefined)?.id;
        if (book !== undefined && !this.#books.includes(book)) this.#books.push(book);
      }
      return write(bytes);
    };
  }

  #living(): string[] {
    return [...this.#store.all('books')].map(({ id }) => id);
  }

  /** What may fail because of what happens meanwhile. */
  #later(work: Promise<unknown>): void {
    this.#pending.push(work.catch(() => undefined));
  }
}

/** Users, rules and presence may change back and forth in one turn. */
function emptyMirror(): Mirror {
  return new Mirror(['users', 'permissions', 'visibility', 'presence', 'extensions']);
}

/** The copies of another moment, which have read all that came on this connection. */
function replaced(copies: Mirror, received: readonly ServerMessage[]): Mirror {
  const mirror = copies.clone();
  mirror.skip(received);
  mirror.voidPages();
  return mirror;
}
