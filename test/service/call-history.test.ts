import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { callId } from '../../src/service/call-row.ts';
import type { CallNews } from '../../src/service/calls-port.ts';
import type { Store } from '../../src/service/store.ts';
import { ADA, BEGAN, called, ended, missed, newCall, opened } from '../support/call-stories.ts';
import { cheapCrypto } from '../support/cheap-crypto.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { openSyncHouse, type SyncHouse } from '../support/sync-house.ts';
import { add, permit, viewer } from '../sync/book-house.ts';

const { sha256 } = cheapCrypto();

/** The rows of one history by id. */
async function historyOf(store: Store, owner: string): Promise<Record<string, unknown>> {
  const limit = Number.MAX_SAFE_INTEGER;
  const { rows } = await store.read({ table: 'calls', scope: owner, since: null, removedSince: null, limit });
  return Object.fromEntries(rows.map(({ id, value }) => [id, value]));
}

async function tell({ calls, history }: SyncHouse, ...news: readonly CallNews[]): Promise<void> {
  calls.tell(...news);
  await history.idle();
}

/** A store that takes no commits until it is told to. */
function fullStore() {
  const store = new MemoryStore();
  const commit = store.commit.bind(store);
  const disk = { isFull: true, refused: 0 };
  store.commit = (...args) => {
    if (!disk.isFull) return commit(...args);
    disk.refused += 1;
    return Promise.reject(new Failure('storage', 'nothing was changed: the server cannot save now'));
  };
  return { store, disk, commit };
}

describe('a finished call', () => {
  test('is one row for each party, named for its owner', async () => {
    const house = await openSyncHouse();
    await house.tokenOf('1001');
    const { id } = await add(house, 'personal', 'Ada', viewer('1001'));
    const call = newCall();
    const out = called('1001', ADA, { call, presented: 'A. L.' });
    const incoming = missed('1002', '1001', { call, reason: 'dnd' });
    await tell(house, { kind: 'ended', id: call, entries: [out, incoming], isOver: true });
    const at = '2026-01-05T08:00:00.000Z';
    expect(await historyOf(house.store, '1001')).toEqual({
      [callId(sha256, call, '1001')]: {
        ...{ owner: '1001', call, at, direction: 'out', number: ADA, presented: 'A. L.' },
        known: { name: 'Ada', contact: id, book: 'personal:1001' },
        ...{ disposition: 'answered', ring: 3, talk: 60 },
      },
    });
    expect(await historyOf(house.store, '1002')).toEqual({
      [callId(sha256, call, '1002')]: {
        ...{ owner: '1002', call, at, direction: 'in', number: '1001' },
        known: { name: 'User 1001', extension: '1001' },
        ...{ disposition: 'missed', reason: 'dnd', ring: 20, talk: 0 },
      },
    });
  });

  test('of an extension without a user is named by what is open to it', async () => {
    const house = await openSyncHouse();
    await permit(house, 'view company 1002');
    const { id } = await add(house, 'company', 'Ada');
    await tell(house, ended(missed('1002', ADA)), ended(missed('1003', ADA)));
    const known = async (owner: string) =>
      Object.values(await historyOf(house.store, owner)).map((row) => (row as { known?: object }).known);
    expect([await known('1002'), await known('1003')]).toEqual([
      [{ name: 'Ada', contact: id, book: 'company' }],
      [undefined],
    ]);
  });

  test('told twice, also otherwise the second time, changes nothing and is told to nobody again', async () => {
    const house = await openSyncHouse();
    const entry = missed('1001', ADA);
    await tell(house, ended(entry), ended(entry));
    const before = await historyOf(house.store, '1001');
    const told: unknown[] = [];
    house.store.subscribe(({ writes }) => told.push(...writes));
    await tell(house, ended({ ...entry, reason: 'declined', number: '1002' }));
    expect([await historyOf(house.store, '1001'), told]).toEqual([before, []]);
  });

  test('told again with a party that was not known before has an entry more', async () => {
    const house = await openSyncHouse();
    const entry = missed('1001', ADA);
    await tell(house, ended(entry));
    const before = await historyOf(house.store, '1001');
    await tell(house, ended(entry, missed('1002', ADA, { call: entry.call, reason: 'unregistered' })));
    expect(await historyOf(house.store, '1001')).toEqual(before);
    expect(Object.keys(await historyOf(house.store, '1002'))).toEqual([callId(sha256, entry.call, '1002')]);
  });

  test('takes the place of the row that said how far it was, and keeps its time and its number', async () => {
    const house = await openSyncHouse();
    const call = `rollcall-${newCall()}`;
    const id = callId(sha256, call, '1001');
    const row = {
      owner: '1001',
      call,
      at: '2026-01-05T07:59:59.000Z',
      direction: 'out',
      number: '+44 1',
      state: 'phone',
    };
    await house.store.commit([{ table: 'calls', id, value: { ...row, ring: 0, talk: 0 } }]);
    await tell(house, ended(called('1001', '00441', { call, disposition: 'cancelled', reason: 'phone_declined' })));
    const { state: _state, ...rest } = row;
    expect(await historyOf(house.store, '1001')).toEqual({
      [id]: { ...rest, disposition: 'cancelled', reason: 'phone_declined', ring: 3, talk: 60 },
    });
  });

  test('that somebody else writes at the same moment is written once, by whoever came first', async () => {
    const house = await openSyncHouse();
    const entry = missed('1001', ADA);
    const id = callId(sha256, entry.call, '1001');
    const value = { owner: '1001', call: entry.call, at: 'first', direction: 'in', number: ADA, ring: 0, talk: 0 };
    const find = house.store.find.bind(house.store);
    house.store.find = async (table, ids) => {
      const found = await find(table, ids);
      house.store.find = find;
      await house.store.commit([{ table: 'calls', id, value: { ...value, disposition: 'missed' } }]);
      return found;
    };
    await tell(house, ended(entry));
    expect(await historyOf(house.store, '1001')).toEqual({ [id]: { ...value, disposition: 'missed' } });
  });

  test('of a withheld number has no name, and an outside name is one line of bounded length', async () => {
    const house = await openSyncHouse();
    await tell(house, ended(missed('1001', '', { presented: 'A\r\nB' })), ended(missed('1001', 'x'.repeat(500))));
    const rows = Object.values(await historyOf(house.store, '1001')) as { number: string; presented?: string }[];
    expect(rows.map(({ number, presented }) => [number.length, presented])).toEqual([
      [0, 'A B'],
      [64, undefined],
    ]);
  });
});

