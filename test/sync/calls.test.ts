import { describe, expect, test } from 'vitest';
import { ADA, called, ended, missed } from '../support/call-stories.ts';
import { OPEN_GATES } from '../support/gates.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { Mirror } from '../support/mirror.ts';
import { openSyncHouse, type SyncHouse, sync } from '../support/sync-house.ts';
import { add, hide, OPERATOR, permit, rename, turns, viewer } from './book-house.ts';
import { cursorsOf, kinds, news, putsOf } from './messages.ts';

const at = '2026-01-05T08:00:00.000Z';

/** What has come since the last look, when everything was told. */
async function told(house: SyncHouse, socket: Awaited<ReturnType<SyncHouse['open']>>) {
  await house.history.idle();
  await turns();
  return news(socket);
}

async function follower(house: SyncHouse, extension: string) {
  const socket = await house.open(extension);
  await sync(socket, ['calls']);
  news(socket);
  return socket;
}

describe('a finished call', () => {
  test('P143: of a caller from outside who shows the number of a colleague does not bear his name', async () => {
    const house = await openSyncHouse();
    const own = await follower(house, '1001');
    const item = { disposition: 'missed', reason: 'no_answer', number: '1002' };
    house.calls.tell(ended(missed('1001', '1002', { outside: true, presented: 'The Bank' })));
    expect((await told(house, own)).flatMap(putsOf)).toMatchObject([{ ...item, name: 'The Bank' }]);
    house.calls.tell(ended(missed('1001', '1002')));
    expect((await told(house, own)).flatMap(putsOf)).toMatchObject([{ ...item, name: 'User 1002', extension: '1002' }]);
  });

  test('P140 S8: is told to its owner at once, in all his sessions, and to nobody else', async () => {
    const house = await openSyncHouse();
    const own = [await follower(house, '1001'), await follower(house, '1001')];
    const others = [await follower(house, '1002'), await follower(house, '1003')];
    house.calls.tell(ended(missed('1001', ADA, { presented: 'A. L.', reason: 'declined' })));
    for (const socket of own) {
      const item = { at, direction: 'in', number: ADA, name: 'A. L.', disposition: 'missed', reason: 'declined' };
      expect(await told(house, socket)).toEqual([
        {
          jsonrpc: '2.0',
          method: 'sync.change',
          params: {
            collection: 'calls',
            put: [{ id: expect.stringMatching(/^[\w-]{22}$/), ...item, ring: 20, talk: 0 }],
            remove: [],
            cursor: expect.any(String),
          },
        },
      ]);
    }
    for (const socket of others) expect(await told(house, socket)).toEqual([]);
  });

  test('of somebody cannot be had by naming his collection', async () => {
    const house = await openSyncHouse();
    house.calls.tell(ended(missed('1001', ADA)));
    await house.history.idle();
    const socket = await house.open('1002', { admin: true });
    for (const name of ['calls:1001', 'calls 1001', '1001']) {
      socket.send('sync.open', { collections: [name] });
      await turns();
      expect(socket.received.at(-1)?.error?.code).toBe(-32602);
    }
    expect((await sync(socket, ['calls']))[1]?.params).toMatchObject({ reset: true, put: [] });
  });

  test('P143: names the contact and its name, and a colleague by his extension', async () => {
    const house = await openSyncHouse();
    const socket = await follower(house, '1001');
    const { id: contact } = await add(house, 'personal', 'Ada', viewer('1001'));
    house.calls.tell(ended(called('1001', ADA)), ended(missed('1001', '1002')));
    const items = (await told(house, socket)).flatMap(putsOf);
    expect(items.map(({ name, contact, extension }) => ({ name, contact, extension }))).toEqual([
      { name: 'Ada', contact },
      { name: 'User 1002', extension: '1002' },
    ]);
  });
});

