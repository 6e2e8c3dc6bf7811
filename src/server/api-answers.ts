// Answers of /api that take their time: files and lines that are sent piece by piece, and work that is waited for.
import type { Context } from 'hono';
import type { Report } from '../service/report.ts';
import { failureOf } from './api-failure.ts';
import type { Env } from './api-ports.ts';

/** Runs work that may take longer than a connection on which nothing moves is kept otherwise. */
export async function whileKept<T>(c: Context<Env>, work: () => Promise<T>): Promise<T> {
  const { socket } = c.env.incoming;
  const before = socket.timeout ?? 0;
  socket.setTimeout(0);
  try {
    return await work();
  } finally {
    socket.setTimeout(before);
  }
}

interface BodyParts {
  readonly report: Report;
  /** The route, for the report of a bug. */
  readonly where: string;
  readonly ended: () => void;
}

/**
 * The pieces as a body, each asked for when the peer has taken the one before. When they fail, the connection is broken off, so
 * that nobody takes a part for the whole. `ended` is called once, however it ends.
 */
export function bodyOf(
  c: Context<Env>,
  pieces: AsyncIterable<string | Uint8Array>,
  { report, where, ended }: BodyParts,
): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const { outgoing } = c.env;
  outgoing.once('close', ended);
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next();
          if (!done) return controller.enqueue(Buffer.from(value));
          ended();
        } catch (error) {
          failureOf(error, report, `${c.req.method} ${where}`);
          ended();
          outgoing.destroy();
        }
        controller.close();
      },
      async cancel() {
        ended();
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * The header Content-Disposition for a file to save under this name: in ASCII for old programs, and whole for others. What a name
 * of a file must not hold becomes `_`.
 */
export function attachment(name: string): string {
  const safe = name
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu, '_')
    .replace(/^(?:[\s.]+|$)|\s+$/g, '_')
    .slice(0, 120)
    .toWellFormed();
  const ascii = safe
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]+/g, '_')
    .replace(/[%;]/g, '_');
  const whole = encodeURIComponent(safe).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${whole}`;
}
