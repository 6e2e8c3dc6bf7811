// A way to the database on which logging in works, and on demand nothing after it: a pooler whose server is gone, a server that hangs.
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a server says at the end of a log-in. */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');

export class MuteProxy {
  /** Of connections that are made from now on, what comes after the log-in is lost. */
  isMute = false;
  readonly #sockets = new Set<Socket>();
  readonly #asked = new Set<() => void>();
  readonly #server: Server;

  private constructor(target: number) {
    this.#server = createServer((near) => this.#carry(near, connect(target, '127.0.0.1')));
  }

  static async to(target: number): Promise<MuteProxy> {
    const proxy = new MuteProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Resolves when somebody has asked something over a mute connection. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.#asked.add(resolve));
  }

  /** Breaks every connection. */
  cut(): void {
    for (const one of this.#sockets) one.destroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #carry(near: Socket, far: Socket): void {
    const { isMute } = this;
    let isIn = false;
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    near.on('data', (chunk) => {
      if (!isMute || !isIn) far.write(chunk);
      else for (const tell of [...this.#asked]) tell();
    });
    far.on('data', (chunk) => {
      if (!isMute || !isIn) near.write(chunk);
      isIn ||= chunk.subarray(-READY.length).equals(READY);
    });
  }
}
