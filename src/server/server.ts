// The one port of the daemon: an HTTP or HTTPS server with the WebSocket endpoint on it. Knows no session and no service
// but the ports it is given.
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import { type AddressInfo, isIPv6, type Socket as NetSocket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type Clock, systemClock } from '../service/clock.ts';
import { OperatorError } from '../service/operator-error.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report } from '../service/report.ts';
import type { Socket, SocketListener } from '../sync/socket.ts';
import { addressReader } from './addresses.ts';
import { isUpload } from './api-routes.ts';
import { boundBodies } from './body-deadline.ts';
import { declineUpgrade } from './declined-upgrade.ts';
import { answerGarbage } from './garbage.ts';
import { type HttpPorts, httpApp } from './http.ts';
import type { Metrics } from './metrics.ts';
import { originRule } from './origins.ts';
import { readTls, type TlsFiles } from './tls.ts';
import { defaultTuning, type Tuning } from './tuning.ts';
import { WsServer } from './ws-server.ts';

export interface Listen {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: TlsFiles;
  /** Web pages that may connect; empty: all. */
  readonly origins: readonly string[];
  /** Addresses or `address/bits` whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
}

export interface ServerParts {
  readonly listen: Listen;
  /** Makes the session of a new connection. */
  readonly accept: (socket: Socket) => SocketListener;
  readonly http: HttpPorts;
  readonly report: Report;
  readonly metrics: Metrics;
  /** What is not default. */
  readonly tuning?: Partial<Tuning>;
  /** For the rates and the progress of /api; the system's unless given. */
  readonly clock?: Clock;
  /** From 0 to 1, 1 excluded. */
  readonly random?: () => number;
}

export interface OpenedServer {
  readonly address: { readonly host: string; readonly port: number };
  /** `http://127.0.0.1:8088`, without a path. */
  readonly url: string;
  /** Reads certificate and key again for new connections. Throws OperatorError and goes on with the old ones. */
  reloadTls(): void;
  /** Takes nothing new, closes every session with 1001, waits three seconds at most, drops what is left. */
  drain(): Promise<void>;
  /** Drops everything. */
  close(): Promise<void>;
}

/** Listens. Throws OperatorError when the settings or the system do not allow it. */
export async function openServer(parts: ServerParts): Promise<OpenedServer> {
  const { listen, report, metrics } = parts;
  const tuning = { ...defaultTuning(), ...parts.tuning };
  const addressOf = addressReader(listen.trustedProxies);
  const originAllowed = originRule(listen.origins);
  const clock = parts.clock ?? systemClock;
  const app = httpApp({ ...parts.http, addressOf, originAllowed, report, metrics, limits: tuning.api, clock });
  const server = makeServer(tuning, listen.tls);
  const sockets = new WsServer({
    accept: parts.accept,
    addressOf,
    originAllowed,
    admission: tuning.admission,
    heartbeatMs: tuning.heartbeatMs,
    report,
    metrics,
    random: parts.random ?? Math.random,
  });
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false, hostname: 'localhost' }));
  server.on('upgrade', (request, stream, head) => {
    const net = stream as NetSocket;
    net.on('error', ignore);
    if (request.headers.upgrade?.toLowerCase() === 'websocket') sockets.upgrade(request, net, head);
    else declineUpgrade(server, request, net, head);
  });
  boundBodies(server, tuning.requestMs, isUpload);
  await startListening(server, listen);
  watch(server, report, metrics);
  return opened(server, sockets, listen, tuning);
}

function makeServer(tuning: Tuning, tls: TlsFiles | undefined): Server {
  const options: ServerOptions = {
    noDelay: true,
    maxHeaderSize: tuning.headerBytes,
    headersTimeout: tuning.headersMs,
    requestTimeout: Math.max(tuning.uploadMs, tuning.headersMs),
    keepAliveTimeout: tuning.keepAliveMs,
    connectionsCheckingInterval: tuning.checkMs,
  };
  const server = tls
    ? createTlsServer({ ...options, ...readTls(tls), handshakeTimeout: tuning.headersMs })
    : createServer(options);
  server.timeout = tuning.idleMs;
  server.maxRequestsPerSocket = tuning.requestsPerConnection;
  server.maxConnections = tuning.connections;
  return server;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; stop it or set another listen.port',
  EACCES: 'the daemon may not use this port; set listen.port above 1023 or give it CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine does not have this address; set listen.host to one it has',
  ENOTFOUND: 'this name has no address; set listen.host to an address of this machine',
};

function startListening(server: Server, { host, port }: Listen): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      const why = WHY_NOT[error.code ?? ''] ?? error.message;
      reject(new OperatorError(`cannot listen on ${host} port ${port}: ${why}`, { cause: error }));
    };
    server.once('error', failed);
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

/** What goes wrong with connections while the server runs. None of it ends the server. */
function watch(server: Server, report: Report, metrics: Metrics): void {
  const full = rareReport(report, 'http.full');
  const acceptFailed = rareReport(report, 'http.accept_failed');
  server.on('drop', () => {
    metrics.connectionRefused('connections');
    full({ connections: server.maxConnections });
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    metrics.connectionRefused('accept_failed');
    acceptFailed({ code: error.code });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    report('http.client_error', { code: error.code });
    answerGarbage(error, stream as NetSocket);
  });
}

function opened(server: Server, sockets: WsServer, listen: Listen, tuning: Tuning): OpenedServer {
  const { address: host, port } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const stopListening = () => {
    closing ??= new Promise((resolve) => server.close(() => resolve()));
    return closing;
  };
  const close = async () => {
    const gone = Promise.all([stopListening(), sockets.stop()]);
    server.closeAllConnections();
    await within(tuning.closeMs, gone);
  };
  return {
    address: { host, port },
    url: `${listen.tls ? 'https' : 'http'}://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    reloadTls: () => {
      if (listen.tls && server instanceof TlsServer) server.setSecureContext(readTls(listen.tls));
    },
    drain: async () => {
      await within(tuning.drainMs, Promise.all([stopListening(), sockets.drain()]));
      await close();
    },
    close,
  };
}

/** Waits for the work, but not longer. */
function within(ms: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    work.then(() => resolve(), reject).finally(() => clearTimeout(timer));
  });
}

/** A broken connection is destroyed by node itself; the event only must not go unheard. */
function ignore(): void {
  // Nothing is left to do.
}
