import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { aloneIn } from '../../src/service/cluster.ts';
import { Errands } from '../../src/service/errands.ts';
import { ErrandDaemon, errandRows } from '../support/errands-house.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { MortalStore, type SmallStore } from '../support/mortal-store.ts';
import { promised } from '../support/promised.ts';

const PATIENCE = { timeoutMs: 10_000 };
const UNDONE = new Failure('pbx_away', 'no daemon has a link to the PBX: nothing was done');
const UNKNOWN = new Failure(
  'pbx_away',
  'the daemon on duty at the PBX did not answer: it may or may not have been done',
);

/** `a` is on duty. */
function twoDaemons() {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const a = new ErrandDaemon(store, clusters, 'a');
  const b = new ErrandDaemon(store, clusters, 'b');
  const rows = () => errandRows(store);
  return { store, clusters, a, b, rows };
}

/** Resolves when the rows of errands are like this. */
function rowsLike(store: MemoryStore, isRight: (rows: ReturnType<typeof errandRows>) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (isRight(errandRows(store))) resolve();
    };
    store.subscribe(look);
    look();
  });
}

const isTaken = (rows: ReturnType<typeof errandRows>): boolean =>
  Object.values(rows).some(({ state }) => state === 'taken');

test('a daemon on duty does it itself, and nothing is written', async () => {
  const { a, store } = twoDaemons();
  a.errands.handle('ring', async (params) => ({ rang: params }));
  const told: unknown[] = [];
  store.subscribe((commit) => told.push(commit));
  expect(await a.errands.ask('', 'ring', { phone: '1001' }, PATIENCE)).toEqual({ rang: { phone: '1001' } });
  expect(told).toEqual([]);
});

test('with the embedded store it is a direct call at whatever site, and nothing is written', async () => {
  const store = new MemoryStore();
  const clock = new HandClock();
  const errands = new Errands({ store, cluster: aloneIn('', 'a'), clock, report: () => undefined, newId: () => '1' });
  errands.handle('ring', async () => ({ rang: true }));
  expect(await errands.ask('', 'ring', {}, PATIENCE)).toEqual({ rang: true });
  await expect(errands.ask('', 'sing', {}, PATIENCE)).rejects.toEqual(UNDONE);
  expect([errandRows(store), clock.waiting]).toEqual([{}, 0]);
});

test('another daemon has it done by the one on duty, what that wrote was told before the answer, and no row stays', async () => {
  const { a, b, store, rows } = twoDaemons();
  const told: string[] = [];
  store.subscribe(({ writes }) => told.push(...writes.map(({ table }) => table)));
  a.errands.handle('ring', async (params) => {
    await store.commit([{ table: 'statuses', id: '1001', value: { status: 'busy' } }]);
    return { rang: params };
  });
  b.errands.handle('ring', async () => ({ rang: 'by the wrong one' }));
  expect(await b.errands.ask('', 'ring', { phone: '1001' }, PATIENCE)).toEqual({ rang: { phone: '1001' } });
  expect(told).toEqual(['errands', 'errands', 'statuses', 'errands', 'errands']);
  expect(rows()).toEqual({});
  expect([a.clock.waiting, b.clock.waiting]).toEqual([0, 0]);
});

test('a failure travels whole', async () => {
  const { a, b, rows } = twoDaemons();
  const detail = { issues: [{ path: 'number', message: 'is none' }], retryAfter: 3, reason: 'no_phone' };
  const failure = new Failure('params', 'that is no number', detail);
  a.errands.handle('ring', async () => {
    throw failure;
  });
  const caught = await b.errands.ask('', 'ring', {}, PATIENCE).catch((error: unknown) => error);
  expect(caught).toBeInstanceOf(Failure);
  expect({ ...(caught as Failure), message: (caught as Failure).message }).toEqual({
    ...failure,
    message: failure.message,
  });
  expect([rows(), a.reports]).toEqual([{}, []]);
});

