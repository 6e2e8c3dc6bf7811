import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { createThrottle, type Throttle } from '../../src/service/throttle.ts';
import { HandClock } from '../support/hand-clock.ts';

const HOME = '192.0.2.7';
const ELSEWHERE = '198.51.100.9';

function setUp() {
  const clock = new HandClock();
  return { clock, throttle: createThrottle(clock) };
}

/** Seconds to wait before this guess, 0 when it was made, wrongly. */
function guess(throttle: Throttle, name: string, address: string): number {
  try {
    throttle.begin(name, address).wrong();
    return 0;
  } catch (error) {
    if (error instanceof Failure && error.code === 'too_many') return error.detail.retryAfter ?? Number.NaN;
    throw error;
  }
}

function guesses(
  throttle: Throttle,
  count: number,
  name: (n: number) => string,
  address: (n: number) => string,
): number[] {
  return Array.from({ length: count }, (_, n) => guess(throttle, name(n), address(n)));
}

describe('wrong guesses', () => {
  test('of one name from one address are free five times, then each costs a longer wait, up to 15 minutes', () => {
    const { clock, throttle } = setUp();
    const waits: number[] = [];
    for (let made = 0; made < 19; made++) {
      let waited = 0;
      for (let wait = guess(throttle, '1001', HOME); wait > 0; wait = guess(throttle, '1001', HOME)) {
        waited += wait;
        clock.pass(wait * 1000);
      }
      waits.push(waited);
    }
    expect(waits.slice(0, 12)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(900);
    expect(waits.slice(-1)[0]).toBeGreaterThanOrEqual(256);
  });

  test('are forgotten with time', () => {
    const { clock, throttle } = setUp();
    expect(
      guesses(
        throttle,
        7,
        () => '1001',
        () => HOME,
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
    clock.pass(6 * 300_000);
    expect(
      guesses(
        throttle,
        7,
        () => '1001',
        () => HOME,
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('of many names from one address slow that address down, and no other', () => {
    const { throttle } = setUp();
    expect(
      guesses(
        throttle,
        23,
        (n) => `20${n}`,
        () => HOME,
      ),
    ).toEqual([...Array(21).fill(0), 1, 1]);
    expect(guess(throttle, '2001', ELSEWHERE)).toBe(0);
  });

  test('of one name from everywhere slow down strangers, by a minute at most', () => {
    const { clock, throttle } = setUp();
    const from = (n: number) => `203.0.${n >> 8}.${n & 255}`;
    expect(guesses(throttle, 52, () => '1001', from)).toEqual([...Array(51).fill(0), 1]);
    for (let n = 100; n < 120; n++) clock.pass(guess(throttle, '1001', from(n)) * 1000);
    expect(guess(throttle, '1001', from(200))).toBeLessThanOrEqual(60);
  });

  test('by others do not lock out a user at an address where he has been before', () => {
    const { throttle } = setUp();
    throttle.begin('1001', HOME).right();
    throttle.trust('alice@example.com', HOME);
    const from = (n: number) => `203.0.113.${n}`;
    guesses(throttle, 60, () => '1001', from);
    guesses(throttle, 60, () => 'Alice@example.com ', from);
    expect([guess(throttle, '1001', HOME), guess(throttle, 'alice@example.com', HOME)]).toEqual([0, 0]);
    expect(guess(throttle, '1001', ELSEWHERE)).toBeGreaterThan(0);
  });

  test('are counted per name however it is written', () => {
    const { throttle } = setUp();
    const names = ['alice@example.com', 'ALICE@example.com', ' alice@Example.com '];
    expect(
      guesses(
        throttle,
        7,
        (n) => names[n % 3] ?? '',
        () => HOME,
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('from one IPv6 network count as from one address, an IPv4 address in IPv6 as itself', () => {
    const { throttle } = setUp();
    const within = ['2001:db8:0:7::1', '2001:0db8::7:9:9:9:9', '2001:DB8:0:7:ffff::'];
    expect(
      guesses(
        throttle,
        7,
        () => '1001',
        (n) => within[n % 3] ?? '',
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(guess(throttle, '1001', '2001:db8:0:8::1')).toBe(0);
    expect(
      guesses(
        throttle,
        7,
        () => '1002',
        (n) => ['::ffff:192.0.2.7', HOME][n % 2] ?? '',
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });
});

describe('a right log-in', () => {
  test('makes the wrong ones before it forgotten, for this name at this address', () => {
    const { throttle } = setUp();
    guesses(
      throttle,
      5,
      () => '1001',
      () => HOME,
    );
    throttle.begin('1001', HOME).right();
    expect(
      guesses(
        throttle,
        7,
        () => '1001',
        () => HOME,
      ),
    ).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('does not make the address forget what it guessed of others', () => {
    const { throttle } = setUp();
    guesses(
      throttle,
      21,
      (n) => `20${n}`,
      () => HOME,
    );
    expect(guess(throttle, '1001', HOME)).toBe(1);
    const other = setUp().throttle;
    for (let n = 0; n < 21; n++) {
      other.begin('1001', HOME).right();
      guess(other, `20${n}`, HOME);
    }
    expect(guess(other, '1001', HOME)).toBe(1);
  });

  test('costs nothing, so that an office behind one address can come in at once', () => {
    const { throttle } = setUp();
    for (let n = 0; n < 500; n++) throttle.begin(`${1000 + n}`, HOME).right();
    expect(guess(throttle, '1001', HOME)).toBe(0);
  });
});

describe('guesses under way', () => {
  test('are at most 16 of one name and 128 in all from one address', () => {
    const { throttle } = setUp();
    const same = Array.from({ length: 16 }, () => throttle.begin('1001', HOME));
    expect(guess(throttle, '1001', HOME)).toBe(1);
    const others = Array.from({ length: 112 }, (_, n) => throttle.begin(`${2000 + n}`, HOME));
    expect(guess(throttle, '3000', HOME)).toBe(1);
    for (const attempt of [...same, ...others]) attempt.unused();
    expect([guess(throttle, '1001', HOME), guess(throttle, '3000', HOME)]).toEqual([0, 0]);
  });
});

test('what is remembered is bounded: the oldest of 10,000 addresses is forgotten', () => {
  const { throttle } = setUp();
  guesses(
    throttle,
    6,
    () => '1001',
    () => HOME,
  );
  const from = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  guesses(throttle, 9_999, (n) => `x${n}`, from);
  expect(guess(throttle, '1001', HOME)).toBe(1);
  guesses(
    throttle,
    10_000,
    (n) => `y${n}`,
    (n) => from(n + 20_000),
  );
  expect(guess(throttle, '1001', HOME)).toBe(0);
});
