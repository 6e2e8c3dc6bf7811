// The daemon's own parts, from the board to the sockets, on a real store. The PBX is played, or a real one behind its AMI.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../../src/domain/presence.ts';
import { NOT_SET } from '../../src/domain/presentity.ts';
import { type AmiLink, openLink } from '../../src/pbx/ami/link.ts';
import { openPbx } from '../../src/pbx/pbx.ts';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { readPortal } from '../../src/server/portal.ts';
import { openServer } from '../../src/server/server.ts';
import { Board } from '../../src/service/board.ts';
import { systemClock } from '../../src/service/clock.ts';
import type { Crypto } from '../../src/service/crypto.ts';
import { Logins } from '../../src/service/logins.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { ExtensionFacts, Pbx, PbxUpdate } from '../../src/service/pbx-port.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Sessions } from '../../src/sync/sessions.ts';
import { aboutThisProcess, answering, clockMicros, cpuMicros, type Question } from '../support/child.ts';
import { openContactServices } from '../support/contact-services.ts';
import { untilCount } from '../support/count.ts';
import { edit, fillStore, meanLength } from '../support/filled-store.ts';
import type { OursOptions } from '../support/side.ts';
import { watchTurns } from '../support/turns.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as OursOptions;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const clock = systemClock;
const report = () => undefined;
const store = await openFilesStore({ folder, clock, report });
const throttle = createThrottle(clock);
const turns = new Turns();
/** Log-ins are made by the thousand here; only a password that is called dear costs what a password costs. */
const crypto: Crypto = {
  ...nodeCrypto,
  scrypt: async (password, salt, cost) =>
    password.startsWith('dear') ? nodeCrypto.scrypt(password, salt, cost) : new Uint8Array(32),
};
const passwords = createPasswords(crypto);
const contactIds = await fillStore(store, options.contacts ?? 0);
const services = await openContactServices(store, clock, report);
const { access, sweeper } = services;
const users = new Users({ store, passwords, throttle, turns, sweeper });
const logins = new Logins({ store, users, passwords, throttle, turns, crypto, clock, report });

const FIRST_NUMBER = 100_000;
const numbers = Array.from({ length: options.extensions }, (_, i) => String(FIRST_NUMBER + i));
const listeners = new Set<(update: PbxUpdate) => void>();
const tell = (update: PbxUpdate) => {
  for (const listener of listeners) listener(update);
};
const pbx: Pbx = {
  subscribe: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  carryOut: async () => undefined,
};
let link: AmiLink | undefined;
let longestTurn = () => 0;
let watchedTurns = () => 0;
const board = new Board({ store, pbx, clock, report });
const started = board.start(3_000);
if (options.ami) follow(options.ami);
else {
  const extensions = new Map(numbers.map((number) => [number, facts(number, 'idle')]));
  tell({ kind: 'snapshot', first: true, extensions });
}
await started;

const hub = new Hub({ store, access, clock, report });
const sessions = new Sessions({
  ...services,
  ...{ dialing: { dial: notHere }, messages: { send: notHere, read: notHere } },
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
    portal: options.portal === undefined ? new Map() : readPortal(options.portal),
  },
  report,
  metrics: new Metrics(),
});

async function notHere(): Promise<never> {
  throw new Error('not here');
}

/** Lets the board follow a real Asterisk. */
function follow(ami: NonNullable<OursOptions['ami']>): void {
  const { settings } = loadSettings({ config: undefined, env: {}, cwd: folder });
  link = openLink(ami, { clock, report, random: Math.random });
  const real = openPbx({ link, settings: settings.pbx, clock, report });
  real.subscribe(tell);
  real.start();
  longestTurn = watchTurns();
  link.start();
}

function facts(number: string, line: Line): ExtensionFacts {
  return { number, name: `User ${number}`, line, blocked: false, lamps: {}, presentity: NOT_SET };
}

/** A token for each of so many clients, of which up to ten have the same user; the first users have the extensions. */
async function tokens({ count }: Question): Promise<string[]> {
  const all: string[] = [];
  const client = { platform: 'other' as const, version: '1' };
  const people = Math.max(numbers.length, Math.ceil(Number(count) / 10));
  for (let i = 0; i < Number(count); i++) {
    const id = String(FIRST_NUMBER + (i % people));
    if (!users.get(id)) await users.set({ id, password: 'cheap password' });
    const { token } = await logins.logIn({ login: id, password: 'cheap password', client, address: '127.0.0.1' });
    all.push(token);
  }
  return all;
}

/** Users whose passwords cost as much as passwords do. */
async function dearUsers({ count }: Question): Promise<string[]> {
  const ids = Array.from({ length: Number(count) }, (_, i) => `7${String(i).padStart(4, '0')}`);
  for (const id of ids) await users.set({ id, password: 'dear password' });
  return ids;
}

const ringing = new Set<string>();

/** Makes so many phones ring, or stop to. */
function change({ count }: Question): object {
  const cpu = cpuMicros();
  const at = clockMicros();
  for (const number of numbers.slice(0, Number(count))) {
    const rings = !ringing.delete(number);
    if (rings) ringing.add(number);
    tell({ kind: 'extension', facts: facts(number, rings ? 'ringing' : 'idle') });
  }
  return { at, cpu };
}

/** Changes the first contacts of the book; the mean length of one as clients are told it. */
async function editContacts({ count }: Question): Promise<number> {
  const ids = contactIds.slice(0, Number(count));
  for (const id of ids) await edit(store, id);
  return meanLength(store, ids);
}

/** What a client holds that has heard everything, as the clients' own digest. */
function digest(): string {
  const hash = createHash('sha256');
  for (const number of [...numbers].sort()) hash.update(`${JSON.stringify(board.presence(number))}\n`);
  return hash.digest('base64url');
}

const events = () => link?.counters.events ?? 0;

/** The longest turn from the beginning of the link until all is read and a while longer, for names come late. */
async function untilRead(): Promise<{ read: number; millis: number }> {
  for (const end = Date.now() + 60_000; !board.connected && Date.now() < end; ) await sleep(10);
  await sleep(3_000);
  return { read: [...store.all('extensions')].length, millis: longestTurn() };
}

answering({
  ...aboutThisProcess,
  port: () => ({ port: server.address.port }),
  tokens,
  dearUsers,
  change,
  editContacts,
  watchTurns: () => {
    watchedTurns = watchTurns();
  },
  watchedTurns: () => watchedTurns(),
  digest: () => digest(),
  fellBehind: () => hub.counters.fellBehind,
  events,
  untilEvents: untilCount(events),
  longestTurn: untilRead,
  item: () => ({ text: JSON.stringify(board.presence(numbers[0] as string)) }),
});
