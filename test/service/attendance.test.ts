import { expect, test } from 'vitest';
import { Attendance } from '../../src/service/attendance.ts';
import { aloneIn } from '../../src/service/cluster.ts';
import { Leftovers } from '../../src/service/leftovers.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** Daemons over one store, the first with the house duty, and what each was told of counts. */
function house(...names: string[]) {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const clock = new HandClock();
  const daemons = names.map((name) => {
    const cluster = clusters.join(name);
    const attendance = new Attendance({ store, cluster, clock });
    const leftovers = new Leftovers({ store, cluster, clock });
    if (cluster.houseDuty.isHeld) leftovers.start();
    cluster.houseDuty.subscribe((isHeld) => (isHeld ? leftovers.start() : leftovers.stop()));
    const told: string[] = [];
    attendance.subscribe((numbers) =>
      told.push(`${numbers.join(' ')} ${numbers.map((n) => attendance.count(n)).join(' ')}`),
    );
    return { cluster, attendance, told };
  });
  const rows = (): string[] => [...store.all('attendance')].map(({ id }) => id).sort();
  const [a, b, c] = daemons as [(typeof daemons)[0], (typeof daemons)[0], (typeof daemons)[0]];
  return { store, clusters, clock, rows, a, b, c };
}

test('with the embedded store own sessions count, and nothing is written', () => {
  const store = new MemoryStore();
  const clock = new HandClock();
  const attendance = new Attendance({ store, cluster: aloneIn('', 'a'), clock });
  const told: unknown[] = [];
  attendance.subscribe((numbers) => told.push([numbers, attendance.count('1001')]));
  const close = attendance.opened('1001');
  const closeOther = attendance.opened('1001');
  close();
  close();
  closeOther();
  expect(told).toEqual([
    [['1001'], 1],
    [['1001'], 2],
    [['1001'], 1],
    [['1001'], 0],
  ]);
  expect([[...store.all('attendance')], clock.waiting]).toEqual([[], 0]);
});

test('sessions at other daemons count, and one row stands for all sessions of an extension', () => {
  const { a, b, rows, store } = house('a', 'b');
  let notes = 0;
  store.subscribe(() => {
    notes += 1;
  });
  const first = b.attendance.opened('1001');
  const second = b.attendance.opened('1001');
  const own = a.attendance.opened('1001');
  expect([a.attendance.count('1001'), b.attendance.count('1001')]).toEqual([2, 3]);
  expect(rows()).toEqual(['a 1001', 'b 1001']);
  first();
  expect([a.attendance.count('1001'), notes]).toEqual([2, 2]);
  second();
  own();
  expect([a.attendance.count('1001'), b.attendance.count('1001'), rows()]).toEqual([0, 0, []]);
  expect(a.told).toEqual(['1001 1', '1001 2', '1001 1', '1001 0']);
  expect(b.told).toEqual(['1001 1', '1001 2', '1001 3', '1001 2', '1001 1', '1001 0']);
});

test('a daemon that starts knows who is at the others', () => {
  const { a, store, clusters, clock } = house('a', 'b');
  a.attendance.opened('1001');
  const late = new Attendance({ store, cluster: clusters.join('late'), clock });
  expect([late.count('1001'), late.count('1002')]).toEqual([1, 0]);
});

test('ids of extensions may hold anything', () => {
  const { a, b } = house('a', 'b');
  for (const number of ['3 100', '', '__proto__', 'constructor']) b.attendance.opened(number);
  expect(['3 100', '', '__proto__', 'constructor', '100'].map((n) => a.attendance.count(n))).toEqual([1, 1, 1, 1, 0]);
});

test('a session of a daemon that dies counts until its client has had the time to come to another one', () => {
  const { a, b, clock, rows } = house('a', 'b');
  b.attendance.opened('1001');
  b.attendance.opened('1002');
  b.attendance.stop();
  b.cluster.die();
  clock.pass(9000);
  a.attendance.opened('1002');
  expect([a.attendance.count('1001'), a.told]).toEqual([1, ['1001 1', '1002 1', '1002 2']]);
  clock.pass(3000);
  expect([a.attendance.count('1001'), a.attendance.count('1002'), rows()]).toEqual([0, 1, ['a 1002']]);
  expect(a.told.slice(3)).toEqual(['1001 1002 0 1']);
});

