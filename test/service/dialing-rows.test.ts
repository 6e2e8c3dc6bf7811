import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import type { CallRow } from '../../src/service/call-row.ts';
import type { CallNews } from '../../src/service/calls-port.ts';
import { outcome, uuid } from '../support/contacts-house.ts';
import { openCall, openDialingHouse } from '../support/dialing-house.ts';

const FIRST = `rollcall-${uuid(1)}`;
const ROW: CallRow = {
  ...{ owner: '1001', call: FIRST, at: '2026-01-05T08:00:00.000Z', direction: 'out', number: '1002' },
  ...{ ring: 0, talk: 0 },
};
const WATCHING: CallNews = { kind: 'watching', at: 0 };

/** A house in which 1001 has had 1002 called. */
async function calling() {
  const house = await openDialingHouse();
  await house.dial('1001', '1002');
  const [call] = house.calls.expected;
  if (!call) throw new Error('no call was ordered');
  const entry = { owner: '1001', call: FIRST, at: call.at, number: '1002', direction: 'out' } as const;
  const entries = [{ ...entry, disposition: 'busy', ring: 2, talk: 0 }] as const;
  const ended: CallNews = { kind: 'ended', id: FIRST, entries, isOver: true };
  return { ...house, call, ended };
}

describe('A call that was dialled here', () => {
  test('goes from the phone to the talk, and never back', async () => {
    const { calls, call, row, store, dialing } = await calling();
    const states: unknown[] = [];
    store.subscribe(({ writes }) => {
      for (const { table, value } of writes) if (table === 'calls') states.push((value as CallRow | null)?.state);
    });
    for (const state of ['phone', 'calling', 'calling', 'ringing', 'calling', 'talking', 'ringing'] as const) {
      calls.tell(openCall(call, state));
      if (state !== 'ringing') await store.commit([]);
    }
    await dialing.stop();
    expect(states).toEqual([...new Set(states)]);
    expect(states.at(-1)).toBe('talking');
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state: 'talking' });
  });

  test('keeps what was written to its row meanwhile', async () => {
    const { calls, call, row, put, dialing } = await calling();
    const known = { name: 'Zoë', extension: '1002' };
    const named = put(FIRST, { ...ROW, state: 'phone', known });
    calls.tell(openCall(call, 'ringing'));
    await named;
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state: 'ringing', known });
  });

  test('is left alone once it has ended', async () => {
    const { calls, call, row, put, dialing, marked } = await calling();
    const over = put(FIRST, { ...ROW, disposition: 'busy' });
    calls.tell(openCall(call, 'talking'));
    await over;
    calls.tell(openCall(call, 'talking'));
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition: 'busy' });
    expect(marked()).toEqual([]);
  });

  test('is ended by the history where its end is told, also when that takes long', async () => {
    const { calls, call, ended, row, dialing, marked, put } = await calling();
    calls.tell(ended, openCall(call, 'talking'), WATCHING, { kind: 'ended', id: FIRST, entries: [], isOver: true });
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state: 'phone' });
    expect(marked()).toHaveLength(1);
    await put(FIRST, { ...ROW, disposition: 'busy' });
  });

  test('is marked as over when the history has ended it', async () => {
    const { put, marked, dial, calls } = await calling();
    await put(FIRST, { ...ROW, disposition: 'busy' });
    expect(marked()).toEqual([]);
    await dial('1001', '1002');
    expect(calls.orders).toHaveLength(2);
  });

  test.each([
    ['phone', 'failed'],
    ['ringing', 'failed'],
    ['talking', 'answered'],
  ] as const)('that was %s, and ends without a word about him, becomes %s', async (state, disposition) => {
    const { calls, call, row, dialing, marked } = await calling();
    calls.tell(openCall(call, state), { kind: 'ended', id: FIRST, entries: [], isOver: true });
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition });
    expect(marked()).toEqual([]);
  });

  test('goes on when somebody else has left it', async () => {
    const { calls, call, row, dialing } = await calling();
    const left = { owner: '1002', call: FIRST, at: call.at, number: '1001', direction: 'in' } as const;
    const entries = [{ ...left, disposition: 'answered', ring: 1, talk: 5 }] as const;
    calls.tell(openCall(call, 'talking'), { kind: 'ended', id: FIRST, entries, isOver: false });
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state: 'talking' });
  });

  test('ends when the PBX is watched again and it is not among the calls that go on', async () => {
    const { calls, call, row, store, dialing } = await calling();
    const { call: open } = openCall(call, 'ringing');
    store.note([{ table: 'openCalls', id: FIRST, value: open }]);
    calls.tell({ kind: 'away', at: 0 }, WATCHING);
    await store.commit([]);
    expect((await row(FIRST, '1001'))?.state).toBe('phone');
    store.note([{ table: 'openCalls', id: FIRST, value: null }]);
    calls.tell(WATCHING);
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition: 'failed' });
  });

  test('is not ended while the PBX is being asked to make it', async () => {
    const { dialing, as, calls, row, store } = await openDialingHouse();
    calls.phones = new Set(['1001']);
    const ordered = dialing.dial(as('1001'), '1002');
    calls.tell(WATCHING);
    await ordered;
    await store.commit([]);
    expect((await row(FIRST, '1001'))?.state).toBe('phone');
  });

  test('that the PBX did not answer for may yet go on, and ends when it does not', async () => {
    const { dial, calls, row, dialing } = await openDialingHouse();
    calls.refusal = new Failure('pbx_away', 'the PBX does not answer');
    expect(await outcome(dial('1001', '1002'))).toEqual({ refused: 'pbx_away' });
    expect([await row(FIRST, '1001'), calls.givenUp]).toEqual([{ ...ROW, state: 'phone' }, []]);
    calls.tell(WATCHING);
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition: 'failed' });
  });

  test('whose state cannot be written ends all the same when the store is well again', async () => {
    const { calls, call, row, late, dialing } = await calling();
    late.failing = 1;
    calls.tell(openCall(call, 'talking'));
    await late.find('calls', []).catch(() => {});
    calls.tell(WATCHING);
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition: 'answered' });
  });
});

describe('After a restart in the middle of a call', () => {
  test.each([
    ['phone', 'failed'],
    ['talking', 'answered'],
  ] as const)('one that was %s and has ended unheard becomes %s', async (state, disposition) => {
    const before = await calling();
    before.calls.tell(openCall(before.call, state));
    await before.dialing.stop();
    const { calls, dialing, row, marked } = await openDialingHouse({ store: before.store });
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state });
    calls.tell(WATCHING);
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition });
    expect(marked()).toEqual([]);
  });

  test('one that still goes on is followed', async () => {
    const before = await calling();
    await before.dialing.stop();
    const { calls, dialing, row, store } = await openDialingHouse({ store: before.store });
    const news = openCall(before.call, 'ringing');
    store.note([{ table: 'openCalls', id: FIRST, value: news.call }]);
    calls.tell(news, WATCHING, openCall(before.call, 'talking'));
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, state: 'talking' });
  });

  test('the mark of one that has ended before goes', async () => {
    const before = await calling();
    await before.dialing.stop();
    await before.put(FIRST, { ...ROW, disposition: 'busy' });
    expect(before.marked()).toHaveLength(1);
    const { calls, dialing, row, marked } = await openDialingHouse({ store: before.store });
    calls.tell(WATCHING);
    await dialing.stop();
    expect(await row(FIRST, '1001')).toEqual({ ...ROW, disposition: 'busy' });
    expect(marked()).toEqual([]);
  });
});
