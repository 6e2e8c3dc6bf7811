// The bearer token of a request to /api: who asks, looked up anew each time, and how often.
import type { Context, MiddlewareHandler } from 'hono';
import { type Bucket, fullBucket, take } from '../domain/bucket.ts';
import { Failure } from '../domain/failure.ts';
import type { Viewer } from '../service/viewer.ts';
import type { ApiPorts, Env } from './api-ports.ts';

const LONGEST = 256;
/** After this time without a request a bucket is full again and need not be kept. */
const FULL_AFTER_MS = 1_000;

/** The token of `Authorization: Bearer`. Failure `unauthorized` without one. No cookie and no parameter counts. */
export function bearer(c: Context<Env>): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  if (token === undefined || token.length > LONGEST) throw new Failure('unauthorized', 'a bearer token is needed');
  return token;
}

/** Who asks, at this moment. Failure `unauthorized`. */
export async function viewerOf(c: Context<Env>, { viewer }: Pick<ApiPorts, 'viewer'>): Promise<Viewer> {
  return viewer(bearer(c), c.get('address'));
}

/** Lets requests with a good token pass, up to `perSecond` of each user; the viewer is then known to the route. */
export function tokenGate(ports: Pick<ApiPorts, 'viewer'>, perSecond: number, now = Date.now): MiddlewareHandler<Env> {
  const rate = new Rate(perSecond, now);
  return async (c, next) => {
    const viewer = await viewerOf(c, ports);
    rate.take(viewer.extension);
    c.set('viewer', viewer);
    return next();
  };
}

/** A bucket for each user who asked within the last second. */
export class Rate {
  readonly #perSecond: number;
  readonly #now: () => number;
  /** Whoever asked last stands last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Buckets that are kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Failure `too_many` when this user asks too often. */
  take(user: string): void {
    const now = this.#now();
    for (const [name, { at }] of this.#buckets) {
      if (now - at < FULL_AFTER_MS) break;
      this.#buckets.delete(name);
    }
    const bucket = this.#buckets.get(user) ?? fullBucket(this.#perSecond, now);
    const after = take(bucket, 1, this.#perSecond, now);
    if (!after) {
      throw new Failure('too_many', `at most ${this.#perSecond} requests a second`, { retryAfter: 1 });
    }
    this.#buckets.delete(user);
    this.#buckets.set(user, after);
  }
}
