// The WebSocket endpoint `/ws`: decides on each upgrade, makes the sockets, keeps their heartbeat, closes them at the end.
// Knows no session but the function that takes a socket.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { type ServerOptions, WebSocketServer } from 'ws';
import { CLOSE_CODES, SUBPROTOCOL } from '../protocol/codes.ts';
import { LIMITS } from '../protocol/limits.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report, ReportFields } from '../service/report.ts';
import type { Socket, SocketListener } from '../sync/socket.ts';
import type { AddressOf } from './addresses.ts';
import { Admission, type AdmissionLimits } from './admission.ts';
import { Heartbeat } from './heartbeat.ts';
import type { Metrics } from './metrics.ts';
import type { OriginAllowed } from './origins.ts';
import { OwnedWebSocket } from './owned-web-socket.ts';
import { type Refusal, refuse } from './refusal.ts';
import { returnAfter } from './return-time.ts';
import { type SocketHost, WsSocket } from './ws-socket.ts';

const MAX_FRAGMENTS = 256;
const MAX_CHUNKS = 1_024;
const CLOSE_WITHIN_MS = 2_000;

export interface WsServerParts {
  readonly accept: (socket: Socket) => SocketListener;
  readonly addressOf: AddressOf;
  readonly originAllowed: OriginAllowed;
  readonly admission: AdmissionLimits;
  readonly heartbeatMs: number;
  readonly report: Report;
  readonly metrics: Metrics;
  /** From 0 to 1, 1 excluded. */
  readonly random: () => number;
}

/** The type of ws does not know `closeTimeout` yet. */
const WS_OPTIONS: ServerOptions<typeof OwnedWebSocket> & { readonly closeTimeout: number } = {
  noServer: true,
  WebSocket: OwnedWebSocket,
  clientTracking: false,
  perMessageDeflate: false,
  autoPong: true,
  // One message per socket and turn: a flood from one peer does not hold up the others.
  allowSynchronousEvents: false,
  maxPayload: LIMITS.messageBytes,
  maxFragments: MAX_FRAGMENTS,
  maxBufferedChunks: MAX_CHUNKS,
  closeTimeout: CLOSE_WITHIN_MS,
  handleProtocols: () => SUBPROTOCOL,
};

const REFUSALS: Readonly<Record<'path' | 'origin' | 'subprotocol' | 'version', Refusal>> = {
  path: { status: 404, reason: 'not_found', message: 'WebSocket is spoken at /ws' },
  origin: { status: 403, reason: 'origin', message: 'pages of this origin may not connect; see listen.origins' },
  subprotocol: { status: 400, reason: 'subprotocol', message: `offer the subprotocol ${SUBPROTOCOL}, or none` },
  version: {
    status: 426,
    reason: 'websocket_version',
    message: 'speak WebSocket version 13',
    headers: { 'Sec-WebSocket-Version': '13' },
  },
};

export class WsServer {
  readonly #parts: WsServerParts;
  readonly #ws: InstanceType<typeof WebSocketServer<typeof OwnedWebSocket>>;
  readonly #admission: Admission;
  readonly #heartbeat: Heartbeat;
  readonly #host: SocketHost;
  #draining = false;
  /** Called when the last socket is gone. */
  readonly #emptied: Array<() => void> = [];
  readonly #tellFull: (fields: ReportFields) => void;

