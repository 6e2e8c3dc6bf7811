import { describe, expect, test } from 'vitest';
import type { MessageRow } from '../../src/service/message-row.ts';
import { Inboxes } from '../../src/service/messages-inboxes.ts';
import { turn } from '../support/board-house.ts';
import { LateStore } from '../support/late-store.ts';
import { MemoryStore } from '../support/memory-store.ts';

const row = (owner: string, n: number, more: Partial<MessageRow> = {}): MessageRow => ({
  owner,
  with: '2000',
  from: '2000',
  at: new Date(Date.UTC(2026, 0, 5, 8) + n).toISOString(),
  text: `${n}`,
  ...more,
});

const write = (owner: string, n: number, more: Partial<MessageRow> = {}) =>
  ({ table: 'messages', id: `${owner} m${n}`, value: row(owner, n, more) }) as const;

const ids = (owner: string, ...numbers: readonly number[]) => numbers.map((n) => `${owner} m${n}`);
const LAST = '9999';

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

describe('An inbox', () => {
  test('holds what its owner was written and has not read, by time, and what nobody has got yet', async () => {
    const store = new MemoryStore();
    const [delivered, read] = [{ delivered: 'x' }, { delivered: 'x', read: 'x' }];
    await store.commit([
      ...[write('1001', 3), write('1001', 1, delivered), write('1001', 2, read), write('1001', 4, { from: '1001' })],
      ...[write('1001', 5, { with: '2001', from: '2001' }), write('1002', 6)],
    ]);
    const inboxes = new Inboxes({ store });
    const inbox = await inboxes.of('1001');
    expect(inbox.unread('2000', LAST)).toEqual(ids('1001', 1, 3));
    expect(inbox.unread('2000', row('', 2).at)).toEqual(ids('1001', 1));
    expect(inbox.undelivered()).toEqual(ids('1001', 3, 5));
    expect([inbox.newest('2000'), inbox.newest('2001'), inbox.newest('2002')]).toEqual([
      row('', 4).at,
      row('', 5).at,
      undefined,
    ]);
  });

  test('follows what is written, marked and dropped, also while it is read', async () => {
    const store = new MemoryStore();
    for (let n = 0; n < 1_200; n++) await store.commit([write('1001', n)]);
    const inboxes = new Inboxes({ store });
    const filling = inboxes.of('1001');
    expect(inboxes.peek('1001')).toBeUndefined();
    await store.commit([write('1001', 5_000), { table: 'messages', id: '1001 m1100', value: null }]);
    await store.commit([write('1001', 1_101, { delivered: 'x', read: 'x' }), write('1001', 1, { delivered: 'x' })]);
    const inbox = await filling;
    expect(inbox.unread('2000', LAST)).toHaveLength(1_199);
    expect(inbox.undelivered()).toHaveLength(1_198);
    await store.commit([write('1001', 6_000)]);
    expect(inboxes.peek('1001')?.undelivered().slice(-2)).toEqual(ids('1001', 5_000, 6_000));
  });

  test('keeps what it was told after the store was asked and before the answer came', async () => {
    const store = new MemoryStore();
    await store.commit([1, 2, 3, 4].map((n) => write('1001', n)));
    const late = new LateStore(store);
    late.late = true;
    const inboxes = new Inboxes({ store: late });
    const filling = inboxes.of('1001');
    await until(() => late.waiting === 1);
    await store.commit([
      write('1001', 1, { delivered: 'x', read: 'x' }),
      { table: 'messages', id: '1001 m2', value: null },
      write('1001', 3, { delivered: 'x' }),
      write('1001', 5),
    ]);
    late.release('all');
    const inbox = await filling;
    expect([inbox.unread('2000', LAST), inbox.undelivered()]).toEqual([ids('1001', 3, 4, 5), ids('1001', 4, 5)]);
  });

  test('tells apart what was written after a revision', async () => {
    const store = new MemoryStore();
    await store.commit([write('1001', 1)]);
    const inboxes = new Inboxes({ store });
    const told = inboxes.heard;
    await store.commit([write('1001', 2)]);
    const inbox = await inboxes.of('1001');
    expect(inbox.undelivered(told)).toEqual(ids('1001', 1));
    expect(inbox.undelivered(inboxes.heard)).toEqual(ids('1001', 1, 2));
  });
});

describe('The inboxes', () => {
  test('that were not needed for longest are given up, and read again when they are', async () => {
    const store = new MemoryStore();
    for (const owner of ['1001', '1002', '1003']) {
      await store.commit(Array.from({ length: 10 }, (_, n) => write(owner, n)));
    }
    const inboxes = new Inboxes({ store, most: 25 });
    await inboxes.of('1001');
    await inboxes.of('1002');
    await inboxes.of('1001');
    await inboxes.of('1003');
    expect(inboxes.size).toBe(2);
    expect(inboxes.peek('1002')).toBeUndefined();
    expect((await inboxes.of('1002')).undelivered()).toHaveLength(10);
    expect([inboxes.size, inboxes.peek('1001')]).toEqual([2, undefined]);
  });

  test('give up nothing that grew until another is needed, and then all that is too much', async () => {
    const store = new MemoryStore();
    const inboxes = new Inboxes({ store, most: 25 });
    await inboxes.of('1001');
    await store.commit(Array.from({ length: 40 }, (_, n) => write('1001', n)));
    expect(inboxes.peek('1001')?.undelivered()).toHaveLength(40);
    await inboxes.of('1002');
    expect([inboxes.size, inboxes.peek('1001')]).toEqual([1, undefined]);
  });

  test('that could not be read are read anew the next time', async () => {
    const store = new MemoryStore();
    await store.commit([write('1001', 1)]);
    const late = new LateStore(store);
    late.failing = 1;
    const inboxes = new Inboxes({ store: late });
    await expect(inboxes.of('1001')).rejects.toThrow('the disk did not answer');
    expect((await inboxes.of('1001')).undelivered()).toEqual(ids('1001', 1));
  });
});
