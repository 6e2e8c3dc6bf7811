// Stands between the daemon and Asterisk and keeps every byte that the daemon sends.
import { connect, createServer, type Server } from 'node:net';

export class Recorder {
  readonly #server: Server;
  readonly #chunks: Buffer[] = [];

  private constructor(target: number) {
    this.#server = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      near.on('data', (chunk) => {
        this.#chunks.push(chunk);
        far.write(chunk);
      });
      far.on('data', (chunk) => near.write(chunk));
      for (const [end, other] of [
        [near, far],
        [far, near],
      ] as const) {
        end.on('error', () => end.destroy());
        end.once('close', () => other.destroy());
      }
    });
  }

  static async to(target: number): Promise<Recorder> {
    const recorder = new Recorder(target);
    await new Promise<void>((done) => recorder.#server.listen(0, '127.0.0.1', done));
    return recorder;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** All that was sent so far, as text of one character a byte. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  close(): void {
    this.#server.close();
  }
}