  constructor(parts: WsServerParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.admission);
    this.#heartbeat = new Heartbeat(parts.heartbeatMs, (socket) => this.#ended(socket, 'heartbeat'));
    this.#host = this.#makeHost();
    this.#tellFull = rareReport(parts.report, 'ws.full');
    this.#ws = new WebSocketServer(WS_OPTIONS);
    this.#ws.on('wsClientError', (error, socket) => {
      const refusal = { status: 400, reason: 'handshake', message: error.message };
      this.#refuse(socket as NetSocket, refusal, 'handshake');
    });
  }

  /** Answers one request to speak WebSocket. `net` needs a listener for errors already. */
  upgrade(request: IncomingMessage, net: NetSocket, head: Buffer): void {
    const { addressOf, accept } = this.#parts;
    const address = addressOf(net.remoteAddress, oneHeader(request, 'x-forwarded-for'));
    if (address === undefined) {
      net.destroy();
      return;
    }
    const refused = this.#refusalOf(request, address);
    if (refused !== undefined) {
      this.#refuse(net, refused.refusal, refused.reason);
      return;
    }
    // ws calls back before handleUpgrade returns, or not at all.
    this.#ws.handleUpgrade(request, net, head, (ws: OwnedWebSocket) => {
      const socket = new WsSocket(ws, net, address, this.#host);
      this.#admission.enter(address);
      this.#heartbeat.add(socket);
      this.#parts.metrics.connections.inc();
      socket.begin(accept);
    });
  }

  /** Closes every socket with 1001, each with its own time to come back, and takes no more. Resolves when all are gone. */
  drain(): Promise<void> {
    this.#draining = true;
    const sockets = [...this.#heartbeat.sockets()];
    for (const [i, socket] of sockets.entries()) {
      const wait = returnAfter(i, sockets.length, this.#parts.random());
      socket.close(CLOSE_CODES.shuttingDown, `retry-after=${wait}`);
    }
    return this.#empty();
  }

  /** Drops whatever is left. Resolves when every session has been told. */
  stop(): Promise<void> {
    this.#draining = true;
    this.#heartbeat.stop();
    for (const socket of this.#heartbeat.sockets()) socket.terminate();
    return this.#empty();
  }

  #empty(): Promise<void> {
    if (this.#heartbeat.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
    });
  }

  #refusalOf(request: IncomingMessage, address: string): { refusal: Refusal; reason: string } | undefined {
    const { headers } = request;
    const path = request.url?.split('?', 1)[0];
    if (path !== '/ws') return { refusal: REFUSALS.path, reason: 'path' };
    if (this.#draining) return { refusal: this.#later('shutting down'), reason: 'draining' };
    if (!['13', '8'].includes(headers['sec-websocket-version'] ?? '')) {
      return { refusal: REFUSALS.version, reason: 'version' };
    }
    if (!this.#parts.originAllowed(headers.origin, headers.host)) return { refusal: REFUSALS.origin, reason: 'origin' };
    if (!speaksRollcall(headers['sec-websocket-protocol'])) {
      return { refusal: REFUSALS.subprotocol, reason: 'subprotocol' };
    }
    const full = this.#admission.refusal(address);
    if (full === undefined) return undefined;
    this.#tellFull({ limit: full, connections: this.#admission.connections });
    return { refusal: this.#later('too many connections'), reason: full };
  }

  #later(message: string): Refusal {
    const seconds = 5 + Math.floor(this.#parts.random() * 10);
    return { status: 503, reason: 'overloaded', message, headers: { 'Retry-After': String(seconds) } };
  }

  #refuse(net: NetSocket, refusal: Refusal, reason: string): void {
    this.#parts.metrics.connectionRefused(reason);
    this.#parts.report('ws.refused', { reason, status: refusal.status });
    refuse(net, refusal);
  }

  #ended(socket: WsSocket, reason: string): void {
    this.#parts.metrics.connectionDropped(reason);
    this.#parts.report('ws.dropped', { reason, address: socket.address });
  }

  #makeHost(): SocketHost {
    const { metrics, report, random } = this.#parts;
    return {
      opened: (socket) => this.#admission.opened(socket.address),
      closed: (socket) => {
        this.#heartbeat.delete(socket);
        this.#admission.leave(socket.address, !socket.stranger);
        metrics.connections.dec();
        if (this.#heartbeat.size === 0) for (const tell of this.#emptied.splice(0)) tell();
      },
      wrote: (bytes) => {
        metrics.bytesSent.value += bytes;
      },
      received: (bytes) => {
        metrics.messagesReceived.value += 1;
        metrics.bytesReceived.value += bytes;
      },
      violated: (socket, rule) => this.#ended(socket, rule),
      failed: (error) => {
        const text = error instanceof Error ? error.stack : String(error);
        report('internal', { id: randomUUID(), where: 'a session and its socket', error: text });
      },
      retryAfter: () => `retry-after=${1_000 + Math.floor(random() * 4_000)}`,
    };
  }
}

function oneHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

function speaksRollcall(offered: string | undefined): boolean {
  return offered === undefined || offered.split(',').some((one) => one.trim() === SUBPROTOCOL);
}
