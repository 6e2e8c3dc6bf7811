import { describe, expect, test } from 'vitest';
import type { Client } from '../../client/api.ts';
import type { Call, CallDisposition, CallState, MissedReason, PhoneReason } from '../../client/types.ts';
import { dialRefusal } from '../../web/src/calls/dial-refusal.ts';
import { markOf, newMissed } from '../../web/src/calls/missed-calls.ts';
import { dismissOrder, order, ordersOf, subscribeOrders } from '../../web/src/calls/orders.ts';
import { barWords, outcomeWords, partyName } from '../../web/src/calls/party.ts';
import { de } from '../../web/src/texts/de.ts';
import { en } from '../../web/src/texts/en.ts';
import { formatOf } from '../../web/src/texts/format.ts';
import { type Promised, promised } from '../support/promised.ts';

const call = (more: Partial<Call> = {}): Call => ({
  id: 'a',
  at: '2026-11-21T10:00:00.000Z',
  direction: 'in',
  number: '1002',
  disposition: 'missed',
  ring: 20,
  talk: 0,
  ...more,
});

describe('the words of a call', () => {
  test('say how it ended and why, in every language and for every outcome', () => {
    expect(outcomeWords(en, call({ reason: 'dnd' }))).toBe('Missed · do not disturb');
    expect(outcomeWords(en, call())).toBe('Missed');
    const dispositions: CallDisposition[] = ['answered', 'missed', 'no_answer', 'busy', 'failed', 'cancelled'];
    const reasons: (MissedReason | PhoneReason)[] = [
      ...(['no_answer', 'declined', 'busy', 'dnd', 'cancelled', 'unregistered'] as const),
      ...(['phone_no_answer', 'phone_declined', 'phone_busy', 'phone_unreachable'] as const),
    ];
    for (const texts of [en, de]) {
      const words = dispositions.flatMap((disposition) =>
        reasons.map((reason) => outcomeWords(texts, call({ disposition, reason }))),
      );
      expect(words.filter((line) => !/^\p{Lu}[^_]+ · [^_]+$/u.test(line))).toEqual([]);
    }
  });

  test('of a call that goes on say how far it is', () => {
    const { disposition: _, ...open } = call({ direction: 'out', state: 'phone' });
    const said = (state: CallState) => barWords(en, { ...open, state }, 'Ben', '');
    expect(outcomeWords(en, open)).toBe('Your phone rings');
    expect((['phone', 'calling', 'ringing', 'talking'] as const).map(said)).toEqual([
      'Your phone rings. Pick up, and Ben is called.',
      'Calling Ben …',
      'It rings at Ben.',
      'Talking to Ben',
    ]);
  });

  test('say at the end what became of it, and what the own phone did', () => {
    const said = (disposition: CallDisposition, reason?: PhoneReason) =>
      barWords(en, call({ direction: 'out', disposition, ...(reason ? { reason } : {}) }), 'Ben', '42 sec');
    expect([
      said('answered'),
      said('no_answer'),
      said('busy'),
      said('failed'),
      said('cancelled'),
      said('cancelled', 'phone_no_answer'),
      said('cancelled', 'phone_declined'),
      said('failed', 'phone_busy'),
      said('failed', 'phone_unreachable'),
    ]).toEqual([
      'The call with Ben is over (42 sec).',
      'Ben did not answer.',
      'Ben is busy.',
      'Ben could not be reached.',
      'The call to Ben was given up.',
      'Your phone was not picked up. Ben was not called.',
      'The call was declined at your phone. Ben was not called.',
      'Your phone was busy. Ben was not called.',
      'Your phone could not be reached. Ben was not called.',
    ]);
  });

  test('name the other party, its number, or that it is withheld', () => {
    expect(partyName(en, { name: 'Ben', number: '1002' })).toBe('Ben');
    expect(partyName(en, { number: '1002' })).toBe('1002');
    expect(partyName(de, { number: '' })).toBe('Unterdrückte Nummer');
  });

  test('tell a duration with all its parts', () => {
    const { duration } = formatOf('en', ['en-US'], () => 0);
    expect([0, 42, 60, 185, 3725, 7200].map(duration)).toEqual([
      '0 sec',
      '42 sec',
      '1 min',
      '3 min 5 sec',
      '1 hr 2 min 5 sec',
      '2 hr',
    ]);
  });
});