describe('a call that goes on', () => {
  test('is kept until it ends, and leaves with its entries in one commit', async () => {
    const house = await openSyncHouse();
    const call = newCall();
    await tell(house, opened(call), opened(call, { state: 'talking', answeredAt: BEGAN }));
    expect([...house.store.all('openCalls')].map(({ id, value }) => [id, value])).toEqual([
      [call, { id: call, state: 'talking', answeredAt: BEGAN, memory: { caller: '+442079460000' } }],
    ]);
    const tables: string[][] = [];
    house.store.subscribe(({ writes }) => tables.push(writes.map(({ table }) => table)));
    await tell(house, ended(missed('1001', ADA, { call })));
    expect(tables).toEqual([['calls', 'openCalls']]);
    expect([...house.store.all('openCalls')]).toEqual([]);
  });

  test('is kept also when somebody has left it, and leaves when it is over', async () => {
    const house = await openSyncHouse();
    const call = newCall();
    const left = { kind: 'ended', id: call, entries: [missed('1001', ADA, { call })], isOver: false } as const;
    await tell(house, opened(call), left, opened(call, { state: 'talking', answeredAt: BEGAN }));
    expect(Object.keys(await historyOf(house.store, '1001'))).toHaveLength(1);
    expect(house.store.get('openCalls', call)?.value).toMatchObject({ state: 'talking' });
    await tell(house, ended(called('1002', ADA, { call })));
    expect([...house.store.all('openCalls')]).toEqual([]);
  });

  test('is kept as it was told, whatever its watcher does with it afterwards', async () => {
    const house = await openSyncHouse();
    const memory = { legs: ['a'] };
    await tell(house, opened('1.1', { memory }));
    memory.legs.push('b');
    expect(house.store.get('openCalls', '1.1')?.value).toEqual({
      id: '1.1',
      state: 'ringing',
      memory: { legs: ['a'] },
    });
  });

  test('without any entry leaves nothing behind', async () => {
    const house = await openSyncHouse();
    await tell(house, opened('1.1'), { kind: 'ended', id: '1.1', entries: [], isOver: true });
    expect([...house.store.all('openCalls'), ...(await house.store.counts('calls'))]).toEqual([]);
  });

  test('is given back to the watcher at a start, and ends there as any other', async () => {
    const first = await openSyncHouse();
    await tell(first, opened('1.1'), opened('1.2', { state: 'talking', answeredAt: BEGAN }));
    await tell(first, ended(missed('1001', ADA, { call: '1.1' })));
    first.stop();
    const { store } = first;
    const second = await openSyncHouse({ store });
    expect(second.calls.restored).toEqual([
      { id: '1.2', state: 'talking', answeredAt: BEGAN, memory: { caller: '+442079460000' } },
    ]);
    await tell(second, ended(called('1002', ADA, { call: '1.2' })), ended(missed('1001', ADA, { call: '1.1' })));
    expect([await store.counts('calls'), [...store.all('openCalls')]]).toEqual([
      new Map([
        ['1001', 1],
        ['1002', 1],
      ]),
      [],
    ]);
  });
});

