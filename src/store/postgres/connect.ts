// Makes connections to the database of the settings. Knows no table.
import postgres from 'postgres';
import { OperatorError } from '../../service/operator-error.ts';

export type Sql = postgres.Sql;
/** One connection, or one transaction. */
export type Statements = postgres.ISql;

export interface ConnectOptions {
  readonly max: number;
  /** Called for each connection that ends. */
  readonly closed?: () => void;
  /** Called for each notification to this connection. */
  readonly notified?: (payload: string) => void;
  /** For what is found by its key or read in order of revision: an index is always used, and never sorted. */
  readonly alongIndex?: true;
  /** Longest time of a statement, in milliseconds; 10,000 when it is absent, 0: no end. */
  readonly statementMs?: number;
}

const CONNECT_SECONDS = 5;
const STATEMENT_MS = 10_000;
/** A transaction of a process that has stopped in the middle of it holds locks no longer than this. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** For a connection that writes: what was answered is on the disk of the database, also where somebody has set that it need not be. */
export const ANSWERED_IS_KEPT = `
select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;

/** Connections are made when they are first used. Throws OperatorError when the URL is none. */
export function connect(url: string, options: ConnectOptions): Sql {
  const [address = '', query = ''] = url.split('?', 2);
  const parameters = new URLSearchParams(query);
  const host = parameters.get('host');
  const port = parameters.get('port');
  for (const taken of ['host', 'port']) parameters.delete(taken);
  const { max, closed, notified, alongIndex, statementMs = STATEMENT_MS } = options;
  /** What the library takes and its types leave out. */
  const more = notified ? { onnotify: (_channel: string, payload: string) => notified(payload) } : {};
  try {
    return postgres(`${address}?${parameters}`, {
      ...more,
      ...(host === null ? {} : { host }),
      ...(port === null ? {} : { port: Number(port) }),
      ...{ max, max_lifetime: null, connect_timeout: CONNECT_SECONDS, keep_alive: 5 },
      // A question of the library's own that is cut off would end the process. Without it lists travel as texts (wire.ts).
      fetch_types: false,
      ...(closed ? { onclose: closed } : {}),
      onnotice: () => {},
      connection: {
        application_name: 'rollcall',
        // As texts: the library leaves out what is the number 0, and then what the role says holds.
        ...({ statement_timeout: String(statementMs), idle_session_timeout: '0' } as object),
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        // Compiling a statement takes a thousand times as long as running any of ours.
        jit: 'off',
        ...(alongIndex ? { enable_seqscan: 'off', enable_bitmapscan: 'off' } : {}),
        default_transaction_isolation: 'read committed',
        tcp_keepalives_idle: 5,
        tcp_keepalives_interval: 2,
        tcp_keepalives_count: 3,
        tcp_user_timeout: 15_000,
      },
    });
  } catch {
    // What was thrown may hold the URL, and with it the password.
    throw new OperatorError('store.url cannot be read: write postgres://user:password@host/database');
  }
}

/** After these a connection is of no use: the server ends, takes no writes, or another connection of this daemon took over. */
const USELESS = /^(57P0[1-5]|25006|RC001|08...|3D000|28...)$/;

/** Why a connection or a statement failed: as PostgreSQL, the network or the library calls it. */
export function codeOf(error: unknown): string {
  const code = rawCode(error) ?? 'UNKNOWN';
  return isAnswered(error) ? `SQLSTATE_${code}` : code;
}

function rawCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** Whether the database itself answered with a fault: what was asked was not done. */
export function isAnswered(error: unknown): boolean {
  return error instanceof postgres.PostgresError;
}

/** Whether the server has no connection left, for this user or at all. */
export function isCrowded(error: unknown): boolean {
  return isAnswered(error) && rawCode(error) === '53300';
}

/** Whether it is a fault of the database or of the way to it, and not one of this program. */
export function isFault(error: unknown): boolean {
  return isAnswered(error) || rawCode(error) !== undefined;
}

/** Whether the same may go well on another connection. */
export function isOfConnection(error: unknown): boolean {
  return !isAnswered(error) || USELESS.test(rawCode(error) ?? '');
}
