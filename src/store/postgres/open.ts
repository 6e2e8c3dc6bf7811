// Opens the store in a PostgreSQL database and joins the daemons that share it.
import { randomInt } from 'node:crypto';
import type { Clock } from '../../service/clock.ts';
import { aloneIn, type Cluster } from '../../service/cluster.ts';
import { OperatorError } from '../../service/operator-error.ts';
import type { Report } from '../../service/report.ts';
import type { Store } from '../../service/store.ts';
import { Feed } from '../held/feed.ts';
import { openCluster } from './cluster.ts';
import { signsOf } from './cluster-store.ts';
import { codeOf, type Sql } from './connect.ts';
import { Ledger } from './ledger.ts';
import { load } from './loading.ts';
import { oneConnection } from './one-connection.ts';
import { PostgresStore } from './postgres-store.ts';
import { refuseUnfinished } from './restore-place.ts';
import { migrate } from './schema.ts';
import { keepIndexed } from './search-again.ts';
import { tellUnreadable } from './unreadable.ts';

export interface PostgresOptions {
  /** postgres://user:password@host/database */
  readonly url: string;
  readonly connections: number;
  /** The name of this run of this daemon. */
  readonly daemon: string;
  readonly site: string;
  /** Of the program; for who looks into the database. */
  readonly version?: string;
  /** False: a command, which takes no part in the cluster. */
  readonly isDaemon: boolean;
  readonly clock: Clock;
  readonly report: Report;
  /** Length of the endings by which contacts are found by number; 0: none. */
  readonly lastDigits: number;
  /** Characters of commits that may wait for a database that hangs; beyond it commits are refused. */
  readonly waitingCharacters?: number;
  /** Called when the database is not the one it was, and only a new start helps; when it is absent the process ends. */
  readonly replaced?: () => void;
}

export interface OpenedPostgres {
  readonly store: Store;
  readonly cluster: Cluster;
  close(): Promise<void>;
}

const WAITING_CHARACTERS = 64 * 1024 * 1024;
/** Longest time until the first answer of the database, and until everything is read that is held here. */
const REACHED_MS = 10_000;
const LOADED_MS = 10 * 60_000;
/** As the store in files: each start leaves out this many revisions and up to as many again, by chance. */
const SKIPPED = 2 ** 30;

/** Rejects with OperatorError when the database cannot be reached or is not for this version. */
export async function openPostgres(options: PostgresOptions): Promise<OpenedPostgres> {
  const store = await openStore(options);
  const { isDaemon, site, daemon } = options;
  // Daemons may write at the same time.
  if (!isDaemon) return { store, cluster: { ...aloneIn(site, daemon), isShared: true }, close: () => store.close() };
  try {
    const cluster = await openCluster({ ...options, store: signsOf(store) });
    const stopIndexing = keepIndexed({ url: options.url, duty: cluster.houseDuty, report: options.report });
    const close = async (): Promise<void> => {
      await stopIndexing();
      await store.close();
      await cluster.close();
    };
    return { store, cluster, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openStore(options: PostgresOptions): Promise<Store> {
  const { url, daemon, clock, report, waitingCharacters: limit = WAITING_CHARACTERS, replaced = endProcess } = options;
  const began = clock.now();
  const sql = oneConnection(url, {});
  let isLate = false;
  const within = <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    const stop = clock.after(ms, () => {
      isLate = true;
      void sql.end({ timeout: 0 }).catch(() => 'it is gone as well');
    });
    return work().finally(stop);
  };
  try {
    await within(REACHED_MS, () => refuseEncoding(sql));
    await migrate(sql);
    const { contents, gaps, rows } = await within(LOADED_MS, async () => {
      await refuseUnfinished(sql);
      await sql`select rollcall.open_1(${daemon}, ${SKIPPED + randomInt(SKIPPED)})`;
      return load(sql, tellUnreadable(report));
    });
    const feed = new Feed(report);
    const ledger = new Ledger(contents, gaps, feed, () => clock.now());
    const store = new PostgresStore({ ...options, epoch: contents.epoch, ledger, feed, limit, replaced });
    await store.open();
    report('store.opened', { rows, ms: clock.now() - began });
    return store;
  } catch (error) {
    throw isLate ? silent() : error instanceof OperatorError ? error : unusable(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function refuseEncoding(sql: Sql): Promise<void> {
  const [row] = await sql`select current_setting('server_encoding') as encoding`;
  if (row?.['encoding'] === 'UTF8') return;
  throw new OperatorError(
    `The database of store.url is kept as ${row?.['encoding']}, in which not every name can be written: make another with createdb --encoding UTF8 --template template0`,
  );
}

function silent(): Error {
  return new OperatorError(
    'The database of store.url does not answer in time: look whether it runs, at its load, and at what is on the way to it',
  );
}

function unusable(error: unknown): Error {
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : '';
  return new OperatorError(`The database of store.url cannot be used (${code}): ${said}`, { cause: error });
}

/** Ends it as a fault does. */
function endProcess(): void {
  setImmediate(() => {
    throw new OperatorError('The database is not the one it was: it was restored or replaced. Start the daemon again.');
  });
}
