// How often a log-in may be guessed: per name from one address, per address, and per name from anywhere. Each wrong guess
// beyond a few makes the next wait longer. Knows neither users nor passwords, so its answers tell nothing about them.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';

interface Rule {
  /** Wrong guesses that cost nothing. */
  readonly free: number;
  /** Longest wait, seconds; the waits are 1, 2, 4 … */
  readonly longest: number;
  /** One wrong guess is forgotten after this many seconds. */
  readonly forget: number;
  /** Guesses that may be under way at once. */
  readonly atOnce: number;
}

const PAIR: Rule = { free: 5, longest: 900, forget: 300, atOnce: 16 };
const ADDRESS: Rule = { free: 20, longest: 900, forget: 60, atOnce: 128 };
const NAME: Rule = { free: 50, longest: 60, forget: 60, atOnce: 128 };
const MOST_KEPT = 10_000;

/** One guess under way; exactly one of its functions is to be called. */
interface Attempt {
  wrong(): void;
  right(): void;
  /** It was never checked. */
  unused(): void;
}

export interface Throttle {
  /** Failure `too_many` with `retryAfter` in seconds when this guess comes too soon. The name is as typed. */
  begin(name: string, address: string): Attempt;
  /** Tells that this name was rightly used from this address, as after a restart. */
  trust(name: string, address: string): void;
}

interface Bucket {
  level: number;
  /** When `level` was true. Milliseconds, as `until`. */
  at: number;
  /** No guess before this time. */
  until: number;
  underWay: number;
}

export function createThrottle(clock: Clock): Throttle {
  const pairs = new Recent<Bucket>(MOST_KEPT);
  const addresses = new Recent<Bucket>(MOST_KEPT);
  const names = new Recent<Bucket>(MOST_KEPT);
  const trusted = new Recent<true>(MOST_KEPT);

  const bucketOf = (recent: Recent<Bucket>, key: string) =>
    recent.get(key) ?? recent.set(key, { level: 0, at: clock.now(), until: 0, underWay: 0 });

  return {
    begin(typed, address) {
      const name = typed.trim().toLowerCase();
      const network = networkOf(address);
      const pairKey = `${network} ${name}`;
      const held: [Bucket, Rule][] = [
        [bucketOf(pairs, pairKey), PAIR],
        [bucketOf(addresses, network), ADDRESS],
      ];
      // An address the name was rightly used from is not made to wait for what strangers do elsewhere.
      if (!trusted.get(pairKey)) held.push([bucketOf(names, name), NAME]);

      const wait = Math.max(...held.map(([bucket, rule]) => waitOf(bucket, rule, clock.now())));
      if (wait > 0) throw new Failure('too_many', 'too many log-ins were tried', { retryAfter: wait });
      for (const [bucket] of held) bucket.underWay += 1;
      const end = () => {
        for (const [bucket] of held) bucket.underWay -= 1;
      };
      return {
        wrong() {
          end();
          for (const [bucket, rule] of held) fill(bucket, rule, clock.now());
        },
        right() {
          end();
          pairs.delete(pairKey);
          trusted.set(pairKey, true);
        },
        unused: end,
      };
    },
    trust(typed, address) {
      trusted.set(`${networkOf(address)} ${typed.trim().toLowerCase()}`, true);
    },
  };
}

/** Seconds to wait, 0 when the guess may go on. */
function waitOf(bucket: Bucket, rule: Rule, now: number): number {
  if (bucket.until > now) return Math.ceil((bucket.until - now) / 1000);
  return bucket.underWay >= rule.atOnce ? 1 : 0;
}

function fill(bucket: Bucket, rule: Rule, now: number): void {
  const forgotten = Math.max(0, now - bucket.at) / (rule.forget * 1000);
  bucket.level = Math.max(0, bucket.level - forgotten) + 1;
  bucket.at = now;
  if (bucket.level <= rule.free) return;
  const steps = Math.min(Math.ceil(bucket.level - rule.free) - 1, 30);
  bucket.until = now + Math.min(rule.longest, 2 ** steps) * 1000;
}

/** The part of an address that one party is likely to hold: all of IPv4, the first 64 bits of IPv6. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!address.includes(':')) return address.slice(0, 64);
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head.split(':').filter((part) => part !== '');
  const after = (tail ?? '').split(':').filter((part) => part !== '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.slice(0, 4).padStart(4, '0'))
    .join(':');
}

/** A map that forgets what was not asked for longest. */
class Recent<V> {
  readonly #map = new Map<string, V>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): V | undefined {
    const value = this.#map.get(key);
    if (value === undefined) return undefined;
    this.#map.delete(key);
    this.#map.set(key, value);
    return value;
  }

  set(key: string, value: V): V {
    this.#map.delete(key);
    this.#map.set(key, value);
    if (this.#map.size > this.#most) {
      const oldest = this.#map.keys().next();
      if (!oldest.done) this.#map.delete(oldest.value);
    }
    return value;
  }

  delete(key: string): void {
    this.#map.delete(key);
  }
}
