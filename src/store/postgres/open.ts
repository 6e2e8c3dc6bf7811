// Opens the store in a PostgreSQL database and joins the daemons that share it.
import type { Clock } from '../../service/clock.ts';
import type { Cluster } from '../../service/cluster.ts';
import { OperatorError } from '../../service/operator-error.ts';
import type { Report } from '../../service/report.ts';
import type { Store } from '../../service/store.ts';

export interface PostgresOptions {
  /** postgres://user:password@host/database */
  readonly url: string;
  readonly connections: number;
  /** The name of this run of this daemon. */
  readonly daemon: string;
  readonly site: string;
  /** False: a command, which takes no part in the cluster. */
  readonly isDaemon: boolean;
  readonly clock: Clock;
  readonly report: Report;
  /** Length of the endings by which contacts are found by number; 0: none. */
  readonly lastDigits: number;
}

export interface OpenedPostgres {
  readonly store: Store;
  readonly cluster: Cluster;
  close(): Promise<void>;
}

/** Rejects with OperatorError when the database cannot be reached or is not for this version. */
export async function openPostgres(_options: PostgresOptions): Promise<OpenedPostgres> {
  throw new OperatorError('store.kind postgres is not available in this version: use files');
}