test('a fault of the program is logged where it happened, and is told as internal', async () => {
  const { a, b, rows } = twoDaemons();
  a.errands.handle('ring', async () => {
    throw new TypeError('undefined is not a phone');
  });
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(new Failure('internal', 'internal error 1'));
  expect([rows(), a.reports, b.reports]).toEqual([{}, [{ event: 'internal', where: 'errand ring' }], []]);
});

test('a result that is too large is a fault of the program', async () => {
  const { a, b } = twoDaemons();
  a.errands.handle('ring', async () => ({ text: 'x'.repeat(40_000) }));
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(new Failure('internal', 'internal error 1'));
});

test('what nobody takes in time is taken back, surely not done, and is not done later either', async () => {
  const { a, b, rows } = twoDaemons();
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  expect(rows()).toEqual({
    'b 1': { state: 'asked', site: '', method: 'ring', params: {}, at: '2026-01-05T08:00:00.000Z', within: 10_000 },
  });
  b.clock.pass(10_000);
  await expect(asked).rejects.toEqual(UNDONE);
  expect(rows()).toEqual({});
  let rang = 0;
  a.errands.handle('ring', async () => {
    rang += 1;
    return {};
  });
  expect(rang).toBe(0);
});

test('what was begun and is not answered in time may have been done, and its late answer leaves nothing', async () => {
  const { a, b, store, rows } = twoDaemons();
  const work = promised<object>();
  a.errands.handle('ring', () => work.promise);
  const asked = b.errands.ask('', 'ring', { phone: '1001' }, PATIENCE);
  await rowsLike(store, isTaken);
  expect(rows()).toEqual({ 'b 1': { state: 'taken', by: 'a' } });
  b.clock.pass(10_000);
  await expect(asked).rejects.toEqual(UNKNOWN);
  expect(rows()).toEqual({});
  work.resolve({ rang: true });
  await work.promise;
  a.errands.handle('sing', async () => ({}));
  await b.errands.ask('', 'sing', {}, PATIENCE);
  expect(rows()).toEqual({});
});

test('an answer that comes after the asker gave up is cleared away', async () => {
  const { a, b, store, rows } = twoDaemons();
  a.errands.handle('ring', () => new Promise(() => undefined));
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  await rowsLike(store, isTaken);
  b.clock.pass(10_000);
  await expect(asked).rejects.toEqual(UNKNOWN);
  store.note([{ table: 'errands', id: 'b 1', value: { state: 'answered', result: {} } }]);
  expect(rows()).toEqual({});
});

test('one that waits is done by the daemon that takes over, once', async () => {
  const { a, b, store, rows } = twoDaemons();
  const rang: string[] = [];
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  b.errands.handle('ring', async () => {
    rang.push('b');
    return { by: 'b' };
  });
  expect(Object.values(rows()).map(({ state }) => state)).toEqual(['asked']);
  a.die();
  expect(await asked).toEqual({ by: 'b' });
  store.note([{ table: 'statuses', id: '1001', value: {} }]);
  expect([rang, rows()]).toEqual([['b'], {}]);
});

test('a new daemon on duty does not repeat what was begun, and its asker hears at once that the other died', async () => {
  const { a, b, clusters, store, rows } = twoDaemons();
  const c = new ErrandDaemon(store, clusters, 'c');
  const rang: string[] = [];
  const begun = promised<void>();
  a.errands.handle('ring', () => {
    rang.push('a');
    begun.resolve();
    return new Promise(() => undefined);
  });
  for (const { errands, cluster } of [b, c]) {
    errands.handle('ring', async () => {
      rang.push(cluster.daemon);
      return {};
    });
  }
  const asked = c.errands.ask('', 'ring', {}, PATIENCE);
  await begun.promise;
  a.die();
  await expect(asked).rejects.toEqual(UNKNOWN);
  expect([rang, rows(), b.cluster.siteDuty.isHeld]).toEqual([['a'], {}, true]);
});

