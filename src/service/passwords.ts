// Passwords: made into hashes and checked against them, one at a time, so that guessing cannot take the machine. Knows no
// users; who may try how often is decided in throttle.ts.
import { Failure } from '../domain/failure.ts';
import type { Crypto, ScryptCost } from './crypto.ts';

/** 50 to 60 ms of one core and 16 MiB. */
const COST: ScryptCost = { n: 16_384, r: 8, p: 1 };
const SALT_BYTES = 16;
const MOST_WAITING = 128;
const LONGEST = 256;
const SHORTEST_NEW = 8;
const SECONDS_EACH = 0.06;
/** What a damaged row may ask of the machine at most. */
const DEAREST: ScryptCost = { n: 131_072, r: 16, p: 4 };

export interface Passwords {
  /**
   * The password as it is stored: `scrypt$N$r$p$salt$hash`. Failure `params` for one that is too short or too long,
   * `too_many` when 128 others wait.
   */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one that was hashed. Without a hash the answer is false and takes as long. Failure
   * `too_many` when 128 others wait.
   */
  verify(password: string, stored: string | undefined): Promise<boolean>;
}

interface Stored {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly key: Uint8Array;
}

export function createPasswords(crypto: Crypto): Passwords {
  const dummy: Stored = { cost: COST, salt: crypto.random(SALT_BYTES), key: crypto.random(32) };
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Runs scrypt after all that wait. A rejected run does not stop the line. */
  function inLine(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
    if (waiting > MOST_WAITING) {
      const retryAfter = Math.ceil(waiting * SECONDS_EACH);
      return Promise.reject(new Failure('too_many', 'too many log-ins are waiting', { retryAfter }));
    }
    waiting += 1;
    const run = last.then(() => crypto.scrypt(normal(password), salt, cost));
    const done = () => {
      waiting -= 1;
    };
    last = run.then(done, done);
    return run;
  }

  return {
    async hash(password) {
      checkNew(password);
      const salt = crypto.random(SALT_BYTES);
      const key = await inLine(password, salt, COST);
      return ['scrypt', COST.n, COST.r, COST.p, base64(salt), base64(key)].join('$');
    },
    async verify(password, stored) {
      if (password.length < 1 || password.length > LONGEST) return false;
      const known = stored === undefined ? undefined : readStored(stored);
      const { cost, salt, key } = known ?? dummy;
      const same = crypto.same(await inLine(password, salt, cost), key);
      return same && known !== undefined;
    },
  };
}

/** The same password typed on another keyboard is the same password. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function checkNew(password: string): void {
  if (password.length > LONGEST) throw weak(`the password is too long: at most ${LONGEST} characters`);
  if ([...normal(password)].length < SHORTEST_NEW) {
    throw weak(`the password is too short: at least ${SHORTEST_NEW} characters`);
  }
}

function weak(message: string): Failure {
  return new Failure('params', message, { issues: [{ path: 'password', message }] });
}

function readStored(text: string): Stored | undefined {
  const [scheme, n, r, p, salt, key] = text.split('$');
  const cost = { n: Number(n), r: Number(r), p: Number(p) };
  if (scheme !== 'scrypt' || !salt || !key || !affordable(cost)) return undefined;
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

function affordable({ n, r, p }: ScryptCost): boolean {
  const powerOfTwo = Number.isInteger(n) && n > 1 && 2 ** Math.round(Math.log2(n)) === n;
  const within = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  return powerOfTwo && n <= DEAREST.n && within(r, DEAREST.r) && within(p, DEAREST.p);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
