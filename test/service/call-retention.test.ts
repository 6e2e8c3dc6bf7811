import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { CallRetention } from '../../src/service/call-retention.ts';
import type { Write } from '../../src/service/store.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

const DAY = 24 * 60 * 60_000;

/** Calls of an owner that began so many days ago. */
function callsOf(clock: HandClock, owner: string, ...daysAgo: readonly number[]): Write[] {
  return daysAgo.map((days) => {
    const at = new Date(clock.now() - days * DAY).toISOString();
    return { table: 'calls', id: `${owner} ${days}`, value: { owner, at, disposition: 'missed' } };
  });
}

async function open({ count = 10, days = 30 } = {}) {
  const store = new MemoryStore();
  const clock = new HandClock();
  const reports: string[] = [];
  const retention = new CallRetention({
    store,
    clock,
    keep: { count, days },
    report: (event) => void reports.push(event),
  });
  retention.start();
  /** The days of the calls that are left of an owner, the newest first. */
  const left = async (owner: string): Promise<number[]> => {
    await retention.idle();
    const { rows } = await store.read({ table: 'calls', scope: owner, since: null, removedSince: null, limit: 5_000 });
    return rows.map(({ id }) => Number(id.split(' ')[1])).sort((a, b) => a - b);
  };
  return { store, clock, reports, retention, left };
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n);

describe('the count of a history', () => {
  test('P146: may grow by a tenth, then the oldest calls go, whenever they were written', async () => {
    const { store, clock, left } = await open({ count: 100, days: 1_000 });
    await store.commit(callsOf(clock, '1001', ...upTo(109).reverse()));
    expect(await left('1001')).toEqual(upTo(109));
    await store.commit(callsOf(clock, '1001', 500));
    expect(await left('1001')).toEqual(upTo(100));
  });

  test('is that of one owner', async () => {
    const { store, clock, left } = await open({ count: 10, days: 1_000 });
    await store.commit([...callsOf(clock, '1001', ...upTo(10)), ...callsOf(clock, '1002', ...upTo(10))]);
    await store.commit(callsOf(clock, '1001', 10, 11));
    expect([await left('1001'), await left('1002')]).toEqual([upTo(10), upTo(10)]);
  });

  test('of many that come at once ends where it has to', async () => {
    const { store, clock, left } = await open({ count: 10, days: 1_000 });
    for (let n = 0; n < 20; n += 1) void store.commit(callsOf(clock, '1001', ...upTo(10, 10 * n)));
    await store.commit(callsOf(clock, '1001', 200));
    expect(await left('1001')).toEqual(upTo(10));
  });

  test('leaves calls that go on alone', async () => {
    const { store, clock, left } = await open({ count: 2, days: 1_000 });
    const goesOn = { table: 'calls' as const, id: '1001 900', value: { owner: '1001', at: '2020', state: 'talking' } };
    await store.commit([goesOn, ...callsOf(clock, '1001', 1, 2, 3, 4)]);
    expect(await left('1001')).toEqual([1, 2, 900]);
  });
});

describe('the age of calls', () => {
  test('is looked at five minutes after a start, and then each day', async () => {
    const { store, clock, left } = await open({ count: 100, days: 30 });
    await store.commit([...callsOf(clock, '1001', 1, 29, 31), ...callsOf(clock, '1002', 365)]);
    expect([await left('1001'), await left('1002')]).toEqual([[1, 29, 31], [365]]);
    clock.pass(5 * 60_000);
    expect([await left('1001'), await left('1002')]).toEqual([[1, 29], []]);
    clock.pass(DAY - 1);
    expect(await left('1001')).toEqual([1, 29]);
    clock.pass(1);
    expect(await left('1001')).toEqual([1]);
  });

  test('also counts those that are too many, of all owners', async () => {
    const { store, clock, left } = await open({ count: 10, days: 1_000 });
    await store.commit(callsOf(clock, '1001', ...upTo(10)));
    expect(await left('1001')).toEqual(upTo(10));
    clock.pass(5 * 60_000);
    expect(await left('1001')).toEqual(upTo(10));
  });
});

test('what was removed leaves the disk with the look at everything, and only then', async () => {
  const { store, clock, left } = await open({ count: 10, days: 1_000 });
  const erased: string[] = [];
  const commit = store.commit.bind(store);
  store.commit = (writes, guards) => {
    for (const { table, id, erase } of writes) if (erase) erased.push(`${table} ${id}`);
    return commit(writes, guards);
  };
  await store.commit(callsOf(clock, '1001', ...upTo(20)));
  expect([await left('1001'), erased]).toEqual([upTo(10), []]);
  clock.pass(5 * 60_000);
  expect([await left('1001'), erased]).toEqual([upTo(10), ['upkeep calls trimmed']]);
  clock.pass(DAY);
  expect([await left('1001'), erased]).toEqual([upTo(10), ['upkeep calls trimmed']]);
});

test('a history is read when it has grown, and not with each call', async () => {
  const { store, clock, left } = await open({ count: 100, days: 1_000 });
  let reads = 0;
  const read = store.read.bind(store);
  store.read = (question) => {
    reads += 1;
    return read(question);
  };
  for (const day of upTo(109)) await store.commit(callsOf(clock, '1001', day));
  expect(reads).toBe(0);
  await store.commit(callsOf(clock, '1001', 109));
  expect(await left('1001')).toHaveLength(100);
});

test('is tried again when the store takes nothing, which is said once', async () => {
  const { store, clock, reports, left } = await open({ count: 10, days: 1_000 });
  await store.commit(callsOf(clock, '1001', ...upTo(10)));
  const commit = store.commit.bind(store);
  store.commit = (writes, guards) =>
    writes.some(({ value }) => value === null)
      ? Promise.reject(new Failure('storage', 'full'))
      : commit(writes, guards);
  await store.commit(callsOf(clock, '1001', 10));
  clock.pass(60_000);
  expect([await left('1001'), reports]).toEqual([upTo(11), ['calls.trim_failed']]);
  store.commit = commit;
  clock.pass(60_000);
  expect([await left('1001'), reports]).toEqual([upTo(10), ['calls.trim_failed']]);
});

test('a stop leaves no timer', async () => {
  const { clock, retention } = await open();
  await retention.stop();
  expect(clock.waiting).toBe(0);
});
