// How often a log-in may be guessed: per name from one address, per address, and per name from anywhere. Each wrong guess
// beyond a few makes the next wait longer. Knows neither users nor passwords, so its answers tell nothing about them.
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import { OWN_TALLIES, type Tallies } from './tallies.ts';

interface Rule {
  /** Under this name guesses are counted together with other daemons. */
  readonly kind: string;
  /** Wrong guesses that cost nothing. */
  readonly free: number;
  /** Longest wait, seconds; the waits are 1, 2, 4 … */
  readonly longest: number;
  /** One wrong guess is forgotten after this many seconds. */
  readonly forget: number;
  /** Guesses that may be under way at once. */
  readonly atOnce: number;
}

const PAIR: Rule = { kind: 'pair', free: 5, longest: 900, forget: 300, atOnce: 16 };
const ADDRESS: Rule = { kind: 'address', free: 20, longest: 900, forget: 60, atOnce: 128 };
const NAME: Rule = { kind: 'name', free: 50, longest: 60, forget: 60, atOnce: 128 };
const MOST_KEPT = 10_000;
/** Every wrong guess is told to the other daemons. */
const EACH = 0.5;

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

interface Held {
  readonly bucket: Bucket;
  readonly rule: Rule;
  readonly key: string;
}

/** What is under way is counted by each daemon for itself, what was wrong by all of them together. */
export function createThrottle(clock: Clock, tallies: Tallies = OWN_TALLIES): Throttle {
  const pairs = new Recent<Bucket>(MOST_KEPT);
  const addresses = new Recent<Bucket>(MOST_KEPT);
  const names = new Recent<Bucket>(MOST_KEPT);
  const trusted = new Recent<true>(MOST_KEPT);

  const bucketOf = (recent: Recent<Bucket>, key: string) =>
    recent.get(key) ?? recent.set(key, { level: 0, at: clock.now(), until: 0, underWay: 0 });
  tallies.subscribe((kind, key) => {
    if (kind === PAIR.kind) pairs.delete(key);
  });

  return {
    begin(typed, address) {
      const name = typed.trim().toLowerCase();
      const network = networkOf(address);
      const pairKey = `${network} ${name}`;
      const held: Held[] = [
        { bucket: bucketOf(pairs, pairKey), rule: PAIR, key: pairKey },
        { bucket: bucketOf(addresses, network), rule: ADDRESS, key: network },
      ];
      // An address the name was rightly used from is not made to wait for what strangers do elsewhere.
      if (!trusted.get(pairKey)) held.push({ bucket: bucketOf(names, name), rule: NAME, key: name });

      const wait = Math.max(...held.map((one) => waitOf(one, tallies, clock.now())));
      if (wait > 0) throw new Failure('too_many', 'too many log-ins were tried', { retryAfter: wait });
      for (const { bucket } of held) bucket.underWay += 1;
      const end = () => {
        for (const { bucket } of held) bucket.underWay -= 1;
      };
      return {
        wrong() {
          end();
          for (const one of held) fill(one, tallies, clock.now());
        },
        right() {
          end();
          pairs.delete(pairKey);
          tallies.forget(PAIR.kind, pairKey);
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
function waitOf({ bucket, rule, key }: Held, tallies: Tallies, now: number): number {
  // Another daemon's clock may be wrong: nobody waits longer for it than by the rule.
  const elsewhere = Math.min(tallies.all(rule.kind, key).until, now + rule.longest * 1000);
  const until = Math.max(bucket.until, elsewhere);
  if (until > now) return Math.ceil((until - now) / 1000);
  return bucket.underWay >= rule.atOnce ? 1 : 0;
}

function fill({ bucket, rule, key }: Held, tallies: Tallies, now: number): void {
  const { kind, forget, free, longest } = rule;
  const forgotten = Math.max(0, now - bucket.at) / (forget * 1000);
  bucket.level = Math.max(0, bucket.level - forgotten, tallies.all(kind, key).level) + 1;
  bucket.at = now;
  const over = bucket.level - free;
  if (over > 0) bucket.until = now + Math.min(longest, 2 ** Math.min(Math.ceil(over) - 1, 30)) * 1000;
  tallies.tell(kind, key, { level: bucket.level, at: now, forget, until: bucket.until }, EACH);
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
