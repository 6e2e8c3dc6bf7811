// The daemon without its edges: board, log-ins, hub and sessions over their doubles, with clients on sockets of two lists.

import type { VersionGates } from '../../src/domain/version-gate.ts';
import { Access } from '../../src/service/access.ts';
import { Books } from '../../src/service/books.ts';
import { CallHistory, type CallHistoryParts } from '../../src/service/call-history.ts';
import { MovedContacts } from '../../src/service/call-naming-moved.ts';
import { CallUpkeep } from '../../src/service/call-upkeep.ts';
import { Contacts } from '../../src/service/contacts.ts';
import { Dialing } from '../../src/service/dialing.ts';
import { Favorites } from '../../src/service/favorites.ts';
import { FavoritesUpkeep } from '../../src/service/favorites-upkeep.ts';
import { Logins } from '../../src/service/logins.ts';
import { Lookup } from '../../src/service/lookup.ts';
import { Messages } from '../../src/service/messages.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { Rules } from '../../src/service/rules-setting.ts';
import type { Store } from '../../src/service/store.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Sessions } from '../../src/sync/sessions.ts';
import { turn } from './board-house.ts';
import { cheapCrypto } from './cheap-crypto.ts';
import { openPresence } from './duty-house.ts';
import { FakeCalls, FakeMessages } from './fake-calls.ts';
import { FakePbx, freshFacts } from './fake-pbx.ts';
import { FakeSocket, type ServerMessage } from './fake-socket.ts';
import { OPEN_GATES } from './gates.ts';
import { HandClock } from './hand-clock.ts';
import { MemoryStore } from './memory-store.ts';

export const CLIENT = { platform: 'web', version: '1.0' } as const;
export const PASSWORD = 'long enough';

interface HouseParts<S extends Store> {
  readonly store?: S;
  readonly pbx?: FakePbx;
  readonly clock?: HandClock;
  readonly gates?: VersionGates;
  /** What is kept of each user's messages. */
  readonly messagesKeep?: { readonly count: number; readonly days: number };
}

let ids = 0;

