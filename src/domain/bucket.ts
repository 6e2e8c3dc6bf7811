// A token bucket that holds one second's worth: how many requests a client may send. Pure; the time comes in.

export interface Bucket {
  /** Requests that may still be made at `at`. */
  readonly left: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export function fullBucket(perSecond: number, now: number): Bucket {
  return { left: perSecond, at: now };
}

/** The bucket after a request that counts as `cost`, or null when there is not enough left for it. */
export function take(bucket: Bucket, cost: number, perSecond: number, now: number): Bucket | null {
  const left = Math.min(perSecond, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond);
  return left < cost ? null : { left: left - cost, at: now };
}
