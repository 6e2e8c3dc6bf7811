// The listener on which the dialplan asks over HTTP who is calling. Plain node:http, because it answers while a call waits.
// Knows no rule of the lookup.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { DialplanPort } from '../service/dialplan-port.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report } from '../service/report.ts';
import type { Address, OpenedListener } from './lasting-listener.ts';
import { answer, answerSocket, refuse, refuseSocket } from './lookup-answers.ts';
import { Connections } from './lookup-connections.ts';
import { type LookupDesk, lookupDesk } from './lookup-desk.ts';
import { lookupQuery, readLookup } from './lookup-request.ts';
import { type LookupTuning, lookupTuning } from './lookup-tuning.ts';
import { readUnencoded } from './lookup-unencoded.ts';
import type { Metrics } from './metrics.ts';

export interface LookupServerParts {
  /** Port 0 takes a free one. */
  readonly listen: Address;
  /** What everybody who asks has to know; empty: whoever reaches the listener may ask. */
  readonly token: string;
  readonly dialplan: Pick<DialplanPort, 'caller'>;
  readonly report: Report;
  readonly metrics: Metrics;
  /** What is not default. */
  readonly tuning?: Partial<LookupTuning>;
}

/** Listens. Rejects with the error of node where that is not possible. */
export async function openLookupServer(parts: LookupServerParts): Promise<OpenedListener> {
  const { listen, report, metrics } = parts;
  const tuning = { ...lookupTuning(), ...parts.tuning };
  const server = makeServer(tuning);
  const full = rareReport(report, 'lookup.full');
  new Connections(server, tuning.connections, () => {
    metrics.connectionRefused('lookup');
    full({ way: 'http', connections: tuning.connections });
  });
  serve(server, lookupDesk({ ...parts, tuning }), report);
  await startListening(server, listen);
  const acceptFailed = rareReport(report, 'http.accept_failed');
  server.on('error', (error: NodeJS.ErrnoException) => {
    metrics.connectionRefused('accept_failed');
    acceptFailed({ code: error.code });
  });
  const { address: host, port } = server.address() as AddressInfo;
  return { address: { host, port }, close: () => close(server, tuning.closeMs) };
}

function makeServer(tuning: LookupTuning): Server {
  const server = createServer({
    noDelay: true,
    requireHostHeader: false,
    maxHeaderSize: tuning.headerBytes,
    headersTimeout: tuning.headersMs,
    requestTimeout: tuning.requestMs,
    keepAliveTimeout: tuning.keepAliveMs,
    connectionsCheckingInterval: tuning.checkMs,
  });
  server.timeout = tuning.idleMs;
  server.maxRequestsPerSocket = tuning.requestsPerConnection;
  return server;
}

function serve(server: Server, desk: LookupDesk, report: Report): void {
  /** Connections on which something was asked. */
  const used = new WeakSet<Socket>();

  function request(request: IncomingMessage, response: ServerResponse): void {
    used.add(request.socket);
    // A body, which no lookup has, is not waited for.
    if (hasBody(request)) response.shouldKeepAlive = false;
    const query = lookupQuery(request.url ?? '');
    if (query === undefined) refuse(response, 404);
    else if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'Allow', 'GET, HEAD');
    else {
      desk(readLookup(query, request.headers.authorization)).then((given) => {
        if (!server.listening) response.shouldKeepAlive = false;
        answer(response, given);
      });
    }
  }

  function garbage(error: ParseError, socket: Socket): void {
    const isFirst = !used.has(socket);
    used.add(socket);
    const read = isFirst && error.rawPacket ? readUnencoded(error.rawPacket) : undefined;
    const query = read && lookupQuery(read.target);
    if (read && query !== undefined) {
      desk(readLookup(query, read.authorization)).then((given) => answerSocket(socket, given));
      return;
    }
    report('http.client_error', { code: error.code });
    const status = statusOf(error.code);
    if (status === undefined) socket.destroy();
    else refuseSocket(socket, status);
  }

  // An expectation is no reason to leave a caller without a name.
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, request);
  server.on('connect', (_, socket) => refuseSocket(socket as Socket, 405));
  server.on('clientError', (error, socket) => garbage(error, socket as Socket));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Of node: with what had just come when it was the parser that failed. */
interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Undefined of a connection that broke. */
function statusOf(code = ''): number | undefined {
  return /^(HPE_|ERR_HTTP_)/.test(code) ? (STATUS[code] ?? 400) : undefined;
}

function startListening(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 4_096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Answers what is at work, but does not wait longer than that. */
async function close(server: Server, withinMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), withinMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}