describe('a history', () => {
  test('of 1,200 calls comes in pages of 500, the cursor on the last', async () => {
    const house = await openSyncHouse();
    const more = Array.from({ length: 1_200 }, (_, n) => ({
      table: 'calls' as const,
      id: `call ${n}`,
      value: { owner: '1002', call: `${n}`, at, direction: 'in', number: ADA, disposition: 'missed', ring: 1, talk: 0 },
    }));
    // More than the house keeps.
    const count = house.store.count.bind(house.store);
    house.store.count = async (table, scope) => (table === 'calls' ? 0 : count(table, scope));
    await house.store.commit(more);
    const socket = await house.open('1002');
    const messages = await sync(socket, ['calls']);
    expect(kinds(messages)).toEqual([
      'response',
      'sync.change calls',
      'sync.change calls',
      'sync.change calls',
      'sync.ready',
    ]);
    expect(messages.map((message) => putsOf(message).length)).toEqual([0, 500, 500, 200, 0]);
    expect(Object.keys(new Mirror().take(messages).items('calls'))).toHaveLength(1_200);
  });

  test('goes on from a cursor: only what came, went and changed since', async () => {
    const house = await openSyncHouse();
    await permit(house, 'view company');
    house.calls.tell(ended(missed('1001', '1002')), ended(missed('1001', ADA)));
    await house.history.idle();
    const first = await house.open('1001');
    const cursors = cursorsOf(await sync(first, ['calls']));
    first.vanish();
    const again = await house.open('1001');
    expect(kinds(await sync(again, ['calls'], cursors))).toEqual(['response', 'sync.ready']);
    again.vanish();
    await add(house, 'company', 'Ada');
    house.calls.tell(ended(called('1001', '1003')));
    await house.history.idle();
    const last = await house.open('1001');
    const messages = await sync(last, ['calls'], cursors);
    expect(kinds(messages)).toEqual(['response', 'sync.change calls', 'sync.ready']);
    expect(messages[1]?.params?.['reset']).toBeUndefined();
    expect(putsOf(messages[1] ?? { jsonrpc: '2.0' }).map(({ name }) => name)).toEqual(['Ada', 'User 1003']);
  });

  test('goes on from a cursor after a restart', async () => {
    const house = await openSyncHouse();
    house.calls.tell(ended(missed('1001', ADA)));
    await house.history.idle();
    const socket = await house.open('1001');
    const cursors = cursorsOf(await sync(socket, ['calls']));
    house.stop();
    const next = await openSyncHouse({ store: house.store });
    next.calls.tell(ended(called('1001', ADA)));
    await next.history.idle();
    const messages = await sync(await next.open('1001'), ['calls'], cursors);
    expect(putsOf(messages[1] ?? { jsonrpc: '2.0' }).map(({ direction }) => direction)).toEqual(['out']);
  });
});

