import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { nodeCrypto } from '../../src/server/crypto.ts';
import { MessagesFlood } from '../../src/service/messages-flood.ts';
import { OWN_TALLIES } from '../../src/service/tallies.ts';
import { SharedTallies } from '../../src/service/tallies-shared.ts';
import type { TallyRow } from '../../src/service/tally-row.ts';
import { createThrottle, type Throttle } from '../../src/service/throttle.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

const HOME = '192.0.2.7';

/** Daemons over one store, with a clock for all. */
function open(...names: string[]) {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const clock = new HandClock();
  const start = (name: string, own = clock) => {
    const cluster = clusters.join(name);
    const tallies = new SharedTallies({ store, cluster, clock: own, sha256: nodeCrypto.sha256 });
    return { cluster, tallies, throttle: createThrottle(own, tallies), flood: new MessagesFlood(own, tallies) };
  };
  const rows = () => [...store.all('tallies')].map(({ id, value }) => ({ id, ...(value as TallyRow) }));
  return { store, clock, start, rows, daemons: names.map((name) => start(name)) };
}

type Daemon = ReturnType<ReturnType<typeof open>['start']>;

/** Seconds to wait before this guess, 0 when it was made, wrongly. */
function guess(throttle: Throttle, name: string, address: string): number {
  return waitOf(() => throttle.begin(name, address).wrong());
}

function waitOf(act: () => void): number {
  try {
    act();
    return 0;
  } catch (error) {
    if (error instanceof Failure && error.code === 'too_many') return error.detail.retryAfter ?? Number.NaN;
    throw error;
  }
}

/** The daemon that a balancer sends the n-th to. */
const one = (daemons: readonly Daemon[], n: number) => daemons[n % daemons.length] as Daemon;

describe('wrong log-ins', () => {
  test('at three daemons in turn are as many as at one', () => {
    for (const names of [['a'], ['a', 'b', 'c']]) {
      const { clock, daemons } = open(...names);
      const pair = Array.from({ length: 8 }, (_, n) => guess(one(daemons, n).throttle, '1001', HOME));
      expect(pair).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
      clock.pass(10 * 300_000);
      const address = Array.from({ length: 23 }, (_, n) => guess(one(daemons, n).throttle, `20${n}`, HOME));
      expect(address).toEqual([...Array(21).fill(0), 1, 1]);
    }
  });

  test('make the next wait longer, whichever daemon is asked', () => {
    const waits = (...names: string[]) => {
      const { clock, daemons } = open(...names);
      return Array.from({ length: 16 }, (_, made) => {
        let waited = 0;
        const { throttle } = one(daemons, made);
        for (let wait = guess(throttle, '1001', HOME); wait > 0; wait = guess(throttle, '1001', HOME)) {
          waited += wait;
          clock.pass(wait * 1000);
        }
        return waited;
      });
    };
    expect(waits('a', 'b', 'c').slice(0, 11)).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16]);
    expect(waits('a', 'b', 'c')).toEqual(waits('a'));
  });

  test('of one name from everywhere count together', () => {
    const { daemons } = open('a', 'b');
    const all = Array.from({ length: 53 }, (_, n) => guess(one(daemons, n).throttle, '1001', `203.0.113.${n}`));
    // A few more at most: in one moment not everything is told.
    expect(all.slice(0, 51)).toEqual(Array(51).fill(0));
    const { clock, daemons: slow } = open('a', 'b');
    const told = Array.from({ length: 53 }, (_, n) => {
      clock.pass(200);
      return guess(one(slow, n).throttle, '1001', `203.0.113.${n}`);
    });
    expect(told.slice(-2)).toEqual([1, 1]);
  });

  test('are forgotten at every daemon after a right one, for that name at that address', () => {
    const { rows, daemons } = open('a', 'b');
    for (let n = 0; n < 4; n++) guess(one(daemons, n).throttle, '1001', HOME);
    one(daemons, 0).throttle.begin('1001', HOME).right();
    expect(rows().flatMap(({ id, level }) => (id.includes(' pair ') ? level : []))).toEqual([0]);
    const after = Array.from({ length: 7 }, (_, n) => guess(one(daemons, n + 1).throttle, '1001', HOME));
    expect(after).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  test('are forgotten with time, and their rows go', () => {
    const { clock, rows, daemons } = open('a', 'b');
    for (let n = 0; n < 7; n++) guess(one(daemons, n).throttle, '1001', HOME);
    expect(rows().length).toBeGreaterThan(0);
    clock.pass(7 * 300_000 + 60_000);
    expect(rows()).toEqual([]);
    expect(clock.waiting).toBe(0);
    expect(guess(one(daemons, 0).throttle, '1001', HOME)).toBe(0);
  });

  test('are known to a daemon that starts later', () => {
    const { start, daemons } = open('a');
    for (let n = 0; n < 6; n++) guess(one(daemons, 0).throttle, '1001', HOME);
    expect(guess(start('b').throttle, '1001', HOME)).toBe(1);
  });

  test('shut nobody out for longer than the rule says when a clock is wrong', () => {
    const { clock, start } = open();
    const ahead = start('ahead', new HandClock('2026-01-06T08:00:00.000Z'));
    const here = start('here');
    for (let n = 0; n < 8; n++) guess(ahead.throttle, '1001', HOME);
    expect(guess(here.throttle, '1001', HOME)).toBeLessThanOrEqual(900);
    clock.pass(900_000);
    expect(guess(start('behind', new HandClock('2026-01-04T08:00:00.000Z')).throttle, '1002', '198.51.100.1')).toBe(0);
  });

  test('leave no name and no address in the store', () => {
    const { rows, daemons } = open('a');
    for (let n = 0; n < 6; n++) guess(one(daemons, 0).throttle, 'alice@example.com', HOME);
    const text = JSON.stringify(rows());
    expect(rows().map(({ id }) => id.split(' ').slice(0, 2))).toEqual([
      ['a', 'pair'],
      ['a', 'address'],
      ['a', 'name'],
    ]);
    for (const secret of ['alice', HOME, nodeCrypto.sha256(HOME).slice(0, 22)]) expect(text).not.toContain(secret);
  });
});