test('a daemon that stops leaves its sessions to be taken over, and closes none', () => {
  const { a, b, rows, clock } = house('a', 'b');
  const close = b.attendance.opened('1001');
  b.attendance.stop();
  close();
  expect([a.attendance.count('1001'), rows()]).toEqual([1, ['b 1001']]);
  b.cluster.die();
  clock.pass(12_000);
  expect([a.attendance.count('1001'), rows()]).toEqual([0, []]);
});

test('the daemon that takes over the house duty clears away what the dead one left', () => {
  const { a, b, c, clock, rows } = house('a', 'b', 'c');
  a.attendance.opened('1001');
  c.attendance.opened('1002');
  a.attendance.stop();
  a.cluster.die();
  clock.pass(12_000);
  expect([b.cluster.houseDuty.isHeld, rows()]).toEqual([true, ['c 1002']]);
});

test('while the database is away the last known sessions stand, and after it all have time to come back', () => {
  const { a, b, clock, clusters, rows } = house('a', 'b');
  b.attendance.opened('1001');
  clusters.database(false);
  clock.pass(60_000);
  expect(a.attendance.count('1001')).toBe(1);
  a.cluster.heal();
  clock.pass(9000);
  b.cluster.heal();
  clock.pass(60_000);
  expect([a.attendance.count('1001'), rows(), a.told]).toEqual([1, ['b 1001'], ['1001 1']]);
});

test('a daemon that was taken for dead writes its sessions again, those alone that are still open', () => {
  const { a, b, clock, rows } = house('a', 'b');
  b.attendance.opened('1001');
  const close = b.attendance.opened('1002');
  b.cluster.cut();
  clock.pass(12_000);
  expect([a.attendance.count('1001'), b.attendance.count('1001'), rows()]).toEqual([0, 1, []]);
  clock.pass(60_000);
  expect(rows()).toEqual([]);
  close();
  b.cluster.heal();
  clock.pass(1000);
  expect([a.attendance.count('1001'), a.attendance.count('1002'), rows()]).toEqual([1, 0, ['b 1001']]);
  clock.pass(60_000);
  expect([rows(), clock.waiting]).toEqual([['b 1001'], 1]);
});

test('rows of a daemon that nobody has met yet are not taken for those of a dead one', () => {
  const { store, clock, clusters, rows } = house('a');
  store.note([{ table: 'attendance', id: 'new 1001', value: {} }]);
  clock.pass(5000);
  clusters.join('new');
  clock.pass(60_000);
  expect(rows()).toEqual(['new 1001']);
});

test('rows of the dead are cleared from every table that every daemon writes to, and no others', () => {
  const { store, clock } = house('a');
  const tables = ['attendance', 'errands', 'tallies', 'statuses'] as const;
  for (const table of tables) {
    const rows = Array.from({ length: 700 }, (_, n) => ({ table, id: `gone ${n}`, value: {} }));
    store.note([...rows, { table, id: 'a 1', value: {} }]);
  }
  clock.pass(12_000);
  expect(tables.map((table) => [...store.all(table)].length)).toEqual([1, 1, 1, 701]);
});

test('who was expected after a restart counts until he is given up', () => {
  const { a, b } = house('a', 'b');
  for (const number of ['1001', '1002', '1003']) a.attendance.expect(number);
  expect([a.attendance.isWaiting, a.attendance.count('1001')]).toEqual([true, 1]);
  a.attendance.opened('1001');
  b.attendance.opened('1002')();
  expect([a.attendance.count('1002'), a.attendance.giveUp(), a.attendance.isWaiting]).toEqual([0, ['1003'], false]);
  expect(a.attendance.count('1003')).toBe(0);
});
