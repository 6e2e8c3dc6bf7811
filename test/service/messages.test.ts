import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { MessageRow } from '../../src/service/message-row.ts';
import type { Viewer } from '../../src/service/viewer.ts';
import { turn } from '../support/board-house.ts';
import { OPERATOR } from '../support/contacts-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { openSyncHouse, pbxOf, type SyncHouse } from '../support/sync-house.ts';

const ID = '6e1f0c5a-8f3e-4d58-9b7c-000000000001';
const NOT_FOUND = { refused: 'not_found' };

/** Three users who see each other, and a fourth extension that is no user. */
async function openHouse(parts: Parameters<typeof openSyncHouse>[0] = {}) {
  const house = await openSyncHouse({ pbx: pbxOf('1001', '1002', '1003', '1004'), ...parts });
  for (const id of ['1001', '1002', '1003']) if (!house.users.get(id)) await house.users.set({ id });
  return house as SyncHouse;
}

const as = (extension: string): Viewer => ({ extension, admin: false, contacts: true });

/** What a call was refused with, else its value. */
async function outcome<T>(call: Promise<T>): Promise<T | { refused: string; retryAfter?: number }> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { retryAfter } = error.detail;
    expect(error.detail.current).toBeUndefined();
    return { refused: error.code, ...(retryAfter === undefined ? {} : { retryAfter }) };
  }
}

/** An owner's copies in the order in which they were written. */
async function copies({ store }: Pick<SyncHouse, 'store'>, owner: string): Promise<MessageRow[]> {
  const { rows } = await store.read({ table: 'messages', scope: owner, since: null, removedSince: null, limit: 9_999 });
  return rows.map(({ value }) => value as MessageRow).sort((a, b) => (a.at < b.at ? -1 : 1));
}

const texts = async (house: Pick<SyncHouse, 'store'>, owner: string) =>
  (await copies(house, owner)).map(({ text }) => text);

