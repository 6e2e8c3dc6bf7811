// Errands and attendance between daemons whose stores and clusters are real: what test/service proves with one store in memory.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Attendance } from '../../../src/service/attendance.ts';
import { systemClock } from '../../../src/service/clock.ts';
import { Errands } from '../../../src/service/errands.ts';
import { openPostgres } from '../../../src/store/postgres/open.ts';
import { type PostgresServer, startPostgres } from '../../lab/postgres.ts';
import { newDatabase } from '../../support/database.ts';

let server: PostgresServer;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const PATIENCE = { timeoutMs: 30_000 };

/** Daemons on a new database; the first is on duty. */
async function daemons(...names: string[]) {
  const url = (await newDatabase(server.url())) ?? '';
  const all = [];
  for (const daemon of names) {
    const report = () => undefined;
    const parts = { url, connections: 4, daemon, site: '', isDaemon: true, lastDigits: 7, clock: systemClock, report };
    const opened = await openPostgres(parts);
    const errands = new Errands({ ...opened, clock: systemClock, report, newId: randomUUID });
    const attendance = new Attendance({ ...opened, clock: systemClock });
    open.push(opened, { close: async () => errands.stop() }, { close: async () => attendance.stop() });
    all.push({ ...opened, errands, attendance });
  }
  const [a, b] = all as [(typeof all)[0], (typeof all)[0]];
  return { a, b };
}

test('hundreds of errands at once are each done once, what they wrote was told before the answer, and no row stays', async () => {
  const { a, b } = await daemons('a', 'b');
  const begun: unknown[] = [];
  a.errands.handle('note', async (params) => {
    begun.push((params as { n: number }).n);
    a.store.note([{ table: 'statuses', id: String((params as { n: number }).n), value: params }]);
    return params;
  });
  const asked = Array.from({ length: 400 }, async (_, n) => {
    const answer = await b.errands.ask('', 'note', { n }, PATIENCE);
    return { answer, status: b.store.get('statuses', String(n))?.value };
  });
  expect(await Promise.all(asked)).toEqual(asked.map((_, n) => ({ answer: { n }, status: { n } })));
  expect(begun.toSorted()).toEqual(asked.map((_, n) => n).toSorted());
  expect([...b.store.all('errands')]).toEqual([]);
  a.errands.handle('sentinel', async () => ({}));
  await b.errands.ask('', 'sentinel', {}, PATIENCE);
  expect([...a.store.all('errands')].map(({ value }) => value)).toEqual([{ state: 'answered', result: {} }]);
});

test('an errand that waits is done by the daemon that takes over', async () => {
  const { a, b } = await daemons('a', 'b');
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  b.errands.handle('ring', async () => ({ by: 'b' }));
  await a.cluster.leave();
  expect(await asked).toEqual({ by: 'b' });
});

test('a session at one daemon is known at the other, and its end as well', async () => {
  const { a, b } = await daemons('a', 'b');
  const counts: number[] = [];
  const seen = (wanted: number): Promise<void> =>
    new Promise((resolve) => {
      const stop = a.attendance.subscribe(() => {
        counts.push(a.attendance.count('1001'));
        if (counts.at(-1) !== wanted) return;
        stop();
        resolve();
      });
    });
  const came = seen(1);
  const close = b.attendance.opened('1001');
  await came;
  const went = seen(0);
  close();
  await went;
  expect(counts).toEqual([1, 0]);
});
