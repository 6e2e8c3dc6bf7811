// A TCP proxy on 127.0.0.1 that spoils connections as networks do: cut, refused, half-open, slow, not read. It looks
// into nothing that it carries.
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Two ends of one connection: `near` is the client's, `far` the server's. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Why the far end is not read just now. */
  holds: number;
}

/** How what the server sends reaches the client. */
interface Pace {
  /** Milliseconds before each chunk. */
  readonly delay: number;
  readonly bytesPerSecond: number;
}

const unhindered: Pace = { delay: 0, bytesPerSecond: Number.POSITIVE_INFINITY };

export class TcpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  #swallowing = false;
  #reading = true;
  #pace = unhindered;
  #port = 0;

  /** Listens on a free port and carries every connection to `target`. */
  static async to(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.accept();
    return proxy;
  }

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((near) => this.#carry(near));
  }

  get port(): number {
    return this.#port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Takes connections, after `refuse` on the same port again. */
  accept(): Promise<void> {
    return new Promise((done, fail) => {
      this.#server.once('error', fail);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', fail);
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        done();
      });
    });
  }

  /** Breaks every connection at once. New ones are carried as before. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Breaks every connection and refuses new ones until `accept`. */
  async refuse(): Promise<void> {
    const closed = new Promise((done) => this.#server.close(done));
    this.cut();
    await closed;
  }

  /** Half-open: connections stay, but nothing comes through in either direction, not even an end. What is sent meanwhile is lost. */
  swallow(on: boolean): void {
    this.#swallowing = on;
  }

  /** Slows down what the server sends; without arguments no longer. */
  pace(pace: Partial<Pace> = {}): void {
    this.#pace = { ...unhindered, ...pace };
  }

  /** Stops reading what the server sends, so that its buffers fill, or reads on. */
  reading(on: boolean): void {
    this.#reading = on;
    for (const pair of this.#pairs) this.#flow(pair);
  }

  async close(): Promise<void> {
    if (this.#server.listening) await this.refuse();
    else this.cut();
  }

  #carry(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1');
    const pair: Pair = { near, far, holds: 0 };
    this.#pairs.add(pair);
    near.on('data', (chunk) => {
      if (!this.#swallowing) far.write(chunk);
    });
    far.on('data', (chunk) => this.#deliver(pair, chunk));
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      end.setNoDelay(true);
      end.on('error', () => end.destroy());
      end.once('close', () => {
        if (other.destroyed) this.#pairs.delete(pair);
        else if (!this.#swallowing) other.end();
      });
    }
    this.#flow(pair);
  }

  /** One chunk after the other: the far end is not read while one waits. */
  #deliver(pair: Pair, chunk: Buffer): void {
    if (this.#swallowing) return;
    const wait = this.#pace.delay + (chunk.length / this.#pace.bytesPerSecond) * 1000;
    if (wait === 0) {
      this.#write(pair, chunk);
      return;
    }
    this.#hold(pair);
    setTimeout(() => {
      this.#write(pair, chunk);
      this.#release(pair);
    }, wait);
  }

  #write(pair: Pair, chunk: Buffer): void {
    if (pair.near.destroyed || pair.near.write(chunk)) return;
    this.#hold(pair);
    pair.near.once('drain', () => this.#release(pair));
  }

  #hold(pair: Pair): void {
    pair.holds += 1;
    this.#flow(pair);
  }

  #release(pair: Pair): void {
    pair.holds -= 1;
    this.#flow(pair);
  }

  #flow({ far, holds }: Pair): void {
    if (this.#reading && holds === 0) far.resume();
    else far.pause();
  }
}
