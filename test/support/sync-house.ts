// The daemon without its edges: board, log-ins, hub and sessions over their doubles, with clients on sockets of two lists.

import { Board } from '../../src/service/board.ts';
import { Logins } from '../../src/service/logins.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { collectionsOf } from '../../src/sync/collections.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Sessions } from '../../src/sync/sessions.ts';
import { turn } from './board-house.ts';
import { cheapCrypto } from './cheap-crypto.ts';
import { FakePbx, freshFacts } from './fake-pbx.ts';
import { FakeSocket, type ServerMessage } from './fake-socket.ts';
import { OPEN_GATES } from './gates.ts';
import { HandClock } from './hand-clock.ts';
import { MemoryStore } from './memory-store.ts';

export const CLIENT = { platform: 'web', version: '1.0' } as const;
export const PASSWORD = 'long enough';

interface HouseParts {
  readonly store?: MemoryStore;
  readonly pbx?: FakePbx;
  readonly clock?: HandClock;
}

/** The daemon over a store; with that of an earlier house it is the daemon after a restart. */
export async function openSyncHouse({
  store = new MemoryStore(),
  pbx = pbxOf('1001', '1002', '1003'),
  clock = new HandClock(),
}: HouseParts = {}) {
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
  };
  const users = new Users(services);
  const logins = new Logins({ ...services, users, report });
  const board = new Board({ store, pbx, clock, report });
  const started = board.start(3_000);
  pbx.connected = false;
  pbx.snapshot();
  await started;
  const hub = new Hub({ store, clock, collections: collectionsOf(store) });
  const sessions = new Sessions({
    ...{ store, hub, board, logins, users, clock, report, version: '1.2.3', gates: OPEN_GATES },
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
    board.stop();
    logins.stop();
    users.close();
  };
  return { ...services, users, logins, board, pbx, hub, sessions, reports, answers, connect, tokenOf, open, stop };
}

export type SyncHouse = Awaited<ReturnType<typeof openSyncHouse>>;

export function pbxOf(...numbers: readonly string[]): FakePbx {
  const pbx = new FakePbx();
  pbx.obedient = true;
  pbx.put(...numbers.map((number) => freshFacts(number)));
  return pbx;
}

/** Opens collections on a session and waits until it was told everything. */
export async function sync(
  socket: FakeSocket,
  collections: readonly string[],
  cursors: Readonly<Record<string, string>> = {},
): Promise<ServerMessage[]> {
  const from = socket.received.length;
  socket.send('sync.open', { collections, cursors });
  await turn();
  await turn();
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
