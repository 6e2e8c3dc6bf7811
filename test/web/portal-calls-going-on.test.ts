import { beforeEach, describe, expect, test } from 'vitest';
import type { MirrorChange } from '../../client/api.ts';
import type { Call, CallState } from '../../client/types.ts';
import { CallsGoingOn, SHOWN_MS } from '../../web/src/calls/bar/calls-going-on.ts';

const START = Date.parse('2026-11-21T10:00:00.000Z');

let items: Map<string, Call>;
let listener: (change: MirrorChange<Call>) => void;
let now: number;
let timers: { run: () => void; at: number }[];

const mirror = {
  values: () => items.values(),
  get: (id: string) => items.get(id),
  subscribe: (listen: typeof listener) => {
    listener = listen;
    return () => {
      listener = () => undefined;
    };
  },
};

const later = (run: () => void, ms: number) => {
  const timer = { run, at: now + ms };
  timers.push(timer);
  return () => {
    timers = timers.filter((other) => other !== timer);
  };
};

function pass(ms: number): void {
  now += ms;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter(({ at }) => at > now);
  for (const { run } of due) run();
}

const open = (id: string, state: CallState, more: Partial<Call> = {}): Call => ({
  id,
  at: '2026-11-21T10:00:00.000Z',
  direction: 'out',
  number: '1002',
  state,
  ring: 0,
  talk: 0,
  ...more,
});

const over = (id: string, more: Partial<Call> = {}): Call => {
  const { state: _, ...call } = open(id, 'phone');
  return { ...call, disposition: 'answered', ring: 5, talk: 42, ...more };
};

function put(...calls: readonly Call[]): void {
  for (const call of calls) items.set(call.id, call);
  listener({ reset: false, put: calls, remove: [] });
}

const start = () => new CallsGoingOn({ mirror, now: () => now, later });

beforeEach(() => {
  items = new Map();
  timers = [];
  now = START;
});

describe('the calls that go on', () => {
  test('are shown from the order to the end, and the end for a while', () => {
    const calls = start();
    put(open('a', 'phone'));
    expect(calls.list()).toEqual([{ call: open('a', 'phone') }]);
    put(open('a', 'ringing'));
    expect(calls.list()).toEqual([{ call: open('a', 'ringing') }]);
    pass(3_000);
    put(open('a', 'talking', { ring: 3 }));
    expect(calls.list()).toEqual([{ call: open('a', 'talking', { ring: 3 }), talkingSince: START + 3_000 }]);
    pass(42_000);
    put(over('a'));
    expect(calls.list()).toEqual([{ call: over('a') }]);
    pass(SHOWN_MS - 1);
    expect(calls.list()).toHaveLength(1);
    pass(1);
    expect(calls.list()).toEqual([]);
  });

  test('are those of the mirror after a reload; since when is talked is as the server counts', () => {
    items.set('a', open('a', 'talking', { ring: 7 }));
    items.set('b', over('b'));
    now = START + 60_000;
    expect(start().list()).toEqual([{ call: open('a', 'talking', { ring: 7 }), talkingSince: START + 7_000 }]);
  });

  test('are not others of the history: what is over when it comes is not shown', () => {
    const calls = start();
    put(over('a'), over('b', { direction: 'in', disposition: 'missed', talk: 0 }));
    expect(calls.list()).toEqual([]);
  });

  test('go on being talked since the same time when the item comes again', () => {
    const calls = start();
    put(open('a', 'ringing'));
    put(open('a', 'talking'));
    pass(9_000);
    put(open('a', 'talking', { name: 'Ben' }));
    expect(calls.list()).toEqual([{ call: open('a', 'talking', { name: 'Ben' }), talkingSince: START }]);
  });

  test('are dismissed for good, also how they end, and nothing waits any more', () => {
    const calls = start();
    put(open('a', 'phone'));
    calls.dismiss('a');
    expect(calls.list()).toEqual([]);
    put(open('a', 'ringing'), over('a'));
    expect([calls.list(), timers.length]).toEqual([[], 0]);
    put(open('b', 'phone'), over('b'));
    calls.dismiss('b');
    expect([calls.list(), timers.length]).toEqual([[], 0]);
  });

  test('are gone when they are not in the history any more, and end when that came after a break', () => {
    const calls = start();
    put(open('a', 'ringing'), open('b', 'ringing'), open('c', 'ringing'));
    items.delete('a');
    listener({ reset: false, put: [], remove: ['a'] });
    items.delete('b');
    items.set('c', over('c'));
    listener({ reset: true, put: [over('c')], remove: [] });
    expect(calls.list()).toEqual([{ call: over('c') }]);
  });

  test('are told the latest first, to listeners until they stop', () => {
    const calls = start();
    let told = 0;
    const stop = calls.subscribe(() => {
      told += 1;
    });
    put(open('a', 'talking'), open('b', 'phone', { at: '2026-11-21T10:01:00.000Z' }));
    expect(calls.list().map(({ call }) => call.id)).toEqual(['b', 'a']);
    stop();
    put(over('a'));
    expect(told).toBe(1);
  });

  test('leave no timer and no listener behind', () => {
    const calls = start();
    put(open('a', 'phone'), over('a'));
    calls.stop();
    expect(timers).toEqual([]);
    put(open('b', 'phone'));
    expect(calls.list().map(({ call }) => call.id)).toEqual(['a']);
  });
});
