import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { Access } from '../../src/service/access.ts';
import type { MessageRow } from '../../src/service/message-row.ts';
import { Inboxes } from '../../src/service/messages-inboxes.ts';
import { MessagesPhones } from '../../src/service/messages-phones.ts';
import type { Write } from '../../src/service/store.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { turn } from '../support/board-house.ts';
import { OPERATOR } from '../support/contacts-house.ts';
import { FakeMessages } from '../support/fake-calls.ts';
import { freshFacts } from '../support/fake-pbx.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { openSyncHouse, pbxOf, sync } from '../support/sync-house.ts';

const as = (extension: string): Viewer => ({ extension, admin: false, contacts: true });

async function openHouse() {
  const pbx = pbxOf('1002', '1003', '1004');
  pbx.put({ ...freshFacts('1001'), name: 'Ann A.' });
  const house = await openSyncHouse({ pbx });
  for (const id of ['1001', '1002']) await house.tokenOf(id);
  const chat = async (owner: string) => {
    const asked = { table: 'messages', scope: owner, since: null, removedSince: null, limit: 999 } as const;
    const rows = (await house.store.read(asked)).rows.map(({ value }) => value as MessageRow);
    return rows.sort((a, b) => (a.at < b.at ? -1 : 1));
  };
  /** A message to 1002, and the moment after it. */
  const send = async (text: string) => {
    const sent = await house.messages.send(as('1001'), { to: '1002', text });
    house.clock.pass(2_000);
    return sent;
  };
  return { ...house, chat, send };
}

async function settle(): Promise<void> {
  for (let n = 0; n < 50; n++) await turn();
}

