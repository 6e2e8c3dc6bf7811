import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { outcome, uuid } from '../support/contacts-house.ts';
import { openCall, openDialingHouse } from '../support/dialing-house.ts';

const FIRST = `rollcall-${uuid(1)}`;
const SECOND = `rollcall-${uuid(2)}`;
const AT = '2026-01-05T08:00:00.000Z';
const NOT_ALLOWED = { refused: 'forbidden', reason: 'not_allowed' };

describe('A call that a user has made for him', () => {
  test('is in his history, is expected, and is ordered from the PBX', async () => {
    const { dial, calls, row, marked, clock } = await openDialingHouse();
    const item = await dial('1001', ' (020) 7946-0000 ');
    const call = { id: FIRST, owner: '1001', number: '(020) 7946-0000', at: clock.now() };
    const shown = { at: AT, direction: 'out', number: '(020) 7946-0000', state: 'phone', ring: 0, talk: 0 };
    expect(item).toEqual({ id: expect.stringMatching(/^.{22}$/), ...shown });
    expect(await row(FIRST, '1001')).toEqual({ owner: '1001', call: FIRST, ...shown });
    expect(calls.expected).toEqual([call]);
    expect(calls.orders).toEqual([{ call, dialString: '02079460000', name: '1001', ringSeconds: 30 }]);
    expect(marked()).toEqual([{ call: FIRST, owner: '1001', at: clock.now() }]);
  });

  test('names the one who calls as his colleagues know him', async () => {
    const { dial, calls, people } = await openDialingHouse();
    await people({ id: '1001', name: 'Ann Lee' });
    await dial('1001', '1002');
    expect(calls.orders.map(({ name }) => name)).toEqual(['Ann Lee']);
  });

  test('has the name that he may see, and no other', async () => {
    const { dial, make, row } = await openDialingHouse();
    const contact = await make('1001', 'company');
    expect(await dial('1002', '020 7946 0000')).toMatchObject({ name: 'Ada Lovelace', contact: contact.id });
    expect(await row(FIRST, '1002')).toMatchObject({
      known: { name: 'Ada Lovelace', contact: contact.id, book: 'company' },
    });
    const item = await dial('1003', '020 7946 0000');
    expect([item.name, item.contact, (await row(SECOND, '1003'))?.known]).toEqual([undefined, undefined, undefined]);
  });

  test('is made without a name when the store does not say one', async () => {
    const house = await openDialingHouse();
    const lookup = { find: () => Promise.reject(new Error('broken')) };
    const { dialing } = await openDialingHouse({ lookup });
    const { row } = await dialing.dial(house.as('1001'), '020 7946 0000');
    expect(row).toMatchObject({ number: '020 7946 0000', state: 'phone' });
    expect(row.known).toBeUndefined();
  });

  test('is one call when he clicks twice, and another one when the first was answered or the time is over', async () => {
    const { dial, calls, row, clock } = await openDialingHouse();
    const [a, b] = await Promise.all([dial('1001', '1002'), dial('1001', '10 02')]);
    expect(await dial('1001', '1002')).toEqual(a);
    expect(b).toEqual(a);
    expect(calls.orders).toHaveLength(1);
    await dial('1003', '1002');
    expect(calls.orders).toHaveLength(2);
    const [first] = calls.expected;
    if (first) calls.tell(openCall(first, 'calling'));
    expect((await dial('1001', '1002')).id).not.toBe(a.id);
    clock.pass(30_000);
    await dial('1001', '1002');
    expect(calls.orders).toHaveLength(4);
    expect((await row(FIRST, '1001'))?.state).toBe('calling');
  });

  test('is told as it is by now when he clicks again, also when the store does not answer', async () => {
    const { dial, put, late, clock } = await openDialingHouse();
    const first = await dial('1001', '020 7946 0000');
    const known = { name: 'User 1002', extension: '1002' };
    const row = { owner: '1001', call: FIRST, at: AT, direction: 'out', number: '020 7946 0000' } as const;
    await put(FIRST, { ...row, known, state: 'phone', ring: 0, talk: 0 });
    clock.pass(1_000);
    expect(await dial('1001', '020 7946 0000')).toEqual({ ...first, name: 'User 1002', extension: '1002' });
    late.failing = 1;
    expect(await dial('1001', '020 7946 0000')).toEqual(first);
  });

  test('dials numbers of the public network by the outside line and the way abroad', async () => {
    const numbering = { country: 'GB', outsideLine: '9' };
    const { dial, calls } = await openDialingHouse({ numbering, rules: { plus: '00' } });
    for (const number of ['1002', '020 7946 0000', '+49 30 1234567']) await dial('1001', number);
    expect(calls.orders.map(({ dialString }) => dialString)).toEqual(['1002', '902079460000', '900' + '49301234567']);
  });
});

