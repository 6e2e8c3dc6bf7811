// Copies a long text piece by piece to where it goes, and tells how far it is.
import type { Io } from './io.ts';
import { Progress, size } from './progress.ts';
import type { Target } from './target.ts';

/** The bytes that were written and kept. */
export async function copyTo(io: Io, pieces: AsyncIterable<string>, target: Target): Promise<number> {
  let bytes = 0;
  const progress = new Progress(io, (written) => `${size(written)} written`);
  try {
    for await (const piece of pieces) {
      await target.write(piece);
      const length = Buffer.byteLength(piece);
      bytes += length;
      progress.add(length);
    }
    await target.keep();
  } finally {
    progress.end();
  }
  return bytes;
}
