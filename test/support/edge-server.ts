// A server at its edges only: real HTTP and WebSockets, and behind them sessions that answer each request with its params.
import { onTestFinished } from 'vitest';
import { textFrame } from '../../src/protocol/frame.ts';
import { readFrame, resultText } from '../../src/protocol/rpc.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { type Listen, type OpenedServer, openServer, type ServerParts } from '../../src/server/server.ts';
import type { ReportFields } from '../../src/service/report.ts';
import type { Socket } from '../../src/sync/socket.ts';
import { type Client, type ConnectOptions, connect } from './client.ts';
import { openRaw, type RawClient } from './raw-client.ts';

export interface EdgeOptions extends Partial<Omit<ServerParts, 'listen'>> {
  readonly listen?: Partial<Listen>;
  /** Whether a connection counts as one with an open session from its first moment. */
  readonly opened?: boolean;
}

/** One connection as the server saw it. */
export interface Accepted {
  readonly socket: Socket;
  readonly texts: string[];
  binaries: number;
  drained: number;
  closed: number;
}

export interface Edge {
  readonly server: OpenedServer;
  readonly metrics: Metrics;
  readonly accepted: Accepted[];
  readonly reports: Array<{ readonly event: string; readonly fields: ReportFields }>;
  connect(options?: ConnectOptions): Promise<Client>;
  raw(localAddress?: string): Promise<RawClient>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Waits until something holds; looks after each message, end of a connection and report. */
  until(predicate: () => boolean, what: string): Promise<void>;
  /** One line of the metrics without its name. */
  metric(line: string): Promise<number | undefined>;
}

export const NO_HTTP: ServerParts['http'] = {
  portal: new Map(),
  readiness: () => ({ store: 'open', pbx: { connected: true } }),
  sessions: {
    logIn: () => Promise.reject(new Error('not expected')),
    logOut: () => Promise.reject(new Error('not expected')),
  },
};

/** Open until the end of the test. */
export async function openEdge(options: EdgeOptions = {}): Promise<Edge> {
  const accepted: Accepted[] = [];
  const reports: Array<{ event: string; fields: ReportFields }> = [];
  const watchers = new Set<() => void>();
  const look = () => {
    for (const watcher of [...watchers]) watcher();
  };
  const metrics = new Metrics();
  const { listen, opened = false, ...rest } = options;
  const server = await openServer({
    accept: (socket) => acceptEcho(socket, opened, accepted, look),
    http: NO_HTTP,
    report: (event, fields = {}) => {
      reports.push({ event, fields });
      look();
    },
    metrics,
    ...rest,
    listen: { host: '127.0.0.1', port: 0, origins: [], trustedProxies: [], ...listen },
  });
  onTestFinished(() => server.close());
  return {
    server,
    metrics,
    accepted,
    reports,
    connect: async (connectOptions) => {
      const client = await connect(server.url, connectOptions);
      onTestFinished(() => client.cut());
      return client;
    },
    raw: async (localAddress) => {
      const client = await openRaw(server.address, localAddress);
      onTestFinished(() => {
        client.socket.destroy();
      });
      return client;
    },
    fetch: (path, init) => fetch(server.url + path, init),
    until: (predicate, what) => waitFor(predicate, what, watchers),
    metric: async (line) => {
      const found = (await metrics.render()).split('\n').find((each) => each.startsWith(`${line} `));
      return found === undefined ? undefined : Number(found.slice(line.length + 1));
    },
  };
}

function acceptEcho(socket: Socket, opened: boolean, accepted: Accepted[], look: () => void) {
  const one: Accepted = { socket, texts: [], binaries: 0, drained: 0, closed: 0 };
  accepted.push(one);
  if (opened) socket.opened?.();
  const count = (what: 'binaries' | 'drained' | 'closed') => () => {
    one[what] += 1;
    look();
  };
  return {
    received: (text: string) => {
      one.texts.push(text);
      const incoming = readFrame(text);
      if (incoming.kind === 'request') {
        const { id, method, params } = incoming.request;
        if (method === 'session.open') socket.opened?.();
        if (id !== undefined) socket.write(textFrame(resultText(id, params)));
      }
      look();
    },
    receivedBinary: count('binaries'),
    drained: count('drained'),
    closed: count('closed'),
  };
}

function waitFor(predicate: () => boolean, what: string, watchers: Set<() => void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      watchers.delete(look);
    };
    const look = () => {
      if (!predicate()) return;
      stop();
      resolve();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`${what}: not within 10 s`));
    }, 10_000);
    watchers.add(look);
    look();
  });
}
