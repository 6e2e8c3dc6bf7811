// The connections of a daemon to the database for as long as they last: one that writes, one that is woken when others have written, and
// some for questions. When one of them ends, all do. Knows no table.
import type { Clock } from '../../service/clock.ts';
import { connect, type Sql } from './connect.ts';
import { Snapshots } from './snapshots.ts';

export interface LinkOptions {
  readonly url: string;
  /** For everything. */
  readonly connections: number;
  readonly clock: Clock;
  /** Others have written; the newest revision, as they say. */
  readonly woken: (g: number) => void;
  /** Called once, also when `close` is called. */
  readonly ended: () => void;
}

export interface Link {
  /** One connection: what is sent first is done first. */
  readonly writer: Sql;
  readonly follower: Sql;
  /** For single statements. */
  readonly pool: Sql;
  /** For several that see one moment. */
  readonly snapshots: Snapshots;
  readonly isOpen: boolean;
  close(): void;
}

/** Connections that are not for questions: these two, and that of the cluster. */
const OTHERS = 3;

/** Rejects as the library does. */
export async function openLink({ url, connections, woken, ended }: LinkOptions): Promise<Link> {
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    snapshots.close();
    for (const sql of [writer, follower, pool]) void sql.end({ timeout: 0 }).catch(() => 'it is gone as well');
    ended();
  };
  const writer = connect(url, { max: 1, closed: close, alongIndex: true });
  const notified = (payload: string): void => woken(Number(payload));
  const follower = connect(url, { max: 1, closed: close, notified, alongIndex: true });
  const most = Math.max(2, connections - OTHERS);
  const pool = connect(url, { max: Math.ceil(most / 2), closed: close, alongIndex: true });
  const snapshots = new Snapshots(url, Math.floor(most / 2));
  try {
    await Promise.all([writer`select 1`, follower`listen rollcall`]);
  } catch (error) {
    close();
    throw error;
  }
  if (!isOpen) throw new Error('the connection ended');
  return {
    ...{ writer, follower, pool, snapshots, close },
    get isOpen() {
      return isOpen;
    },
  };
}
