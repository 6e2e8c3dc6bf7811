// The services of several daemons over one store, each with its own view of it that may lag behind; the first one has the house duty. What
// each said is kept.
import { Access } from '../../src/service/access.ts';
import { Books } from '../../src/service/books.ts';
import type { Cluster } from '../../src/service/cluster.ts';
import { Contacts } from '../../src/service/contacts.ts';
import { ContactImports } from '../../src/service/contacts-import.ts';
import { Favorites } from '../../src/service/favorites.ts';
import { Fence } from '../../src/service/fence.ts';
import { Logins } from '../../src/service/logins.ts';
import type { EndedLogin } from '../../src/service/logins-index.ts';
import { Messages } from '../../src/service/messages.ts';
import { createPasswords } from '../../src/service/passwords.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { Rules } from '../../src/service/rules-setting.ts';
import type { Store, Table } from '../../src/service/store.ts';
import { Sweeper } from '../../src/service/sweeper.ts';
import { SharedTallies } from '../../src/service/tallies-shared.ts';
import { createThrottle } from '../../src/service/throttle.ts';
import { Turns } from '../../src/service/turns.ts';
import { Users } from '../../src/service/users.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { cheapCrypto } from './cheap-crypto.ts';
import { FakeClusters } from './fake-cluster.ts';
import { HandClock } from './hand-clock.ts';
import { LaggingStore, type Pace } from './lagging-store.ts';
import { DESK, HOME } from './log-in-house.ts';
import { MemoryStore } from './memory-store.ts';
import { openPaper } from './paper-file.ts';

const SMALL: readonly Table[] = [
  ...(['pbx', 'extensions', 'presence', 'statuses', 'users', 'logins', 'books', 'permissions', 'visibility'] as const),
  ...(['sweeps', 'upkeep', 'imports', 'attendance', 'errands', 'tallies'] as const),
];

export interface DaemonParts<S extends Store, C extends Cluster> {
  readonly store: S;
  readonly cluster: C;
  readonly clock: HandClock;
}

let ids = 0;

/** A UUID that no other daemon makes. */
function newId(): string {
  ids += 1;
  const digits = ids.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-4000-8000-${digits}`;
}

/** One daemon. */
export function openDaemon<S extends Store, C extends Cluster>({ store, cluster, clock }: DaemonParts<S, C>) {
  const crypto = cheapCrypto();
  const said: [string, ReportFields | undefined][] = [];
  const ended: EndedLogin[] = [];
  const report = (event: string, fields?: ReportFields) => void said.push([event, fields]);
  const parts = { store, cluster, clock, crypto, report, newId };
  const access = new Access(store);
  const tallies = new SharedTallies({ ...parts, sha256: crypto.sha256 });
  const throttle = createThrottle(clock, tallies);
  const sweeper = new Sweeper(parts);
  sweeper.start();
  const shared = { ...parts, throttle, sweeper, turns: new Turns(), passwords: createPasswords(crypto) };
  const users = new Users(shared);
  const logins = new Logins({ ...shared, users });
  logins.subscribe((one) => ended.push(one));
  const directory = { ...parts, access, numbering: { country: 'GB', outsideLine: '' } };
  const messages = new Messages({
    ...{ ...directory, tallies, fence: new Fence(store) },
    ...{ phonesOf: undefined, keep: { count: 1_000, days: 365 } },
  });
  const logIn = (login: string, password: string, address = HOME) =>
    logins.logIn({ login, password, client: DESK, address });
  const stop = async () => {
    tallies.stop();
    logins.stop();
    users.close();
    access.close();
    await Promise.all([sweeper.stop(), messages.stop()]);
  };
  return {
    ...{ store, cluster, clock, access, tallies, throttle, sweeper, users, logins, messages, said, ended, logIn, stop },
    contacts: new Contacts(directory),
    imports: new ContactImports({ ...directory, country: 'GB', openFile: openPaper }),
    favorites: new Favorites(directory),
    books: new Books(directory),
    rules: new Rules(directory),
  };
}

export type Daemon = ReturnType<typeof openTwo>['a'];

/** Two daemons, `a` with the house duty. */
export function openTwo({
  pace,
  clocks,
}: {
  readonly pace?: Pace;
  readonly clocks?: readonly [HandClock, HandClock];
} = {}) {
  const behind = new MemoryStore();
  const clusters = new FakeClusters();
  const open = (name: string, clock = new HandClock()) =>
    openDaemon({ store: new LaggingStore(behind, SMALL, pace), cluster: clusters.join(name), clock });
  const [a, b] = [open('a', clocks?.[0]), open('b', clocks?.[1])];
  return { behind, clusters, a, b };
}

export const as = (extension: string, admin = false): Viewer => ({ extension, admin, contacts: true });