test('while its own database is away the death of the other is not believed', async () => {
  const { a, b, store } = twoDaemons();
  const work = promised<object>();
  a.errands.handle('ring', () => work.promise);
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  await rowsLike(store, isTaken);
  b.cluster.cut();
  b.cluster.heal();
  work.resolve({ rang: true });
  expect(await asked).toEqual({ rang: true });
});

test('a daemon that lost its duty while it took an errand does not begin it', async () => {
  const { a, b, store } = twoDaemons();
  const rang: string[] = [];
  a.errands.handle('ring', async () => {
    rang.push('a');
    return {};
  });
  const stop = store.subscribe(() => {
    if (!isTaken(errandRows(store))) return;
    stop();
    b.cluster.setPbx(true);
  });
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(UNDONE);
  expect(rang).toEqual([]);
});

test('one that could be taken only when its time was over is not begun', async () => {
  const { a, b, rows } = twoDaemons();
  let begun = 0;
  a.errands.handle('ring', async () => {
    begun += 1;
    return {};
  });
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  a.clock.pass(PATIENCE.timeoutMs);
  await expect(asked).rejects.toEqual(UNDONE);
  expect([begun, rows()]).toEqual([0, {}]);
});

test('one that was taken when its asker had gone is not begun', async () => {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const taken = promised<void>();
  const answer = promised<void>();
  const slow: SmallStore = Object.assign(new MortalStore(store), {
    commit: async (...commit: Parameters<SmallStore['commit']>) => {
      const rev = await store.commit(...commit);
      taken.resolve();
      await answer.promise;
      return rev;
    },
  });
  const a = new ErrandDaemon(slow, clusters, 'a');
  const b = new ErrandDaemon(store, clusters, 'b');
  let begun = 0;
  a.errands.handle('ring', async () => {
    begun += 1;
    return {};
  });
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  await taken.promise;
  b.errands.stop();
  await expect(asked).rejects.toEqual(UNKNOWN);
  a.errands.handle('sing', async () => ({}));
  answer.resolve();
  const c = new ErrandDaemon(store, clusters, 'c');
  expect(await c.errands.ask('', 'sing', {}, PATIENCE)).toEqual({});
  expect([begun, errandRows(store)]).toEqual([0, {}]);
});

test('an errand goes to the daemon on duty at its own site alone', async () => {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const berlin = new ErrandDaemon(store, clusters, 'a', { site: 'berlin' });
  const paris = new ErrandDaemon(store, clusters, 'b', { site: 'paris' });
  for (const { errands, cluster } of [berlin, paris]) errands.handle('ring', async () => ({ at: cluster.site }));
  expect(await berlin.errands.ask('paris', 'ring', {}, PATIENCE)).toEqual({ at: 'paris' });
  expect(await berlin.errands.ask('berlin', 'ring', {}, PATIENCE)).toEqual({ at: 'berlin' });
  const asked = berlin.errands.ask('rome', 'ring', {}, PATIENCE);
  berlin.clock.pass(10_000);
  const failure = new Failure('pbx_away', 'no daemon has a link to the PBX of site rome: nothing was done');
  await expect(asked).rejects.toEqual(failure);
});

test('one that is found at the start of a daemon is begun only while somebody can wait for it', async () => {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const b = new ErrandDaemon(store, clusters, 'b', { site: 'elsewhere' });
  void b.errands.ask('', 'ring', { n: 1 }, { timeoutMs: 5000 }).catch(() => 'not what is looked at');
  const late = b.errands.ask('', 'ring', { n: 2 }, { timeoutMs: 60_000 });
  const clock = new HandClock('2026-01-05T08:00:05.000Z');
  const a = new ErrandDaemon(store, clusters, 'a', { clock });
  const rang: unknown[] = [];
  a.errands.handle('ring', async (params) => {
    rang.push(params);
    return {};
  });
  await late;
  expect(rang).toEqual([{ n: 2 }]);
});