/** A UUID that says how many were made before it, also by earlier houses over the same store. */
function countedId(): string {
  ids += 1;
  // Company books and rules take the first twelve digits of one.
  const digits = ids.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-4000-8000-${digits}`;
}

/** The daemon over a store; with that of an earlier house it is the daemon after a restart. */
export async function openSyncHouse<S extends Store = MemoryStore>({
  store = new MemoryStore() as Store as S,
  pbx = pbxOf('1001', '1002', '1003'),
  clock = new HandClock(),
  gates = OPEN_GATES,
  messagesKeep = { count: 5_000, days: 365 },
}: HouseParts<S> = {}) {
  const access = new Access(store);
  const reports: [string, ReportFields | undefined][] = [];
  const report = (event: string, fields?: ReportFields) => void reports.push([event, fields]);
  const answers: string[] = [];
  const crypto = cheapCrypto();
  const services = {
    store,
    clock,
    crypto,
    passwords: createPasswords(crypto),
    throttle: createThrottle(clock),
    turns: new Turns(),
    sweeper: new Sweeper({ store, clock, report }),
  };
  const { sweeper } = services;
  const users = new Users(services);
  const logins = new Logins({ ...services, users, report });
  const presence = openPresence({ store, clock, report });
  const { presences } = presence;
  const board = presence.newBoard(pbx);
  const started = board.start(3_000);
  presence.serve(board);
  pbx.connected = false;
  pbx.snapshot();
  await started;
  const parts = { store, access, clock, report, newId: countedId, numbering: { country: 'GB', outsideLine: '' } };
  const directory = {
    contacts: new Contacts(parts),
    favorites: new Favorites(parts),
    books: new Books(parts),
    rules: new Rules(parts),
    lookup: new Lookup({ ...parts, order: ['extension', 'personal', 'company'], lastDigits: 7 }),
  };
  await directory.books.start();
  sweeper.start();
  const upkeep = new FavoritesUpkeep(parts);
  await upkeep.start();
  const calls = new FakeCalls();
  const phones = new FakeMessages();
  const keep = { count: 1_000, days: 365 };
  const moved = new MovedContacts();
  const stopMoved = moved.follow(store);
  const making = { ...parts, calls, sha256: crypto.sha256, lookup: directory.lookup, keep, site: '', moved };
  const history = historyOf(making);
  const rules = { allow: [], deny: [], plus: '+', ring: 30, perMinute: 10 };
  const calling = {
    dialing: new Dialing({ ...making, dialer: calls, rules }),
    messages: new Messages({ ...making, keep: messagesKeep, phonesOf: '' }),
  };
  for (const part of [history, calling.dialing]) part.start();
  const stopsMessages = [calling.messages.serve(phones), calling.messages.tidy()];
  const messagesTold = (extension: string) => calling.messages.told(extension);
  const hub = new Hub({ store, access, clock, report, messagesTold, isOutdated: (known) => moved.isOutdated(known) });
  const sessions = new Sessions({
    ...directory,
    ...calling,
    ...{ store, access, hub, presences, logins, users, clock, report, version: '1.2.3', gates },
    random: () => 0.5,
    answered: (method, outcome) => void answers.push(`${method} ${outcome}`),
  });

  /** A new connection that has said nothing. */
  const connect = (address?: string) => new FakeSocket((socket) => sessions.accept(socket), address);
  /** Makes a user and returns a token of a log-in of his. */
  const tokenOf = async (id: string, { admin = false } = {}): Promise<string> => {
    if (!users.get(id)) await users.set({ id, admin, password: PASSWORD });
    const { token } = await logins.logIn({ login: id, password: PASSWORD, client: CLIENT, address: '192.0.2.7' });
    return token;
  };
  /** A connection with an open session. */
  const open = async (id: string, options?: { readonly admin?: boolean; readonly token?: string }) => {
    const token = options?.token ?? (await tokenOf(id, options));
    const socket = connect();
    await ask(socket, 'session.open', { client: CLIENT, auth: { token } });
    return socket;
  };
  const stop = () => {
    sessions.stop();
    hub.stop();
    for (const part of [history, calling.dialing, calling.messages]) void part.stop();
    for (const end of [...stopsMessages, stopMoved]) end();
    board.stop();
    logins.stop();
    users.close();
    void upkeep.stop();
    void sweeper.stop();
    directory.lookup.close();
    access.close();
  };
  return {
    ...services,
    ...directory,
    ...{ ...calling, history, moved, calls, phones },
    ...{
      access,
      users,
      upkeep,
      logins,
      board,
      presences,
      pbx,
      hub,
      sessions,
      reports,
      answers,
      connect,
      tokenOf,
      open,
      stop,
    },
  };
}

/** The history and what keeps it in order, as one. */
function historyOf(parts: CallHistoryParts & ConstructorParameters<typeof CallUpkeep>[0]) {
  const history = new CallHistory(parts);
  const upkeep = new CallUpkeep(parts);
  return {
    start: () => {
      history.start();
      upkeep.start();
    },
    idle: async () => {
      await history.idle();
      await upkeep.idle();
    },
    stop: async () => {
      await history.stop();
      await upkeep.stop();
    },
  };
}

export type SyncHouse<S extends Store = MemoryStore> = Awaited<ReturnType<typeof openSyncHouse<S>>>;

export function pbxOf(...numbers: readonly string[]): FakePbx {
  const pbx = new FakePbx();
  pbx.obedient = true;
  pbx.put(...numbers.map((number) => freshFacts(number)));
  return pbx;
}

/** Opens collections on a session and waits until it was told everything, or that it cannot be. */
export async function sync(
  socket: FakeSocket,
  collections: readonly string[],
  cursors: Readonly<Record<string, string>> = {},
): Promise<ServerMessage[]> {
  const from = socket.received.length;
  const id = socket.send('sync.open', { collections, cursors });
  const isOver = () =>
    socket.received.slice(from).some(({ method }) => method === 'sync.ready') || socket.response(id)?.error;
  for (let n = 0; n < 2 || (n < 200 && !isOver()); n++) await turn();
  return socket.received.slice(from);
}

/** The answer to a request, after as many turns as it takes. */
export async function ask(socket: FakeSocket, method: string, params: object = {}): Promise<ServerMessage> {
  const id = socket.send(method, params);
  for (;;) {
    const response = socket.response(id);
    if (response) return response;
    if (socket.ended) throw new Error(`closed with ${socket.ended.code} before ${method} was answered`);
    await turn();
  }
}
