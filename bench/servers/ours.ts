// The daemon's own parts, from the board to the sockets, on a real store; only the PBX is played. Started by benchmarks.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Line } from '../../src/domain/presence.ts';
import { NOT_SET } from '../../src/domain/presentity.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { openServer } from '../../src/server/server.ts';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { Board } from '../../src/service/board.ts';
import { systemClock } from '../../src/service/clock.ts';
import { Logins } from '../../src/service/logins.ts';
import type { ExtensionFacts, PbxUpdate } from '../../src/service/pbx-port.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { collectionsOf } from '../../src/sync/collections.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Sessions } from '../../src/sync/sessions.ts';
import { answering, clockMicros, cpuMicros } from '../support/child.ts';

const extensions = Number(process.argv[2] ?? 100);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const clock = systemClock;
const report = () => undefined;
const store = await openFilesStore({ folder, clock, report });
const throttle = createThrottle(clock);
const turns = new Turns();
// Log-ins are made by the thousand here; what a password costs is not what is measured.
const crypto = { ...nodeCrypto, scrypt: async () => new Uint8Array(32) };
const passwords = createPasswords(crypto);
const users = new Users({ store, passwords, throttle, turns });
const logins = new Logins({ store, users, passwords, throttle, turns, crypto, clock, report });

let tell: (update: PbxUpdate) => void = () => undefined;
const pbx = {
  subscribe: (listener: (update: PbxUpdate) => void) => {
    tell = listener;
    return () => undefined;
  },
  carryOut: async () => undefined,
};
const facts = (number: string, line: Line): ExtensionFacts => ({
  number,
  name: `User ${number}`,
  line,
  blocked: false,
  lamps: {},
  presentity: NOT_SET,
});
const numbers = Array.from({ length: extensions }, (_, i) => String(100_000 + i));
const board = new Board({ store, pbx, clock, report });
const started = board.start(1_000);
tell({ kind: 'snapshot', first: true, extensions: new Map(numbers.map((number) => [number, facts(number, 'idle')])) });
await started;
const hub = new Hub({ store, clock, collections: collectionsOf(store) });
const sessions = new Sessions({
  ...{ store, hub, board, logins, users, clock, report, random: Math.random, version: '0.0.0' },
  gates: { web: '0', android: '0', ios: '0', windows: '0', mac: '0', desk: '0', sdk: '0', other: '0' },
  answered: () => undefined,
});
const server = await openServer({
  listen: { host: '127.0.0.1', port: 0, origins: [], trustedProxies: [] },
  accept: (socket) => sessions.accept(socket),
  http: {
    sessions: { logIn: async () => Promise.reject(new Error('not here')), logOut: async () => undefined },
    readiness: () => ({ store: store.state, pbx: { connected: true } }),
    version: '0.0.0',
  },
  report,
  metrics: new Metrics(),
});

/** Frames that log one client in and open its collections. */
async function framesFor(count: number, collections: readonly string[]): Promise<string[][]> {
  const all: string[][] = [];
  for (let i = 0; i < count; i++) {
    const id = numbers[i % numbers.length] as string;
    if (!users.get(id)) await users.set({ id, password: 'bench-password' });
    const client = { platform: 'other' as const, version: '1' };
    const { token } = await logins.logIn({ login: id, password: 'bench-password', client, address: '127.0.0.1' });
    const request = (number: number, method: string, params: object) =>
      JSON.stringify({ jsonrpc: '2.0', id: number, method, params });
    all.push([
      request(1, 'session.open', { client, auth: { token } }),
      request(2, 'sync.open', { collections }),
    ]);
  }
  return all;
}

let turn = 0;
answering(async (question) => {
  if (question['do'] === 'port') return { port: server.address.port };
  if (question['do'] === 'frames') {
    return { frames: await framesFor(Number(question['count']), question['collections'] as string[]) };
  }
  if (question['do'] === 'cpu') return { cpu: cpuMicros() };
  if (question['do'] === 'item') return { text: JSON.stringify(board.presence(numbers[0] as string)) };
  if (question['do'] === 'memory') {
    globalThis.gc?.();
    return { rss: process.memoryUsage().rss, heap: process.memoryUsage().heapUsed, clients: sessions.count };
  }
  if (question['do'] === 'change') {
    turn += 1;
    const line: Line = turn % 2 ? 'ringing' : 'idle';
    const cpu = cpuMicros();
    const at = clockMicros();
    for (let i = 0; i < Number(question['count']); i++) tell({ kind: 'extension', facts: facts(numbers[i] as string, line) });
    return { at, cpu };
  }
  return {};
});
