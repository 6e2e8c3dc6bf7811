// So many connections at once and no more: those on which nothing is being answered give way to new ones, so that whoever asks is
// not kept out by those who do not. Knows nothing of what is asked.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests sent on one connection before the first of them is answered. */
const MOST_PIPELINED = 200;

export class Connections {
  readonly #all = new Set<Socket>();
  /** Those that have not asked, or were answered, the longest first. */
  readonly #idle = new Set<Socket>();
  /** Requests that are being answered. */
  readonly #asked = new WeakMap<Socket, number>();

  /** `full`: told each time that somebody had to go. */
  constructor(server: Server, most: number, full: () => void) {
    server.on('connection', (socket: Socket) => {
      if (this.#all.size >= most) {
        full();
        if (!this.#makeRoom()) return void socket.destroy();
      }
      this.#all.add(socket);
      this.#idle.add(socket);
      socket.once('close', () => {
        this.#all.delete(socket);
        this.#idle.delete(socket);
      });
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.#idle.delete(socket);
      const asked = (this.#asked.get(socket) ?? 0) + 1;
      this.#asked.set(socket, asked);
      if (asked > MOST_PIPELINED) socket.destroy();
      response.once('finish', () => {
        const left = (this.#asked.get(socket) ?? 1) - 1;
        this.#asked.set(socket, left);
        if (left === 0 && this.#all.has(socket)) this.#idle.add(socket);
      });
    });
  }

  /** False when all are being answered. */
  #makeRoom(): boolean {
    const [oldest] = this.#idle;
    if (!oldest) return false;
    this.#all.delete(oldest);
    this.#idle.delete(oldest);
    oldest.destroy();
    return true;
  }
}