describe('on a full disk', () => {
  test('finished calls wait, are reported once, and come in order when there is room', async () => {
    const { store, disk } = fullStore();
    disk.isFull = false;
    const house = await openSyncHouse({ store });
    disk.isFull = true;
    const entries = [missed('1001', ADA), called('1001', ADA), missed('1001', ADA)];
    for (const entry of entries) await tell(house, opened(entry.call), ended(entry));
    house.clock.pass(5_000);
    await house.history.idle();
    expect([disk.refused, await store.counts('calls'), [...store.all('openCalls')].length]).toEqual([2, new Map(), 3]);
    disk.isFull = false;
    house.clock.pass(5_000);
    await house.history.idle();
    const rows = Object.values(await historyOf(store, '1001')) as { call: string }[];
    expect(rows.map(({ call }) => call)).toEqual(entries.map(({ call }) => call));
    expect([...store.all('openCalls')]).toEqual([]);
    expect(house.reports.map(([event]) => event)).toEqual(['calls.not_written', 'calls.written_again']);
  });

  test('the ten thousand and first call is lost, which is reported once and counted', async () => {
    const { store, disk } = fullStore();
    disk.isFull = false;
    const house = await openSyncHouse({ store });
    disk.isFull = true;
    house.calls.tell(opened('late'));
    for (let n = 0; n < 10_000; n += 1) house.calls.tell(ended(missed('1001', ADA)));
    house.calls.tell(ended(missed('1001', ADA, { call: 'late' })), ended(missed('1001', ADA)));
    await house.history.idle();
    expect([...store.all('openCalls')]).toEqual([]);
    disk.isFull = false;
    house.clock.pass(5_000);
    await house.history.idle();
    // The others were too many for the history of one extension.
    expect(await store.count('calls', '1001')).toBe(1_000);
    expect(house.reports.filter(([event]) => event !== 'calls.not_written')).toEqual([
      ['calls.dropped', { waiting: 10_000 }],
      ['calls.written_again', { dropped: 2 }],
    ]);
  }, 60_000);

  test('a call that can never be written keeps no other from being so, and is not lost', async () => {
    const house = await openSyncHouse();
    const { store, clock, history } = house;
    const bad = missed('1001', ADA);
    const poison = new Set([callId(sha256, bad.call, '1001')]);
    const find = store.find.bind(store);
    store.find = (table, ids) =>
      ids.some((id) => poison.has(id)) ? Promise.reject(new TypeError('odd')) : find(table, ids);
    const written = async () =>
      Object.values(await historyOf(store, '1001')).map((row) => (row as { call: string }).call);
    const [one, two, late] = [missed('1001', ADA), missed('1001', ADA), missed('1001', ADA)];
    const pass = async () => {
      clock.pass(5_000);
      await history.idle();
    };
    await tell(house, ...[one, bad, two].map((entry) => ended(entry)));
    await pass();
    await pass();
    expect((await written()).sort()).toEqual([one.call, two.call].sort());
    await tell(house, ended(late));
    await pass();
    expect(await written()).toContain(late.call);
    poison.clear();
    await pass();
    expect((await written()).sort()).toEqual([one, bad, two, late].map(({ call }) => call).sort());
    expect(house.reports.map(([event]) => event)).toEqual(['calls.not_written', 'calls.written_again']);
  });

  test('a stop tries once more, and then gives up', async () => {
    const { store, disk } = fullStore();
    disk.isFull = false;
    const house = await openSyncHouse({ store });
    disk.isFull = true;
    await tell(house, opened('1.1'), ended(missed('1001', ADA, { call: '1.1' })));
    await house.history.stop();
    expect([disk.refused, [...store.all('openCalls')].map(({ id }) => id)]).toEqual([2, ['1.1']]);
  });
});
