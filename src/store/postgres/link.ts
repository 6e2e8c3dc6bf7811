// The connections of a daemon to the database for as long as they last: one that writes, one that is woken when others have written, and
// some for questions. When one of the two ends, all do; one for questions costs no more than its question. Knows no table.
import type { Clock } from '../../service/clock.ts';
import { ANSWERED_IS_KEPT, connect, type Sql } from './connect.ts';
import { Connections } from './connections.ts';

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
  readonly pool: Connections;
  /** For several that see one moment. */
  readonly snapshots: Connections;
  readonly isOpen: boolean;
  /** Resolves when the writer writes and the follower is woken. Rejects as the library does, also when it is closed meanwhile. */
  begin(): Promise<void>;
  close(): void;
}

/** Connections that are not for questions: these two, and that of the cluster. */
const OTHERS = 3;

/** Nobody is asked yet. */
export function openLink({ url, connections, woken, ended }: LinkOptions): Link {
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const some of [pool, snapshots]) some.close();
    for (const sql of [writer, follower]) void sql.end({ timeout: 0 }).catch(() => 'it is gone as well');
    ended();
  };
  const writer = connect(url, { max: 1, closed: close, alongIndex: true });
  const notified = (payload: string): void => woken(Number(payload));
  const follower = connect(url, { max: 1, closed: close, notified, alongIndex: true });
  const most = Math.max(2, connections - OTHERS);
  const pool = new Connections(url, Math.ceil(most / 2), { alongIndex: true });
  const snapshots = new Connections(url, Math.floor(most / 2));
  const begin = async (): Promise<void> => {
    await Promise.all([writer.unsafe(ANSWERED_IS_KEPT), follower`listen rollcall`]);
    if (!isOpen) throw new Error('the connection ended');
  };
  return {
    ...{ writer, follower, pool, snapshots, begin, close },
    get isOpen() {
      return isOpen;
    },
  };
}