test('the clocks of two machines may differ by hours', async () => {
  const store = new MemoryStore();
  const clusters = new FakeClusters();
  const a = new ErrandDaemon(store, clusters, 'a', { clock: new HandClock('2026-01-05T11:00:00.000Z') });
  const b = new ErrandDaemon(store, clusters, 'b', { clock: new HandClock('2026-01-05T08:00:00.000Z') });
  a.errands.handle('ring', async () => ({ rang: true }));
  expect(await b.errands.ask('', 'ring', {}, PATIENCE)).toEqual({ rang: true });
});

test('a row told again with another revision while it is taken is taken once', async () => {
  const { a, b, store } = twoDaemons();
  let rang = 0;
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  const row = errandRows(store)['b 1'];
  a.errands.handle('ring', async () => {
    rang += 1;
    return {};
  });
  store.note([{ table: 'errands', id: 'b 1', value: row as object }]);
  await asked;
  expect(rang).toBe(1);
});

test('while the database is away nothing is asked', async () => {
  const { a, b, clusters, rows } = twoDaemons();
  a.errands.handle('ring', async () => ({ rang: true }));
  clusters.database(false);
  const away = new Failure('storage', 'the database cannot be reached now, and with it the daemon on duty at the PBX');
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(away);
  expect(await a.errands.ask('', 'ring', {}, PATIENCE)).toEqual({ rang: true });
  expect(rows()).toEqual({});
});

test('an asker has so many errands and no more, and none that is too large', async () => {
  const { a, b, rows } = twoDaemons();
  const large = { text: 'x'.repeat(40_000) };
  const tooLarge = new Failure('too_large', 'more than 32768 characters cannot be sent to another daemon');
  await expect(b.errands.ask('', 'ring', large, PATIENCE)).rejects.toEqual(tooLarge);
  const asked = Array.from({ length: 500 }, (_, n) => b.errands.ask('', 'ring', { n }, PATIENCE));
  const tooMany = new Failure('too_many', 'too much is under way', { retryAfter: 1 });
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(tooMany);
  let atOnce = 0;
  let most = 0;
  a.errands.handle('ring', async (params) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await Promise.resolve();
    atOnce -= 1;
    return params;
  });
  expect(await Promise.all(asked)).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })));
  expect(most).toBeLessThanOrEqual(200);
  expect(rows()).toEqual({});
});

test('a broken disk at the daemon on duty takes nothing, and it tries again', async () => {
  const { a, b, store, rows } = twoDaemons();
  a.errands.handle('ring', async () => ({ rang: true }));
  const commit = store.commit.bind(store);
  let failing = 1;
  store.commit = (writes, guards) => {
    failing -= 1;
    return failing < 0 ? commit(writes, guards) : Promise.reject(new Failure('storage', 'full'));
  };
  const timer = a.clock.nextTimer();
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  await timer;
  expect(Object.values(rows()).map(({ state }) => state)).toEqual(['asked']);
  a.clock.pass(500);
  expect(await asked).toEqual({ rang: true });
});

test('a daemon that stops gives up what it asked, and its rows are gone', async () => {
  const { b, rows } = twoDaemons();
  const asked = b.errands.ask('', 'ring', {}, PATIENCE);
  b.errands.stop();
  await expect(asked).rejects.toEqual(UNKNOWN);
  await expect(b.errands.ask('', 'ring', {}, PATIENCE)).rejects.toEqual(
    new Failure('pbx_away', 'the daemon is stopping'),
  );
  expect([rows(), b.clock.waiting]).toEqual([{}, 0]);
});

test('work that is no longer there is waited for', async () => {
  const { a, b } = twoDaemons();
  const end = a.errands.handle('ring', async () => ({ by: 'the first' }));
  end();
  const asked = [b.errands.ask('', 'ring', {}, PATIENCE), a.errands.ask('', 'ring', {}, PATIENCE)];
  a.errands.handle('ring', async () => ({ by: 'the second' }));
  end();
  expect(await Promise.all(asked)).toEqual([{ by: 'the second' }, { by: 'the second' }]);
});