describe('A call is refused', () => {
  test.each(['', 'Ann', '1002&1003', '1002,1', 'PJSIP/1002', '1002\r\nVariable: A=1', '1'.repeat(64)])(
    'for what is no number: %j',
    async (number) => {
      const { dial, calls } = await openDialingHouse();
      const failure = await dial('1001', number).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ code: 'params', detail: { issues: [{ path: 'number' }] } });
      expect([calls.orders, calls.expected]).toEqual([[], []]);
    },
  );

  test.each(['*97', '#31#02079460000', '1002*'])('for a feature code: %s', async (number) => {
    const { dial, calls, marked } = await openDialingHouse();
    expect(await outcome(dial('1001', number))).toEqual(NOT_ALLOWED);
    expect([calls.orders, marked()]).toEqual([[], []]);
  });

  test.each(['1001', ' 10-01', '+1001', '9 1001', '001001', '9001001'])('to his own extension: %s', async (number) => {
    const { dial } = await openDialingHouse({ numbering: { country: 'GB', outsideLine: '9' }, rules: { plus: '00' } });
    expect(await outcome(dial('1001', number))).toEqual(NOT_ALLOWED);
  });

  test.each(['1002', '1 0 0 2', '+1002', '9 1002', '001002', '9001002', '91002', '١٠٠٢', 'tel:1002'])(
    'to a hidden extension, by whatever spelling: %s',
    async (number) => {
      const numbering = { country: 'GB', outsideLine: '9' };
      const { dial, hide, calls, said } = await openDialingHouse({ numbering, rules: { plus: '00' } });
      await hide('1002');
      expect(await outcome(dial('1001', number))).toEqual(NOT_ALLOWED);
      expect(calls.orders).toEqual([]);
      expect(said.filter(([event]) => event === 'access.refused')).toEqual([
        ['access.refused', { method: 'calls.dial', extension: '1001', reason: 'hidden extension' }],
      ]);
      expect(await outcome(dial('1001', '1003'))).toMatchObject({ state: 'phone' });
    },
  );

  test('to an extension that only a rule knows, and to nobody else where all are hidden', async () => {
    const { dial, hide, rules, as } = await openDialingHouse();
    await hide('7777');
    expect(await outcome(dial('1001', '7777'))).toEqual(NOT_ALLOWED);
    expect(await outcome(dial('1001', '7778'))).toMatchObject({ state: 'phone' });
    await rules.setVisibility(as('1000'), [{ who: { everyone: true }, whom: { everyone: true }, see: false }]);
    expect(await outcome(dial('1001', '1002'))).toEqual(NOT_ALLOWED);
    expect(await outcome(dial('1001', '020 7946 0000'))).toMatchObject({ state: 'phone' });
  });

  test('alike for a hidden extension, a refused number, a code and his own number', async () => {
    const { dial, hide } = await openDialingHouse({ rules: { deny: ['^0909'] } });
    await hide('1002');
    const refusals = await Promise.all(
      ['1002', '0909 8790000', '*97', '1001'].map((number) =>
        dial('1001', number).catch((error: Failure) => [error.code, error.message, error.detail]),
      ),
    );
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  test.each([
    [{ deny: ['^0909'] }, '0909 879 0000', NOT_ALLOWED],
    [{ deny: ['^0909'] }, '+44 909 879 0000', NOT_ALLOWED],
    [{ deny: ['^90909'] }, '0909 879 0000', NOT_ALLOWED],
    [{ deny: ['^(00|\\+)'] }, '+49 30 1234567', NOT_ALLOWED],
    [{ deny: ['^(00|\\+)'] }, '020 7946 0000', { state: 'phone' }],
    [{ allow: ['^[0-9]{4}$', '^902'] }, '1002', { state: 'phone' }],
    [{ allow: ['^[0-9]{4}$', '^902'] }, '020 7946 0000', { state: 'phone' }],
    [{ allow: ['^[0-9]{4}$', '^902'] }, '+49 30 1234567', NOT_ALLOWED],
    [{ allow: ['^[0-9]{4}$'], deny: ['2$'] }, '1002', NOT_ALLOWED],
    [{ allow: ['^[0-9]{4}$'], deny: ['2$'] }, '1003', { state: 'phone' }],
  ])('by the rules %j: %s', async (rules, number, expected) => {
    const { dial } = await openDialingHouse({ rules, numbering: { country: 'GB', outsideLine: '9' } });
    expect(await outcome(dial('1001', number))).toMatchObject(expected);
  });

  test('to one who is disabled or gone, and to the operator, who has no phone', async () => {
    const { dial, people, calls, dialing, as } = await openDialingHouse();
    await people({ id: '1001', disabled: true });
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'forbidden' });
    expect(await outcome(dial('1099', '1002'))).toEqual({ refused: 'forbidden' });
    expect(await outcome(dialing.dial(as(''), '1002'))).toEqual(NOT_ALLOWED);
    expect(calls.orders).toEqual([]);
  });

  test('to one who is disabled while his call is being written', async () => {
    const { dialing, as, people, calls, row } = await openDialingHouse();
    const disabled = people({ id: '1001', disabled: true });
    const dialled = dialing.dial(as('1001'), '1002');
    await disabled;
    expect(await outcome(dialled)).toEqual({ refused: 'forbidden' });
    expect(calls.orders).toEqual([]);
    expect(await row(FIRST, '1001')).toMatchObject({ disposition: 'failed' });
  });

  test('without a link, without a phone, and when the PBX refuses; in the history is what was shown there', async () => {
    const { dial, calls, row, marked } = await openDialingHouse();
    calls.phones = undefined;
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'pbx_away' });
    calls.phones = new Set(['1002']);
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'conflict', reason: 'no_phone' });
    expect([calls.expected, marked()]).toEqual([[], []]);
    calls.phones = new Set(['1001']);
    calls.refusal = new Failure('forbidden', 'no', { reason: 'not_allowed' });
    expect(await outcome(dial('1001', '1002'))).toEqual(NOT_ALLOWED);
    expect(await row(FIRST, '1001')).toEqual({
      ...{ owner: '1001', call: FIRST, at: AT, direction: 'out', number: '1002' },
      ...{ disposition: 'failed', ring: 0, talk: 0 },
    });
    calls.refusal = new Failure('conflict', 'no', { reason: 'no_phone' });
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'conflict', reason: 'no_phone' });
    expect(await row(SECOND, '1001')).toMatchObject({ disposition: 'failed', reason: 'phone_unreachable' });
    expect(calls.givenUp).toEqual([
      [FIRST, 'phone_unreachable'],
      [SECOND, 'phone_unreachable'],
    ]);
    expect(marked()).toEqual([]);
  });

  test('to a number that the dialplan does not have, alike and without a trace', async () => {
    const { calls, dial, store } = await openDialingHouse();
    calls.unknown.add('5555');
    expect(await outcome(dial('1001', '5555'))).toEqual(NOT_ALLOWED);
    expect([calls.orders, await store.count('calls', '1001')]).toEqual([[], 0]);
  });

  test('only when the PBX itself knows no phone: one that has come a moment ago rings', async () => {
    const { calls, dial } = await openDialingHouse();
    calls.phones?.delete('1001');
    calls.justCome.add('1001');
    expect(await outcome(dial('1001', '1002'))).toMatchObject({ state: 'phone' });
    expect(calls.orders).toHaveLength(1);
  });

  test('without a phone, of which the PBX is asked once in a while however often he tries', async () => {
    const { calls, dial, clock } = await openDialingHouse();
    calls.phones = new Set();
    const asked: string[] = [];
    const find = calls.findPhone.bind(calls);
    calls.findPhone = (extension) => {
      asked.push(extension);
      return find(extension);
    };
    const noPhone = { refused: 'conflict', reason: 'no_phone' };
    const tries = Array.from({ length: 20 }, () => outcome(dial('1001', '1002')));
    expect(await Promise.all(tries)).toEqual(Array(20).fill(noPhone));
    clock.pass(1_999);
    expect(await outcome(dial('1001', '1003'))).toEqual(noPhone);
    expect(asked).toEqual(['1001']);
    expect(await outcome(dial('1002', '1003'))).toEqual(noPhone);
    clock.pass(1);
    calls.justCome.add('1001');
    expect(await outcome(dial('1001', '1002'))).toMatchObject({ state: 'phone' });
    expect(asked).toEqual(['1001', '1002', '1001']);
  });

  test('without a link that was there a moment ago, and has failed at once when the PBX never got the order', async () => {
    const { dial, calls, row, marked } = await openDialingHouse();
    calls.refusal = new Failure('pbx_away', 'the PBX is not connected', { reason: 'not_sent' });
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'pbx_away', reason: 'not_sent' });
    expect(await row(FIRST, '1001')).toEqual({
      ...{ owner: '1001', call: FIRST, at: AT, direction: 'out', number: '1002' },
      ...{ disposition: 'failed', ring: 0, talk: 0 },
    });
    expect([marked(), calls.givenUp]).toEqual([[], [[FIRST, 'phone_unreachable']]]);
  });

  test('when it cannot be stored, and is then not made', async () => {
    const { dial, calls, store, marked } = await openDialingHouse();
    store.fail();
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'storage' });
    expect([calls.orders, calls.expected, marked()]).toEqual([[], [], []]);
  });

  test('in a flood, and says when it may be tried again; other users call on', async () => {
    const { dial, calls, clock } = await openDialingHouse({ rules: { perMinute: 4 } });
    const end = () => {
      for (const call of calls.expected) calls.tell(openCall(call, 'talking'));
    };
    for (const number of ['2001', '2002', '2003']) await dial('1001', number);
    clock.pass(1_000);
    expect(await dial('1001', '2004').catch((error: Failure) => [error.code, error.detail])).toEqual([
      'too_many',
      { retryAfter: 5 },
    ]);
    end();
    await dial('1001', '2004');
    end();
    clock.pass(500);
    expect(await dial('1001', '2005').catch((error: Failure) => [error.code, error.detail])).toEqual([
      'too_many',
      { retryAfter: 59 },
    ]);
    expect(await outcome(dial('1002', '2005'))).toMatchObject({ state: 'phone' });
    clock.pass(58_500);
    await dial('1001', '2006');
    expect(calls.orders).toHaveLength(6);
  });

  test('in a flood at once as well', async () => {
    const { dial, calls } = await openDialingHouse();
    const numbers = Array.from({ length: 20 }, (_, n) => `${2_000 + n}`);
    const outcomes = await Promise.all(numbers.map((number) => outcome(dial('1001', number))));
    expect(outcomes.slice(0, 3)).toMatchObject([{ state: 'phone' }, { state: 'phone' }, { state: 'phone' }]);
    expect(outcomes.slice(3)).toEqual(Array(17).fill({ refused: 'too_many' }));
    expect(calls.orders).toHaveLength(3);
  });

  test('not for ever when ends were never heard', async () => {
    const { dial, clock } = await openDialingHouse();
    for (const number of ['2001', '2002', '2003']) await dial('1001', number);
    expect(await outcome(dial('1001', '2004'))).toEqual({ refused: 'too_many' });
    clock.pass(300_000);
    expect(await outcome(dial('1001', '2004'))).toMatchObject({ state: 'phone' });
  });
});