describe('a refused call', () => {
  test('is told with what can be done, in every language', () => {
    const told = [en, de].map((texts) =>
      [
        { code: 403, reason: 'not_allowed' },
        { code: 403, reason: 'forbidden' },
        { code: 409, reason: 'no_phone' },
        { code: 429, reason: 'too_many', retryAfter: 11.2 },
        { code: 503, reason: 'pbx_away' },
        { code: -32602, reason: 'params', issues: [{ path: 'number', message: 'odd' }] },
        { code: 0, reason: 'disconnected' },
        { code: 0, reason: 'not_connected' },
        { code: 507, reason: 'storage' },
      ].map((refusal) => dialRefusal(texts, refusal)),
    );
    const wanted = [en, de].map(({ calls: { refused }, common: { failure } }) => [
      refused.notAllowed,
      refused.notAllowed,
      refused.noPhone,
      refused.tooMany(12),
      refused.pbxAway,
      refused.notANumber,
      refused.disconnected,
      failure.notConnected,
      failure.storage,
    ]);
    expect(told).toEqual(wanted);
  });
});

/** A client whose requests are answered by hand. */
function asked() {
  const answers: Promised<unknown>[] = [];
  const numbers: string[] = [];
  const request = (_: string, { number }: { number: string }) => {
    const answer = promised<unknown>();
    answers.push(answer);
    numbers.push(number);
    return answer.promise;
  };
  return { client: { request } as unknown as Client, answers, numbers };
}

describe('a call that is asked for', () => {
  test('is shown until the server answers, once however often the button is pressed', async () => {
    const { client, answers, numbers } = asked();
    const made = order(client, '1002', 'Ben');
    await order(client, '1002', 'Ben');
    expect([numbers, ordersOf(client)]).toEqual([['1002'], [{ client, number: '1002', name: 'Ben' }]]);
    answers[0]?.resolve({ call: call() });
    expect([await made, ordersOf(client)]).toEqual([undefined, []]);
  });

  test('stays with its refusal until it is dismissed or asked for again', async () => {
    const { client, answers } = asked();
    const refusal = { code: 409 };
    const made = order(client, '1002', 'Ben');
    answers[0]?.reject(refusal);
    expect(await made).toBe(refusal);
    expect(ordersOf(client)).toEqual([{ client, number: '1002', name: 'Ben', refusal }]);
    const again = order(client, '1002', 'Ben');
    expect(ordersOf(client)).toEqual([{ client, number: '1002', name: 'Ben' }]);
    answers[1]?.reject(refusal);
    await again;
    for (const one of ordersOf(client)) dismissOrder(one);
    expect(ordersOf(client)).toEqual([]);
  });

  test('is not kept when its refusal is told elsewhere', async () => {
    const { client, answers } = asked();
    const made = order(client, '1002', '1002', true);
    answers[0]?.reject({ code: 403 });
    expect([await made, ordersOf(client)]).toEqual([{ code: 403 }, []]);
  });

  test('is of one log-in, and of refusals only the last three are kept', async () => {
    const [one, other] = [asked(), asked()];
    let told = 0;
    const stop = subscribeOrders(() => {
      told += 1;
    });
    for (const number of ['1', '2', '3', '4']) {
      const made = order(one.client, number, number);
      one.answers.at(-1)?.reject({ code: 403 });
      await made;
    }
    stop();
    expect(ordersOf(one.client).map(({ number }) => number)).toEqual(['2', '3', '4']);
    expect([ordersOf(other.client), told]).toEqual([[], 8]);
    for (const left of ordersOf(one.client)) dismissOrder(left);
    expect(told).toBe(8);
  });
});

describe('missed calls', () => {
  const at = (minutes: number, more: Partial<Call> = {}) =>
    call({ at: new Date(Date.UTC(2026, 10, 21, 10, minutes)).toISOString(), ...more });
  const time = (minutes: number, seconds = 0) => Date.UTC(2026, 10, 21, 10, minutes, seconds);

  test('are new when they ended after the last look, also one that began before it', () => {
    const calls = [at(0, { ring: 90 }), at(1, { ring: 5 }), at(2, { disposition: 'answered' })];
    expect(newMissed(calls, time(1, 5), time(5))).toBe(1);
    expect(newMissed(calls, time(0), time(5))).toBe(2);
    expect(newMissed(calls, time(5), time(5))).toBe(0);
  });

  test('of the last day are new for somebody who has never looked', () => {
    const calls = [at(0), at(1, { at: '2026-11-19T10:00:00.000Z' })];
    expect(newMissed(calls, undefined, time(5))).toBe(1);
  });

  test('are looked at up to the end of the latest call, and never less than before', () => {
    const calls = [at(0, { ring: 90 }), at(1, { ring: 5, talk: 10, disposition: 'answered' })];
    expect(markOf(calls)).toBe(time(1, 30));
    expect(markOf([], time(3))).toBe(time(3));
    expect(markOf(calls, time(3))).toBe(time(3));
    const { disposition: _, ...open } = at(9, { direction: 'out', state: 'phone' });
    expect(markOf([...calls, open])).toBe(time(1, 30));
  });
});
