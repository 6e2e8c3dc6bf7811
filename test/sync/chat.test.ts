import { describe, expect, test } from 'vitest';
import { turn } from '../support/board-house.ts';
import type { FakeSocket } from '../support/fake-socket.ts';
import { ask, openSyncHouse, sync } from '../support/sync-house.ts';
import { cursorsOf, type Item, putsOf } from './messages.ts';

const DELIVERED = { delivered: expect.any(String) };
const READ = { ...DELIVERED, read: expect.any(String) };

/** A session that follows its user's messages. */
async function follow(house: Awaited<ReturnType<typeof openSyncHouse>>, id: string, cursor?: string) {
  const socket = await house.open(id);
  await sync(socket, ['messages'], cursor === undefined ? {} : { messages: cursor });
  return socket;
}

/** What a client holds of its messages: the newest state of each, in the order of their times. */
function held({ received }: FakeSocket): Item[] {
  const items = new Map<string, Item>();
  for (const message of received) {
    if (message.params?.['collection'] !== 'messages') continue;
    if (message.params['reset']) items.clear();
    for (const item of putsOf(message)) items.set(item.id, item);
    for (const id of (message.params['remove'] ?? []) as string[]) items.delete(id);
  }
  return [...items.values()].sort((a, b) => (String(a['at']) < String(b['at']) ? -1 : 1));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let n = 0; n < 2_000 && !isSo(); n++) await turn();
  expect(isSo()).toBe(true);
}

const send = async (socket: FakeSocket, to: string, text: string) =>
  (await ask(socket, 'messages.send', { to, text })).result?.['message'] as Item;