describe('a guesser with a million names and addresses', () => {
  test('grows the table by 500 rows at most, and has some 20 written in a second', () => {
    const { store, clock, rows, daemons } = open('a');
    let notes = 0;
    store.subscribe(({ writes }) => {
      notes += writes.filter(({ value }) => value !== null).length;
    });
    const { throttle } = one(daemons, 0);
    for (let second = 0; second < 30; second++) {
      for (let n = 0; n < 40; n++) {
        const at = second * 40 + n;
        guess(throttle, `name ${at}`, `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`);
      }
      clock.pass(1_000);
    }
    expect(rows().length).toBeLessThanOrEqual(500);
    expect(notes).toBeLessThanOrEqual(31 * 20);
    expect(notes).toBeGreaterThan(500);
  });

  test('does not keep from the others what counts most', () => {
    const { clock, daemons } = open('a', 'b');
    const [a, b] = [one(daemons, 0), one(daemons, 1)];
    for (let n = 0; n < 600; n++) guess(a.throttle, `name ${n}`, `10.0.${n >> 8}.${n & 255}`);
    for (let n = 0; n < 6; n++) guess(a.throttle, '1001', HOME);
    clock.pass(1_000);
    expect([guess(b.throttle, '1001', HOME), guess(b.throttle, '1001', HOME)]).toEqual([0, 2]);
  });
});

describe('messages', () => {
  const passed = (daemons: readonly Daemon[], times: number) =>
    Array.from({ length: times }, (_, n) => waitOf(() => one(daemons, n).flood.count('1001'))).filter(
      (wait) => wait === 0,
    ).length;

  test('of one extension at three daemons are as many as at one, but for a few that were not told yet', () => {
    const { clock, daemons } = open('a', 'b', 'c');
    expect(passed(daemons, 300)).toBeGreaterThanOrEqual(60);
    clock.pass(3_600_000);
    expect(passed(daemons, 300)).toBeLessThanOrEqual(60 + 3 * 5);
    clock.pass(1_000);
    expect(passed(daemons, 300)).toBeLessThanOrEqual(3);
  });

  test('go on at one a second at all daemons together', () => {
    const { clock, daemons } = open('a', 'b', 'c');
    passed(daemons, 300);
    let all = 0;
    for (let second = 0; second < 300; second++) {
      clock.pass(1_000);
      all += passed(daemons, 9);
    }
    expect(all).toBeLessThanOrEqual(300 + 3 * 5);
    expect(all).toBeGreaterThan(250);
  });

  test('of somebody who writes now and then are told to nobody', () => {
    const { clock, rows, daemons } = open('a', 'b');
    for (let n = 0; n < 100; n++) {
      clock.pass(2_000);
      expect(passed(daemons, 1)).toBe(1);
    }
    expect(rows()).toEqual([]);
  });
});

describe('the rows of a daemon', () => {
  test('are written again when the others took it for dead', () => {
    const { store, clock, rows, daemons } = open('a', 'b');
    for (let n = 0; n < 6; n++) guess(one(daemons, 0).throttle, '1001', HOME);
    store.note(rows().map(({ id }) => ({ table: 'tallies', id, value: null })));
    expect([rows(), guess(one(daemons, 1).throttle, '1001', HOME)]).toEqual([[], 1]);
    clock.pass(1_000);
    expect(rows().map(({ id, count }) => [id.split(' ').slice(0, 2), count])).toEqual(
      ['pair', 'address', 'name'].map((kind) => [['a', kind], 0]),
    );
    expect([guess(one(daemons, 1).throttle, '1001', HOME), guess(one(daemons, 1).throttle, '1001', HOME)]).toEqual([
      0, 2,
    ]);
  });

  test('wait while the database is away', () => {
    const { clock, rows, daemons } = open('a', 'b');
    const { cluster, throttle } = one(daemons, 0);
    cluster.cut();
    for (let n = 0; n < 6; n++) guess(throttle, '1001', HOME);
    clock.pass(5_000);
    expect(rows()).toEqual([]);
    cluster.heal();
    clock.pass(1_000);
    const { throttle: other } = one(daemons, 1);
    expect([guess(other, '1001', HOME), guess(other, '1001', HOME)]).toEqual([0, 2]);
  });
});

test('a daemon alone counts for itself', () => {
  OWN_TALLIES.tell('pair', 'x', { level: 9, at: 0, forget: 60, until: 9_999 }, 0);
  OWN_TALLIES.forget('pair', 'x');
  expect(OWN_TALLIES.all('pair', 'x')).toEqual({ level: 0, until: 0 });
});
