// So many connections at once and no more: those on which nothing is being answered give way to new ones, so that whoever asks is
// not kept out by those who do not. Knows nothing of what is asked.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export class Connections {
  readonly #all = new Set<Socket>();
  /** Those that have not asked, or were answered, the longest first. */
  readonly #idle = new Set<Socket>();

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
      response.once('finish', () => {
        if (this.#all.has(socket)) this.#idle.add(socket);
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