describe('A chat', () => {
  test('P153 P154 P155: reaches every session of both live, is delivered, and then read', async () => {
    const house = await openSyncHouse();
    const [ann, annAtHome, ben] = [
      await follow(house, '1001'),
      await follow(house, '1001'),
      await follow(house, '1002'),
    ];
    const sent = await send(ann, '1002', 'Lunch?');
    expect(sent).toEqual({ id: sent.id, with: '1002', from: '1001', at: '2026-01-05T08:00:00.000Z', text: 'Lunch?' });
    const isDelivered = (socket: FakeSocket) => held(socket)[0]?.['delivered'] !== undefined;
    await until(() => [ann, annAtHome, ben].every(isDelivered));
    for (const socket of [ann, annAtHome]) expect(held(socket)).toEqual([{ ...sent, ...DELIVERED }]);
    expect(held(ben)).toEqual([{ ...sent, with: '1001', ...DELIVERED }]);
    expect((await ask(ben, 'messages.read', { with: '1001', upTo: sent.id })).result).toEqual({});
    expect(held(ben)).toEqual([{ ...sent, with: '1001', ...READ }]);
    await until(() => held(annAtHome)[0]?.['read'] !== undefined);
    expect(held(annAtHome)).toEqual([{ ...sent, ...READ }]);
  });

  test('S5: is with the one who wrote before it is answered', async () => {
    const house = await openSyncHouse();
    const ann = await follow(house, '1001');
    await send(ann, '1002', 'x');
    const change = ann.received.findIndex((message) => putsOf(message).some((item) => item['text'] === 'x'));
    const answer = ann.received.findIndex(({ result }) => result?.['message'] !== undefined);
    expect(change).toBeGreaterThan(-1);
    expect(answer).toBeGreaterThan(change);
  });

  test('S8: sends no byte to a third user, whatever he asks for', async () => {
    const house = await openSyncHouse();
    const [ann, ben] = [await follow(house, '1001'), await follow(house, '1002')];
    const eve = await house.open('1003', { admin: true });
    await sync(eve, ['messages', 'extensions', 'presence', 'favorites', 'users', 'pbx', 'calls', 'contacts', 'books']);
    const { id } = await send(ann, '1002', 'Top secret');
    await send(ben, '1001', 'Indeed: secret');
    await ask(ben, 'messages.read', { with: '1001', upTo: id });
    for (const partner of ['1001', '1002', '1003']) {
      expect((await ask(eve, 'messages.read', { with: partner, upTo: id })).error?.code).toBe(404);
    }
    expect((await ask(eve, 'messages.send', { to: '1002', text: 'x', id })).error).toMatchObject({ code: 409 });
    for (const name of ['messages:1001', 'messages 1001', 'contacts:messages']) {
      const answer = await ask(eve, 'sync.open', { collections: [name] });
      if (!answer.error) await sync(eve, [name]);
    }
    const told = JSON.stringify(eve.received);
    expect(told.toLowerCase()).not.toContain('secret');
    expect(told).not.toContain(id);
    expect(held(eve)).toEqual([]);
  });

  test('is delivered to him who was away when he comes back, also after a restart', async () => {
    const before = await openSyncHouse();
    const ann = await follow(before, '1001');
    const sent = await send(ann, '1002', 'Call me');
    for (let n = 0; n < 50; n++) await turn();
    expect(held(ann)).toEqual([sent]);
    before.stop();
    const house = await openSyncHouse({ store: before.store, clock: before.clock });
    const annAgain = await follow(house, '1001', String(cursorsOf(ann.received)['messages']));
    expect(held(annAgain)).toEqual([]);
    const ben = await house.open('1002');
    await sync(ben, ['presence']);
    for (let n = 0; n < 50; n++) await turn();
    expect(held(annAgain)).toEqual([]);
    await sync(ben, ['messages']);
    await until(() => held(annAgain).length > 0);
    expect(held(annAgain)).toEqual([{ ...sent, ...DELIVERED }]);
  });

  test('goes on from a cursor with what changed since, and nothing else', async () => {
    const house = await openSyncHouse();
    const [ann, ben] = [await follow(house, '1001'), await follow(house, '1002')];
    const first = await send(ann, '1002', 'one');
    await until(() => held(ben)[0]?.['delivered'] !== undefined);
    const cursor = String(cursorsOf(ben.received)['messages']);
    await ask(ben, 'session.close');
    const second = await send(ann, '1002', 'two');
    const again = await follow(house, '1002', cursor);
    expect(held(again).map(({ id }) => id)).toEqual([second.id]);
    expect(first.id).not.toBe(second.id);
  });

  test('comes in pages of at most 500, all of 1,200', async () => {
    const house = await openSyncHouse();
    const writes = Array.from({ length: 1_200 }, (_, n) => {
      const at = new Date(Date.UTC(2026, 0, 1) + n).toISOString();
      const value = { owner: '1001', with: '1002', from: '1002', at, text: `${n}`, delivered: at };
      return { table: 'messages' as const, id: `1001 m${n}`, value };
    });
    for (let n = 0; n < writes.length; n += 300) await house.store.commit(writes.slice(n, n + 300));
    const ann = await follow(house, '1001');
    const pages = ann.received.filter(({ params }) => params?.['collection'] === 'messages');
    for (const page of pages) expect(putsOf(page).length).toBeLessThanOrEqual(500);
    expect(held(ann).map(({ text }) => text)).toEqual(Array.from({ length: 1_200 }, (_, n) => `${n}`));
  });

  test('between many at once is whole at both ends', async () => {
    const house = await openSyncHouse();
    const [ann, ben] = [await follow(house, '1001'), await follow(house, '1002')];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? send(ann, '1002', `a${n}`) : send(ben, '1001', `b${n}`))),
    );
    const isDone = (socket: FakeSocket) => held(socket).every(({ delivered }) => delivered !== undefined);
    await until(() => isDone(ann) && isDone(ben));
    const strip = (items: Item[]) => items.map(({ with: _with, ...item }) => item);
    expect(strip(held(ann))).toEqual(strip(held(ben)));
    expect(held(ann)).toHaveLength(40);
  });

  test('P150 P151 P152: is refused with the codes of the protocol', async () => {
    const house = await openSyncHouse();
    const ann = await follow(house, '1001');
    await house.tokenOf('1002');
    const code = async (method: string, params: object) => (await ask(ann, method, params)).error?.code;
    expect(await code('messages.send', { to: '1002', text: '' })).toBe(-32602);
    expect(await code('messages.send', { to: '1002', text: ' \n' })).toBe(-32602);
    expect(await code('messages.send', { to: '1002', text: 'x'.repeat(4_001) })).toBe(-32602);
    expect(await code('messages.send', { to: '1002', text: 'x', id: 'no uuid' })).toBe(-32602);
    expect(await code('messages.send', { to: '4711', text: 'x' })).toBe(404);
    expect(await code('messages.send', { to: '1001', text: 'x' })).toBe(404);
    expect(await code('messages.read', { with: '1002', upTo: 'none' })).toBe(404);
    house.store.fail();
    expect(await code('messages.send', { to: '1002', text: 'x' })).toBe(507);
  });
});
