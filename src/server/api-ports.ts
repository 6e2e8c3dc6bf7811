// What /api asks of the rest of the daemon, and what its routes know of a request. Every decision is made behind the ports.
import type { HttpBindings } from '@hono/node-server';
import type { Exports, Imports } from '../service/imports-port.ts';
import type { BoardView } from '../service/operations.ts';
import type { Viewer } from '../service/viewer.ts';

interface Credentials {
  readonly login: string;
  readonly password: string;
  /** The peer's, proxies resolved. */
  readonly address: string;
}

interface HttpSession {
  readonly token: string;
  readonly tokenExpires: string;
  readonly extension: string;
  readonly name: string;
  readonly admin: boolean;
}

export interface SessionPort {
  /** Rejects with Failure `unauthorized`, `too_many`, `storage`. */
  logIn(credentials: Credentials): Promise<HttpSession>;
  /** Ends the log-in of a token. Rejects with Failure `unauthorized` when it is none. */
  logOut(token: string): Promise<void>;
}

export interface ApiPorts {
  /**
   * Who a token is at this moment, of a log-in over the WebSocket or over HTTP; `address` is where it is used, proxies resolved. Rejects with Failure
   * `unauthorized` when it is none, has ended, or its user is disabled.
   */
  viewer(token: string, address: string): Viewer | Promise<Viewer>;
  readonly imports: Imports;
  readonly exports: Exports;
  /** The board over all extensions, for administrators; asked for them alone. */
  presenceOfAll(): BoardView;
}

export type Env = { Bindings: HttpBindings; Variables: { address: string; viewer: Viewer } };
