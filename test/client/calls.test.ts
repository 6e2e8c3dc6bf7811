import { beforeEach, describe, expect, test } from 'vitest';
import { Calls } from '../../client/calls.ts';
import { requestFailure } from '../../client/failure.ts';
import type { Outcome } from '../../client/frame.ts';

/** Calls over a wire that remembers, with the outcomes by method. */
function house() {
  const sent: { id: number; method: string }[] = [];
  const outcomes: [string, unknown][] = [];
  const wire = { waiting: 0, send: (text: string) => void sent.push(JSON.parse(text)) };
  const calls = new Calls();
  calls.connected(wire);
  const told = (outcome: Outcome) => {
    if ('result' in outcome) return outcome.result;
    const { code, reason, retryAfter } = outcome.failure;
    return { code, reason, ...(retryAfter === undefined ? {} : { retryAfter }) };
  };
  const call = (method: string, params: object = {}) =>
    calls.call(method, params, (outcome) => outcomes.push([method, told(outcome)]));
  return { sent, outcomes, wire, calls, call };
}

const LONG = { text: 'x'.repeat(20_000) };

describe('requests', () => {
  let { sent, outcomes, wire, calls, call } = house();
  beforeEach(() => {
    ({ sent, outcomes, wire, calls, call } = house());
  });

  test('are answered by their id, in any order, once', () => {
    call('a');
    call('b');
    expect(calls.answered(sent[1]?.id ?? 0, { result: { b: 1 } })).toBe(true);
    expect(calls.answered(sent[0]?.id ?? 0, { result: { a: 1 } })).toBe(true);
    expect(calls.answered(sent[0]?.id ?? 0, { result: { a: 2 } })).toBe(false);
    expect(calls.answered(99, { result: {} })).toBe(false);
    expect(outcomes).toEqual([
      ['b', { b: 1 }],
      ['a', { a: 1 }],
    ]);
    expect(calls.size).toBe(0);
  });

  test('are refused at once without a connection, and when it breaks', () => {
    call('a');
    calls.disconnected();
    call('b');
    expect(outcomes).toEqual([
      ['a', { code: 0, reason: 'disconnected' }],
      ['b', { code: 0, reason: 'not_connected' }],
    ]);
    expect(sent.map(({ method }) => method)).toEqual(['a']);
  });

  test('that call again when they are refused are refused again, without an end', () => {
    const again: string[] = [];
    const tryAgain = (outcome: Outcome) => {
      again.push('failure' in outcome ? outcome.failure.reason : 'result');
      if (again.length < 3) calls.call('a', {}, tryAgain);
    };
    calls.call('a', {}, tryAgain);
    calls.disconnected();
    expect(again).toEqual(['disconnected', 'not_connected', 'not_connected']);
  });

  test('are at most a thousand at once', () => {
    for (let i = 0; i < 1_000; i++) call(`n${i}`);
    call('one more');
    expect(outcomes).toEqual([['one more', { code: 429, reason: 'too_many', retryAfter: 1 }]]);
    expect([sent.length, calls.size]).toEqual([1_000, 1_000]);
    calls.answered(sent[0]?.id ?? 0, { result: {} });
    call('has room');
    expect(sent.at(-1)?.method).toBe('has room');
  });

  test('are refused while the network takes nothing', () => {
    wire.waiting = 8_388_609;
    call('a');
    expect([sent.length, outcomes[0]]).toEqual([0, ['a', { code: 429, reason: 'too_many', retryAfter: 1 }]]);
  });

  test('are refused when they are longer than the server takes, counted in bytes', () => {
    const around = '{"jsonrpc":"2.0","id":1,"method":"a","params":{"t":""}}'.length;
    calls.limit(around + 12);
    call('a', { t: 'é€😀abc' });
    call('a', { t: 'é€😀abcd' });
    expect([sent.length, outcomes]).toEqual([1, [['a', { code: 413, reason: 'too_large' }]]]);
  });

  test('throw when their params are no JSON, and leave nothing behind', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    await expect(calls.request('a', circle)).rejects.toThrow(TypeError);
    expect([sent.length, calls.size]).toEqual([0, 0]);
  });

  test('that are long go one at a time, so that a refusal without an id can be told to the right one', () => {
    call('long 1', LONG);
    call('short');
    call('long 2', LONG);
    expect(sent.map(({ method }) => method)).toEqual(['long 1', 'short']);
    const failure = requestFailure('too many', { code: 429, reason: 'too_many', retryAfter: 1 });
    expect(calls.answered(null, { failure })).toBe(true);
    expect(outcomes).toEqual([['long 1', { code: 429, reason: 'too_many', retryAfter: 1 }]]);
    expect(sent.map(({ method }) => method)).toEqual(['long 1', 'short', 'long 2']);
    calls.disconnected();
    expect(calls.answered(null, { failure })).toBe(false);
  });

  test('that were not sent yet when the connection broke say that they were not', () => {
    call('long 1', LONG);
    call('long 2', LONG);
    calls.disconnected();
    expect(outcomes).toEqual([
      ['long 1', { code: 0, reason: 'disconnected' }],
      ['long 2', { code: 0, reason: 'not_connected' }],
    ]);
  });

  test('that were not sent cannot have been answered', () => {
    call('long 1', LONG);
    call('long 2', LONG);
    const id = (sent[0]?.id ?? 0) + 1;
    expect(calls.answered(id, { result: {} })).toBe(false);
    expect(outcomes).toEqual([]);
  });
});