describe('A phone', () => {
  test('is sent what no client of its extension took within two seconds, with the sender’s name', async () => {
    const { messages, phones, clock, chat } = await openHouse();
    phones.takers.add('1002');
    await messages.send(as('1001'), { to: '1002', text: 'Hello' });
    clock.pass(1_999);
    await settle();
    expect(phones.sent).toEqual([]);
    clock.pass(1);
    await settle();
    expect(phones.sent).toEqual([{ from: '1001', fromName: 'Ann A.', to: '1002', text: 'Hello' }]);
    const delivered = '2026-01-05T08:00:02.000Z';
    expect((await chat('1001')).map((row) => row.delivered)).toEqual([delivered]);
    expect((await chat('1002')).map((row) => [row.delivered, row.read])).toEqual([[delivered, undefined]]);
  });

  test('is not sent what a client took', async () => {
    const { open, messages, phones, clock } = await openHouse();
    phones.takers.add('1002');
    await sync(await open('1002'), ['messages']);
    await messages.send(as('1001'), { to: '1002', text: 'Hello' });
    await settle();
    clock.pass(2_000);
    await settle();
    expect(phones.sent).toEqual([]);
  });

  test('gets the messages in their order, however long each takes', async () => {
    const { messages, phones, clock } = await openHouse();
    phones.takers.add('1002');
    for (let n = 0; n < 20; n++) await messages.send(as('1001'), { to: '1002', text: `${n}` });
    clock.pass(2_000);
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`));
  });

  test('that takes nothing leaves the message undelivered, and so does a PBX that is away', async () => {
    const { send, phones, chat, reports } = await openHouse();
    await send('one');
    await settle();
    phones.refusal = new Failure('pbx_away', 'the PBX is not connected');
    await send('two');
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(['one']);
    expect((await chat('1002')).map(({ delivered }) => delivered)).toEqual([undefined, undefined]);
    expect(reports.filter(([event]) => event.startsWith('messages.'))).toEqual([]);
  });

  test('is sent what nobody took meanwhile when it is back, the newest twenty', async () => {
    const { messages, phones, clock, chat } = await openHouse();
    for (let n = 0; n < 25; n++) await messages.send(as('1001'), { to: '1002', text: `${n}` });
    clock.pass(2_000);
    await settle();
    phones.sent.length = 0;
    phones.takers.add('1002');
    phones.reach('1002');
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, n) => `${n + 5}`));
    expect((await chat('1002')).filter(({ delivered }) => delivered === undefined)).toHaveLength(5);
  });

  test('is not told the name that a sender has now whom its extension may not see any more', async () => {
    const { send, store, rules, users, phones } = await openHouse();
    await send('Hello');
    await settle();
    await rules.setVisibility(OPERATOR, [{ who: { extension: '1002' }, whom: { extension: '1001' }, see: false }]);
    await users.set({ id: '1001', name: 'Ann New-Name' });
    await settle();
    expect(store.get('extensions', '1001')?.value).toMatchObject({ item: { name: 'Ann New-Name' } });
    phones.sent.length = 0;
    phones.takers.add('1002');
    phones.reach('1002');
    await settle();
    expect(phones.sent).toEqual([{ from: '1001', fromName: '', to: '1002', text: 'Hello' }]);
  });

  test('goes on with a chat that was last written in from it, also beside a client', async () => {
    const { open, messages, phones, clock } = await openHouse();
    phones.takers.add('1002');
    await sync(await open('1002'), ['messages']);
    expect(await phones.write({ from: '1002', to: '1001', text: 'from my phone' })).toBe(true);
    await messages.send(as('1001'), { to: '1002', text: 'to your phone' });
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(['to your phone']);
    await messages.send(as('1002'), { to: '1001', text: 'from my desk' });
    await messages.send(as('1001'), { to: '1002', text: 'to your desk' });
    await settle();
    clock.pass(2_000);
    await settle();
    expect(phones.sent.filter(({ to }) => to === '1002').map(({ text }) => text)).toEqual(['to your phone']);
  });
});

describe('What waits for phones', () => {
  const at = '2026-01-05T08:00:00.000Z';
  /** The receiver's copy of a message. */
  const copy = (id: string, from: string, to: string): Write => {
    return { table: 'messages', id: `${to} ${id}`, value: { owner: to, with: from, from, at, text: id } };
  };

  /** The phones of a site, and messages that any daemon has stored. */
  function openPhones(site = '') {
    const clock = new HandClock();
    const phones = new FakeMessages();
    const store = new MemoryStore();
    const inboxes = new Inboxes({ store });
    const failed = (error: unknown) => {
      throw error;
    };
    const parts = { store, access: new Access(store), failed, site };
    const bridge = new MessagesPhones({ ...parts, inboxes, clock, delivered: async () => {} });
    return { clock, phones, store, bridge };
  }

  test('is at most ten thousand messages, and nothing after the stop', async () => {
    const { clock, phones, store, bridge } = openPhones();
    bridge.serve(phones);
    await store.commit(Array.from({ length: 10_010 }, (_, n) => copy(`${n}`, `${n}`, '1002')));
    expect(clock.waiting).toBe(10_000);
    bridge.stop();
    expect(clock.waiting).toBe(0);
    await store.commit([copy('late', '1001', '1002')]);
    expect(clock.waiting).toBe(0);
  });

  test('are chats that go on at a phone, ten thousand, the newest', async () => {
    const { phones, store, bridge } = openPhones();
    bridge.serve(phones);
    const written = Array.from({ length: 10_001 }, (_, n) => n);
    for (const n of written) bridge.written(`${n}`);
    await store.commit(written.map((n) => copy(`${n}`, '1002', `${2_000 + n}`)));
    for (const from of ['2000', '2001']) await store.commit([copy(`of ${from}`, from, '1002')]);
    await settle();
    expect(phones.sent.map(({ from }) => from)).toEqual(['2001']);
  });

  test('are messages that another daemon left when it handed the phones over, those of the last ten seconds', async () => {
    const { clock, phones, store, bridge } = openPhones();
    await store.commit([copy('one', '1001', '1002')]);
    clock.pass(2_000);
    await store.commit([copy('two', '1001', '1002'), copy('three', '1001', '1002')]);
    await settle();
    clock.pass(10_000);
    await store.commit([
      { ...copy('two', '1001', '1002'), value: { ...copy('two', '1001', '1002').value, delivered: at } },
    ]);
    await store.commit([copy('four', '1001', '1002')]);
    const end = bridge.serve(phones);
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(['three']);
    clock.pass(2_000);
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(['three', 'four']);
    end();
    await store.commit([copy('five', '1001', '1002')]);
    clock.pass(2_000);
    await settle();
    expect(phones.sent).toHaveLength(2);
  });

  test('is nothing for the phones of another site', async () => {
    const { clock, phones, store, bridge } = openPhones('berlin');
    bridge.serve(phones);
    for (const [id, site] of Object.entries({ 1001: 'berlin', 3001: 'paris' })) {
      await store.commit([{ table: 'extensions', id, value: { item: { id }, site, said: {} } }]);
    }
    await store.commit([copy('to paris', '1001', '3001'), copy('to berlin', '3001', '1001')]);
    clock.pass(2_000);
    await settle();
    expect(phones.sent.map(({ text }) => text)).toEqual(['to berlin']);
  });
});

describe('What is written at a phone', () => {
  test('is a message as any other, also of somebody who is no user', async () => {
    const { phones, chat } = await openHouse();
    expect(await phones.write({ from: '1002', to: '1001', text: 'Hi\r\nthere ' })).toBe(true);
    expect(await phones.write({ from: '1004', to: '1001', text: 'me too' })).toBe(true);
    expect((await chat('1001')).map(({ with: other, from, text }) => [other, from, text])).toEqual([
      ['1002', '1002', 'Hi\nthere'],
      ['1004', '1004', 'me too'],
    ]);
    expect(await chat('1004')).toHaveLength(1);
  });

  test('keeps its order and comes to the receiver’s phone, never back to the one it was written at', async () => {
    const { phones, chat, clock } = await openHouse();
    for (const extension of ['1002', '1003']) phones.takers.add(extension);
    const taken = Array.from({ length: 10 }, (_, n) => phones.write({ from: '1002', to: '1003', text: `${n}` }));
    expect(await Promise.all(taken)).toEqual(Array(10).fill(true));
    clock.pass(2_000);
    await settle();
    const order = Array.from({ length: 10 }, (_, n) => `${n}`);
    expect((await chat('1003')).map(({ text }) => text)).toEqual(order);
    expect(phones.sent.map(({ to, text }) => [to, text])).toEqual(order.map((text) => ['1003', text]));
    await settle();
    expect(await chat('1003')).toHaveLength(10);
  });

  test('is refused, and reported without its text, where the one who wrote it may not write so', async () => {
    const { phones, rules, users, store, reports, clock } = await openHouse();
    await users.set({ id: '1003', disabled: true });
    const hide = [{ who: { extension: '1002' }, whom: { extension: '1001' }, see: false }];
    await rules.setVisibility(OPERATOR, hide);
    const tries = [
      { from: '1003', to: '1002', text: 'private words' },
      { from: '1002', to: '1001', text: 'private words' },
      { from: '1001', to: '1002', text: 'private words' },
      { from: '1002', to: '4711', text: 'private words' },
      { from: '1002', to: '1002', text: 'private words' },
      { from: '1004', to: '1002', text: ' \r\n ' },
    ];
    const outcomes: unknown[] = [];
    for (const message of tries) {
      outcomes.push(await phones.write(message));
      clock.pass(60_000);
    }
    expect(outcomes).toEqual(Array(6).fill(false));
    expect(await store.counts('messages')).toEqual(new Map());
    const reported = reports.filter(([event]) => event === 'messages.phone_refused').map(([, fields]) => fields);
    expect(reported.map((fields) => fields?.['reason'])).toEqual([
      'forbidden',
      'not_found',
      'not_found',
      'not_found',
      'not_found',
      'params',
    ]);
    expect(JSON.stringify(reports)).not.toContain('private');
  });

  test('counts for the limit of its extension', async () => {
    const { phones } = await openHouse();
    const writes = Array.from({ length: 62 }, () => phones.write({ from: '1002', to: '1001', text: 'x' }));
    expect((await Promise.all(writes)).filter((taken) => !taken)).toHaveLength(2);
  });
});