describe('S8: a name in the history', () => {
  async function rightsHouse() {
    const house = await openSyncHouse();
    await permit(house, 'view company');
    const ada = await add(house, 'company', 'Ada');
    house.calls.tell(ended(missed('1001', ADA, { presented: 'Outside' })));
    await house.history.idle();
    return { house, ada, socket: await follower(house, '1001') };
  }
  const namesIn = (messages: readonly Parameters<typeof putsOf>[0][]) =>
    messages.flatMap(putsOf).map(({ name, contact }) => [name, contact]);

  test('P143: follows the contact at clients', async () => {
    const { house, ada, socket } = await rightsHouse();
    await rename(house, ada, 'Lovelace');
    expect(namesIn(await told(house, socket))).toEqual([['Ada Lovelace', ada.id]]);
    await house.contacts.remove(OPERATOR, { ids: [ada.id] });
    expect(namesIn(await told(house, socket))).toEqual([['Outside', undefined]]);
  });

  test('P143: goes with the right, also from what is read before the row is rewritten, and comes back with it', async () => {
    const { house, ada, socket } = await rightsHouse();
    const commit = house.store.commit.bind(house.store);
    let isHeld = true;
    // The row cannot be rewritten for a while.
    house.store.commit = (writes, guards) =>
      isHeld && writes.some(({ table }) => table === 'calls')
        ? Promise.reject(new Error('later'))
        : commit(writes, guards);
    await permit(house);
    const late = await house.open('1001');
    expect(namesIn(await sync(late, ['calls']))).toEqual([['Outside', undefined]]);
    news(late);
    await permit(house, 'view company');
    await house.history.idle();
    isHeld = false;
    house.clock.pass(10_000);
    // Told again to both, since one of them was shown it without its name.
    expect(namesIn(await told(house, late))).toEqual([['Ada', ada.id]]);
    expect(namesIn(await told(house, socket))).toEqual([['Ada', ada.id]]);
  });

  test('of a contact that left the book is not shown, also before the row is rewritten', async () => {
    const { house, ada } = await rightsHouse();
    const { id: secret } = await house.books.create(OPERATOR, { name: 'Secret' });
    await house.history.idle();
    const commit = house.store.commit.bind(house.store);
    house.store.commit = (writes, guards) =>
      writes.some(({ table }) => table === 'calls') ? Promise.reject(new Error('later')) : commit(writes, guards);
    await permit(house, 'view company');
    await house.contacts.move(OPERATOR, { id: ada.id, book: secret });
    expect(namesIn(await sync(await house.open('1001'), ['calls']))).toEqual([['Outside', undefined]]);
    await house.contacts.move(OPERATOR, { id: ada.id, book: 'company' });
    expect(namesIn(await sync(await house.open('1001'), ['calls']))).toEqual([['Ada', ada.id]]);
    await house.contacts.remove(OPERATOR, { ids: [ada.id] });
    expect(namesIn(await sync(await house.open('1001'), ['calls']))).toEqual([['Outside', undefined]]);
  });

  test('P143: of a hidden colleague is not shown, nor is his extension', async () => {
    const house = await openSyncHouse();
    house.calls.tell(ended(missed('1001', '1002')));
    await house.history.idle();
    const socket = await follower(house, '1001');
    await hide(house, '1002');
    const items = (await told(house, socket)).flatMap(putsOf);
    expect(items.map(({ number, name, extension }) => [number, name, extension])).toEqual([
      ['1002', undefined, undefined],
    ]);
  });

  test('of a contact is not shown to a client that may not use contacts, and is to another of the same user', async () => {
    const gates = { ...OPEN_GATES, web: '2' };
    const house = await openSyncHouse({ gates });
    await house.tokenOf('1001');
    const ada = await add(house, 'personal', 'Ada', viewer('1001'));
    house.calls.tell(ended(missed('1001', ADA)), ended(missed('1001', '1002')));
    await house.history.idle();
    const token = await house.tokenOf('1001');
    const connected = async (version: string) => {
      const socket = house.connect();
      socket.send('session.open', { client: { platform: 'web', version }, auth: { token } });
      await turns();
      return socket;
    };
    const [old, current] = [await connected('1'), await connected('2')];
    expect(namesIn(await sync(old, ['calls']))).toEqual([
      [undefined, undefined],
      ['User 1002', undefined],
    ]);
    expect(namesIn(await sync(current, ['calls']))).toEqual([
      ['Ada', ada.id],
      ['User 1002', undefined],
    ]);
    news(old);
    news(current);
    await rename(house, ada, 'Lovelace', viewer('1001'));
    expect(namesIn(await told(house, old))).toEqual([[undefined, undefined]]);
    expect(namesIn(await told(house, current))).toEqual([['Ada Lovelace', ada.id]]);
  });
});

describe('a user who is removed', () => {
  test('takes his calls along, and those of others stay', async () => {
    const store = new MemoryStore();
    const house = await openSyncHouse({ store });
    await house.tokenOf('1001');
    house.calls.tell(ended(missed('1001', '1002')), ended(called('1002', '1001')));
    await house.history.idle();
    await house.users.remove('1001');
    await house.sweeper.idle('personal:1001');
    await house.history.idle();
    expect(await store.counts('calls')).toEqual(new Map([['1002', 1]]));
  });
});
