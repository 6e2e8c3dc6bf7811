// The control socket: a unix socket in the data folder, for commands on the same machine. Whoever may open it may call
// everything, so only its owner can. Knows neither the methods nor how they are spoken.
import { lstatSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Failure } from '../domain/failure.ts';
import { errorText } from '../protocol/rpc.ts';
import { OperatorError } from '../service/operator-error.ts';
import type { Report } from '../service/report.ts';
import { CONTROL_LIMITS, type ControlLimits, type ControlMethods, ControlPeer } from './control-peer.ts';

/** Longest path of a unix socket on Linux, in bytes. */
const LONGEST_PATH = 107;

export interface ControlServer {
  readonly path: string;
  /** Drops all peers and removes the socket. */
  close(): Promise<void>;
}

export interface ControlOptions {
  /** The data folder. The caller holds its lock: a socket found there is stale. */
  readonly folder: string;
  readonly methods: ControlMethods;
  readonly report: Report;
  readonly limits?: Partial<ControlLimits>;
}

/** The socket's path in a data folder. Throws OperatorError when it would be too long for the system. */
export function controlPath(folder: string): string {
  const path = join(folder, 'rollcall.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= LONGEST_PATH) return path;
  throw new OperatorError(
    `the path ${path} is too long for a socket (${bytes} bytes, at most ${LONGEST_PATH}): set \`data\` to a shorter one`,
  );
}

/** Listens. Rejects with OperatorError when the socket cannot be made. */
export async function serveControl({ folder, methods, report, limits }: ControlOptions): Promise<ControlServer> {
  const path = controlPath(folder);
  removeStale(path);
  const peers = new Set<Socket>();
  const peerLimits = { ...CONTROL_LIMITS, ...limits };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy()); // a peer that breaks off is no event
    if (peers.size >= peerLimits.connections) {
      socket.end(`${errorText(null, new Failure('too_many', 'too many commands at once', { retryAfter: 1 }))}\n`);
      socket.destroySoon();
      return;
    }
    peers.add(socket);
    socket.on('close', () => peers.delete(socket));
    new ControlPeer(socket, methods, report, peerLimits).serve().catch((error: unknown) => {
      report('control.peer_failed', { error: String(error) });
      socket.destroy();
    });
  });
  await listen(server, path);
  server.on('error', (error) => report('control.failed', { error: error.message }));
  return {
    path,
    async close() {
      const closed = [...peers].map((peer) => new Promise((resolve) => peer.once('close', resolve)));
      for (const peer of peers) peer.destroy();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all(closed);
    },
  };
}

function removeStale(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw new OperatorError(`${path} is in the way of the control socket: move it away`);
  unlinkSync(path);
}

/** The socket has mode 0600 from its first moment: the umask is narrow while it is made, which happens within listen(). */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new OperatorError(`cannot make the socket ${path}: ${error.message}`, { cause: error })),
    );
    const before = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.removeAllListeners('error');
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}