/** Waits until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; n < 2_000; n++) {
    if (await isSo()) return;
    await turn();
  }
  throw new Error('it did not come to that');
}

describe('messages.send', () => {
  test('keeps a copy for each of the two and answers the sender’s', async () => {
    const house = await openHouse();
    const sent = await house.messages.send(as('1001'), { to: '1002', text: 'Lunch?', id: ID });
    const at = '2026-01-05T08:00:00.000Z';
    expect(sent).toEqual({ id: ID, with: '1002', from: '1001', at, text: 'Lunch?' });
    expect(await copies(house, '1001')).toEqual([{ owner: '1001', with: '1002', from: '1001', at, text: 'Lunch?' }]);
    expect(await copies(house, '1002')).toEqual([{ owner: '1002', with: '1001', from: '1001', at, text: 'Lunch?' }]);
    expect(await copies(house, '1003')).toEqual([]);
  });

  test('makes an id where the client gave none, and reaches an extension without a user', async () => {
    const { messages } = await openHouse();
    const one = await messages.send(as('1001'), { to: '1004', text: 'a' });
    const two = await messages.send(as('1001'), { to: '1004', text: 'a' });
    expect(one.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(two.id).not.toBe(one.id);
  });

  test('P151: keeps lines and tabs, and drops what no screen shows', async () => {
    const house = await openHouse();
    const given = '\r\n\n a\r\nb\rc\tд\u{1f600}\u0000\u0007\u001b[31m\u0085end \n\t ';
    const { text } = await house.messages.send(as('1001'), { to: '1002', text: given });
    expect(text).toBe(' a\nb\nc\tд\u{1f600}[31m\nend');
    const longest = 'x'.repeat(4_000);
    expect((await house.messages.send(as('1001'), { to: '1002', text: longest })).text).toBe(longest);
  });

  test.each([
    ['nothing', ''],
    ['blanks alone', ' \r\n\t\u0000'],
    ['half a character', 'a\ud83d'],
    ['more than 4,000 characters', 'x'.repeat(4_001)],
  ])('refuses %s', async (_what, text) => {
    const house = await openHouse();
    expect(await outcome(house.messages.send(as('1001'), { to: '1002', text }))).toEqual({ refused: 'params' });
    expect(await copies(house, '1002')).toEqual([]);
  });

  test('P150: answers in one way for an extension that is hidden, that hides, that does not exist, and for oneself', async () => {
    const house = await openHouse();
    await house.users.set({ id: '4711' });
    const hide = [{ who: { extension: '1001' }, whom: { extension: '1003' }, see: false }];
    await house.rules.setVisibility(OPERATOR, hide);
    const tries = [
      ['1001', '1003'],
      ['1003', '1001'],
      ['1001', '4711'],
      ['1001', '9999'],
      ['1001', '1001'],
    ] as const;
    const refusals = await Promise.all(
      tries.map(([from, to]) =>
        house.messages.send(as(from), { to, text: 'x' }).catch((error: Failure) => [error.code, error.message]),
      ),
    );
    expect(new Set(refusals.map(String))).toEqual(new Set(['not_found,there is no such extension']));
    for (const owner of ['1001', '1003', '4711']) expect(await copies(house, owner)).toEqual([]);
  });

  test('refuses a user who was disabled or removed, and the operator', async () => {
    const house = await openHouse();
    await house.users.set({ id: '1001', disabled: true });
    expect(await outcome(house.messages.send(as('1001'), { to: '1002', text: 'x' }))).toEqual({ refused: 'forbidden' });
    expect(await outcome(house.messages.send(as('1004'), { to: '1002', text: 'x' }))).toEqual({ refused: 'forbidden' });
    expect(await outcome(house.messages.send(OPERATOR, { to: '1002', text: 'x' }))).toEqual({ refused: 'forbidden' });
    expect(await copies(house, '1002')).toEqual([]);
  });

  test('P150: leaves old messages with both when they can see each other no more', async () => {
    const house = await openHouse();
    const { id } = await house.messages.send(as('1001'), { to: '1002', text: 'before' });
    const rule = { who: { everyone: true }, whom: { extension: '1001' }, see: false } as const;
    await house.rules.setVisibility(OPERATOR, [rule]);
    expect(await outcome(house.messages.send(as('1002'), { to: '1001', text: 'after' }))).toEqual(NOT_FOUND);
    await house.messages.read(as('1002'), { with: '1001', upTo: id });
    expect((await copies(house, '1001')).map(({ text, read }) => [text, read !== undefined])).toEqual([
      ['before', true],
    ]);
  });

  test('stores nothing that was allowed when it was asked and is not when it would be written', async () => {
    const house = await openHouse();
    const rule = { who: { everyone: true }, whom: { everyone: true }, see: false } as const;
    const ruling = house.rules.setVisibility(OPERATOR, [rule]);
    const sending = Array.from({ length: 5 }, () =>
      outcome(house.messages.send(as('1001'), { to: '1002', text: 'x' })),
    );
    await ruling;
    const kept = await copies(house, '1002');
    const sent = (await Promise.all(sending)).filter((one) => !('refused' in one));
    expect(kept).toHaveLength(sent.length);
    const hidden = house.store.get('upkeep', 'visibility')?.rev ?? 0;
    const rows = await house.store.read({
      ...{ table: 'messages', scope: '1002', since: null, removedSince: null, limit: 99 },
    });
    for (const { rev } of rows.rows) expect(rev).toBeLessThan(hidden);
  });

  test('P152: with an id is one message however often it is called, and answers it as it is now', async () => {
    const house = await openHouse();
    const wish = { to: '1002', text: 'once', id: ID };
    const answers = await Promise.all(Array.from({ length: 4 }, () => house.messages.send(as('1001'), wish)));
    await house.messages.read(as('1002'), { with: '1001', upTo: ID });
    const again = await house.messages.send(as('1001'), wish);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(again.read).toBe('2026-01-05T08:00:00.000Z');
    expect([await texts(house, '1001'), await texts(house, '1002')]).toEqual([['once'], ['once']]);
  });

  test('P152: refuses an id that is taken, without a word of what it is', async () => {
    const house = await openHouse();
    await house.messages.send(as('1001'), { to: '1002', text: 'first', id: ID });
    const wishes = [
      [as('1001'), { to: '1002', text: 'another text', id: ID }],
      [as('1001'), { to: '1003', text: 'first', id: ID }],
      [as('1002'), { to: '1001', text: 'first', id: ID }],
      [as('1003'), { to: '1002', text: 'first', id: ID }],
    ] as const;
    for (const [viewer, wish] of wishes) {
      expect(await outcome(house.messages.send(viewer, wish))).toEqual({ refused: 'conflict' });
    }
    expect([await texts(house, '1002'), await texts(house, '1003')]).toEqual([['first'], []]);
  });

  test('P153: gives each message of a chat a later time, whoever writes and wherever the clock goes', async () => {
    const house = await openHouse();
    const pairs = [
      ['1001', '1002'],
      ['1002', '1001'],
    ] as const;
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => {
        const [from, to] = pairs[n % 2] ?? pairs[0];
        return house.messages.send(as(from), { to, text: `${n}` });
      }),
    );
    const later = await openHouse({ store: house.store, clock: new HandClock('2026-01-05T07:00:00.000Z') });
    await later.messages.send(as('1002'), { to: '1001', text: 'after a restart' });
    const times = (await copies(later, '1001')).map(({ at }) => at);
    expect(times).toEqual(
      Array.from({ length: 21 }, (_, n) => new Date(Date.UTC(2026, 0, 5, 8, 0, 0, n)).toISOString()),
    );
    expect((await texts(later, '1002')).at(-1)).toBe('after a restart');
    expect((await copies(later, '1002')).map(({ at }) => at)).toEqual(times);
  });

  test('P156: takes sixty at once and then one a second, of each user', async () => {
    const house = await openHouse();
    const send = (from: string) => outcome(house.messages.send(as(from), { to: '1002', text: 'x' }));
    const first = await Promise.all(Array.from({ length: 61 }, () => send('1001')));
    expect(first.filter((one) => 'refused' in one)).toEqual([{ refused: 'too_many', retryAfter: 1 }]);
    expect(await send('1003')).toHaveProperty('text');
    house.clock.pass(999);
    expect(await send('1001')).toEqual({ refused: 'too_many', retryAfter: 1 });
    house.clock.pass(1);
    expect([await send('1001'), await send('1001')]).toEqual([
      expect.objectContaining({ text: 'x' }),
      { refused: 'too_many', retryAfter: 1 },
    ]);
    expect(await copies(house, '1002')).toHaveLength(62);
  });

  test('on a full disk is refused, changes nothing and can be repeated', async () => {
    const house = await openHouse();
    house.store.fail();
    const wish = { to: '1002', text: 'x', id: ID };
    expect(await outcome(house.messages.send(as('1001'), wish))).toEqual({ refused: 'storage' });
    expect(await copies(house, '1001')).toEqual([]);
  });

  test('says nothing of texts in any report', async () => {
    const house = await openHouse();
    const secret = 'the code is 4711-0815';
    await house.messages.send(as('1001'), { to: '1002', text: secret, id: ID });
    await outcome(house.messages.send(as('1001'), { to: '9999', text: secret }));
    await outcome(house.messages.send(as('1003'), { to: '1002', text: secret, id: ID }));
    await house.phones.write({ from: '1001', to: '9999', text: secret });
    house.store.fail();
    await outcome(house.messages.send(as('1001'), { to: '1002', text: secret }));
    expect(JSON.stringify(house.reports)).not.toContain('0815');
    expect(house.reports.map(([event]) => event)).toContain('messages.phone_refused');
  });
});

describe('messages.read', () => {
  test('P155: marks everything that the other wrote up to there, on both copies, once', async () => {
    const house = await openHouse();
    const ids: string[] = [];
    for (const [from, to] of [
      ['1002', '1001'],
      ['1001', '1002'],
      ['1002', '1001'],
      ['1002', '1001'],
      ['1003', '1001'],
    ] as const) {
      ids.push((await house.messages.send(as(from), { to, text: from })).id);
      house.clock.pass(1);
    }
    house.clock.pass(995);
    await house.messages.read(as('1001'), { with: '1002', upTo: ids[2] ?? '' });
    const time = '2026-01-05T08:00:01.000Z';
    const marks = async (owner: string) => (await copies(house, owner)).map(({ delivered, read }) => [delivered, read]);
    const none = [undefined, undefined];
    expect(await marks('1001')).toEqual([[time, time], none, [time, time], none, none]);
    expect(await marks('1002')).toEqual([[time, time], none, [time, time], none]);
    const commits: unknown[] = [];
    house.store.subscribe((commit) => commits.push(commit));
    house.clock.pass(1_000);
    await house.messages.read(as('1001'), { with: '1002', upTo: ids[2] ?? '' });
    await house.messages.read(as('1001'), { with: '1002', upTo: ids[0] ?? '' });
    expect(commits).toEqual([]);
    expect(await marks('1001')).toEqual([[time, time], none, [time, time], none, none]);
  });

  test('up to one’s own message marks what came before it', async () => {
    const house = await openHouse();
    await house.messages.send(as('1002'), { to: '1001', text: 'q' });
    const { id } = await house.messages.send(as('1001'), { to: '1002', text: 'a' });
    await house.messages.read(as('1001'), { with: '1002', upTo: id });
    expect((await copies(house, '1001')).map(({ read }) => read !== undefined)).toEqual([true, false]);
  });

  test('refuses a message that is not in that chat of one’s own', async () => {
    const house = await openHouse();
    const { id } = await house.messages.send(as('1002'), { to: '1001', text: 'x' });
    const tries = [
      [as('1001'), { with: '1002', upTo: ID }],
      [as('1001'), { with: '1003', upTo: id }],
      [as('1003'), { with: '1002', upTo: id }],
      [as('1003'), { with: '1001', upTo: id }],
    ] as const;
    for (const [viewer, mark] of tries) expect(await outcome(house.messages.read(viewer, mark))).toEqual(NOT_FOUND);
    await house.users.set({ id: '1001', disabled: true });
    expect(await outcome(house.messages.read(as('1001'), { with: '1002', upTo: id }))).toEqual({
      refused: 'forbidden',
    });
    expect((await copies(house, '1001')).map(({ read }) => read)).toEqual([undefined]);
  });

  test('marks a thousand in commits of a hundred, also after a restart', async () => {
    const house = await openHouse();
    const writes = Array.from({ length: 1_000 }, (_, n) => {
      const at = new Date(Date.UTC(2026, 0, 1) + n).toISOString();
      const row = { from: '1002', at, text: `${n}` };
      return [
        { table: 'messages' as const, id: `1001 m${n}`, value: { ...row, owner: '1001', with: '1002' } },
        { table: 'messages' as const, id: `1002 m${n}`, value: { ...row, owner: '1002', with: '1001' } },
      ];
    });
    await house.store.commit(writes.flat());
    const later = await openHouse({ store: house.store, clock: house.clock });
    const sizes: number[] = [];
    later.store.subscribe((commit) => sizes.push(commit.writes.length));
    await later.messages.read(as('1001'), { with: '1002', upTo: 'm899' });
    expect(sizes).toEqual(Array(9).fill(200));
    expect((await copies(later, '1002')).filter(({ read }) => read !== undefined)).toHaveLength(900);
  });
});

describe('What is kept of a user’s messages', () => {
  const keeping = (count: number, days: number) => ({ messagesKeep: { count, days } });

  test('P157: is his newest ones, while the other one keeps his own', async () => {
    const house = await openHouse(keeping(5, 365));
    for (const to of ['1002', '1003']) {
      for (let n = 0; n < 4; n++) {
        await house.messages.send(as('1001'), { to, text: `${to} ${n}` });
        house.clock.pass(1);
      }
    }
    await until(async () => (await copies(house, '1001')).length === 5);
    expect(await texts(house, '1001')).toEqual(['1002 3', '1003 0', '1003 1', '1003 2', '1003 3']);
    expect([(await copies(house, '1002')).length, (await copies(house, '1003')).length]).toEqual([4, 4]);
  });

  test('P157: goes after its days, of those too who write nothing', async () => {
    const house = await openHouse(keeping(5_000, 2));
    const erasing: string[][] = [];
    house.store.subscribe(({ writes }) => {
      for (const { table, id, erase } of writes) if (erase) erasing.push([table, id]);
    });
    await house.messages.send(as('1001'), { to: '1002', text: 'old' });
    house.clock.pass(36 * 3_600_000);
    await house.messages.send(as('1001'), { to: '1002', text: 'new' });
    house.clock.pass(11 * 3_600_000);
    for (let n = 0; n < 50; n++) await turn();
    expect(await texts(house, '1002')).toEqual(['old', 'new']);
    house.clock.pass(6 * 3_600_000);
    await until(async () => (await copies(house, '1001')).length + (await copies(house, '1002')).length === 2);
    expect([await texts(house, '1001'), await texts(house, '1002')]).toEqual([['new'], ['new']]);
    await until(() => house.store.get('upkeep', 'messages trimmed') !== undefined);
    expect(erasing).toEqual([['upkeep', 'messages trimmed']]);
  });
});
