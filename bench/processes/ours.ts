// The daemon's own parts, from the board to the sockets, on a real store. The PBX is played, or a real one behind its AMI.
import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from '../../src/domain/presence.ts';
import { NOT_SET } from '../../src/domain/presentity.ts';
import { type AmiLink, openLink } from '../../src/pbx/ami/link.ts';
import { openPbx } from '../../src/pbx/pbx.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { readPortal } from '../../src/server/portal.ts';
import { openServer } from '../../src/server/server.ts';
import { Attendance } from '../../src/service/attendance.ts';
import { Board } from '../../src/service/board.ts';
import { systemClock } from '../../src/service/clock.ts';
import { aloneIn } from '../../src/service/cluster.ts';
import { Errands } from '../../src/service/errands.ts';
import type { ExtensionFacts, Pbx, PbxUpdate } from '../../src/service/pbx-port.ts';
import { setPresence } from '../../src/service/presence-setting.ts';
import { PRESENCE_SET, type PresenceErrand, Presences } from '../../src/service/presences.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Sessions } from '../../src/sync/sessions.ts';
import { aboutThisProcess, answering, clockMicros, cpuMicros, type Question } from '../support/child.ts';
import { openContactServices } from '../support/contact-services.ts';
import { untilCount } from '../support/count.ts';
import { edit, fillStore, meanLength } from '../support/filled-store.ts';
import { FIRST_NUMBER, openLogIns } from '../support/log-ins.ts';
import type { OursOptions } from '../support/side.ts';
import { watchTurns } from '../support/turns.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as OursOptions;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const clock = systemClock;
const report = () => undefined;
const store = await openFilesStore({ folder, clock, report });
const contactIds = await fillStore(store, options.contacts ?? 0);
const services = await openContactServices(store, clock, report);
const { access, sweeper } = services;
const { users, logins, tokens } = openLogIns(store, sweeper, clock, report);

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
const cluster = aloneIn('', 'bench');
const attendance = new Attendance();
const errands = new Errands({ store, cluster, clock, report, newId: randomUUID });
const board = new Board({ store, pbx, attendance, site: '', isShared: false, isOnDuty: true, clock, report });
errands.handle(PRESENCE_SET, (params) => {
  const { viewer, wish } = params as PresenceErrand;
  return setPresence({ board, clock }, viewer, wish);
});
const presences = new Presences({ store, site: '', attendance, errands });
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
  ...{ store, hub, presences, logins, users, clock, report, random: Math.random, version: '0.0.0' },
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
  tokens: ({ count }: Question) => tokens(Number(count), numbers.length),
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
