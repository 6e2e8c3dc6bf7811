// The file that a request brings: taken whole into memory, within bounds, or refused. Knows nothing of what is in it.
import type { IncomingMessage } from 'node:http';
import { Failure } from '../domain/failure.ts';
import type { ApiLimits } from './api-limits.ts';

const FIRST_BYTES = 65_536;

/** Failure `too_large` at once when the request says that more will come than may. */
export function checkLength({ headers }: IncomingMessage, most: number): void {
  if (Number(headers['content-length'] ?? 0) > most) throw tooLarge(most);
}

/**
 * The whole body. Failure `too_large` as soon as more has come than may; rejects with another error when the peer goes away, and
 * drops it when it is too slow.
 */
export async function receiveFile(
  incoming: IncomingMessage,
  limits: Pick<ApiLimits, 'uploadBytes' | 'stallMs' | 'stallBytes'>,
): Promise<Uint8Array> {
  const file = new Gathered(limits.uploadBytes);
  let before = 0;
  const watch = setInterval(() => {
    if (file.length - before < limits.stallBytes) incoming.socket.destroy();
    before = file.length;
  }, limits.stallMs).unref();
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) file.add(chunk);
    return file.whole();
  } finally {
    clearInterval(watch);
  }
}

/** Bytes put together in one place that grows: what is held is never more than three times what has come, however small the pieces. */
export class Gathered {
  readonly #most: number;
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies the piece. Failure `too_large`. */
  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#most) throw tooLarge(this.#most);
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(length, 2 * this.#bytes.length), this.#most));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  whole(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

function tooLarge(most: number): Failure {
  const size = most % 1_048_576 === 0 ? `${most / 1_048_576} MiB` : `${most} bytes`;
  return new Failure('too_large', `a file has at most ${size}: split it into several`);
}
