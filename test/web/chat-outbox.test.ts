import { beforeEach, describe, expect, test } from 'vitest';
import type { ConnectionState } from '../../client/api.ts';
import { requestFailure } from '../../client/failure.ts';
import type { ParamsOf } from '../../client/types.ts';
import type { Unsent } from '../../web/src/chat/kept-writing.ts';
import { Outbox, type OutboxParts } from '../../web/src/chat/outbox.ts';

type Wish = ParamsOf<'messages.send'>;

interface Asked extends Wish {
  readonly answer: () => Promise<void>;
  readonly refuse: (code: number, reason: string, retryAfter?: number) => Promise<void>;
}

/** A connection by hand, and the outbox on it. */
class Desk {
  readonly asked: Asked[] = [];
  readonly kept: (readonly Unsent[])[] = [];
  readonly timers: (readonly [number, () => void])[] = [];
  readonly outbox: Outbox;
  #state: ConnectionState = { kind: 'ready' };
  readonly #listeners = new Set<() => void>();
  #ids = 0;

  constructor(kept: readonly Unsent[] = [], state: ConnectionState = { kind: 'ready' }) {
    this.#state = state;
    const desk = this;
    const client = {
      get state() {
        return desk.#state;
      },
      subscribe: (listener: () => void) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
      request: (method: string, params: object) =>
        new Promise((done, fail) => {
          if (method !== 'messages.send') throw new Error(`${method} was asked`);
          const settle = async (run: () => void) => {
            run();
            await Promise.resolve();
            await Promise.resolve();
          };
          this.asked.push({
            ...(params as Wish),
            answer: () => settle(() => done({})),
            refuse: (code, reason, retryAfter) =>
              settle(() => fail(requestFailure(reason, { code, reason, ...(retryAfter ? { retryAfter } : {}) }))),
          });
        }),
    } as OutboxParts['client'];
    this.outbox = new Outbox({
      client,
      kept,
      keep: (unsent) => this.kept.push(unsent),
      newId: () => `id${++this.#ids}`,
      now: () => Date.UTC(2026, 10, 21, 12),
      after: (ms, run) => this.timers.push([ms, run]),
    });
  }

  become(kind: 'ready' | 'waiting'): void {
    this.#state = kind === 'ready' ? { kind } : { kind, retryAt: 0, why: 'disconnected' };
    for (const listener of this.#listeners) listener();
  }

  get sent(): string[] {
    return this.asked.map(({ to, text, id }) => `${id} ${to} ${text}`);
  }

  last(): Asked {
    const asked = this.asked.at(-1);
    if (!asked) throw new Error('nothing was asked');
    return asked;
  }

  get waits(): string[] {
    return this.outbox.unsent.map(({ id, refusal }) => (refusal ? `${id} ${refusal.reason}` : id));
  }
}

const AT = '2026-11-21T12:00:00.000Z';

describe('messages on their way', () => {
  let desk = new Desk();
  beforeEach(() => {
    desk = new Desk();
  });

  test('go out one after the other in each chat, and are gone when the server has them', async () => {
    for (const [to, text] of [
      ['1002', 'a'],
      ['1002', 'b'],
      ['1003', 'c'],
    ] as const)
      expect(desk.outbox.send(to, text)).toBe(true);
    expect(desk.sent).toEqual(['id1 1002 a', 'id3 1003 c']);
    await desk.asked[0]?.answer();
    expect(desk.sent.at(-1)).toBe('id2 1002 b');
    await desk.asked[1]?.answer();
    await desk.asked[2]?.answer();
    expect([desk.waits, desk.kept.at(-1)]).toEqual([[], []]);
  });

  test('of which nothing is known when the connection broke go out again with the same id, in their order', async () => {
    desk.outbox.send('1002', 'a');
    desk.outbox.send('1002', 'b');
    desk.become('waiting');
    await desk.last().refuse(0, 'disconnected');
    desk.outbox.send('1002', 'c');
    expect([desk.waits, desk.asked.length]).toEqual([['id1', 'id2', 'id3'], 1]);
    desk.become('ready');
    for (let i = 0; i < 3; i += 1) await desk.last().answer();
    expect(desk.sent).toEqual(['id1 1002 a', 'id1 1002 a', 'id2 1002 b', 'id3 1002 c']);
    expect(desk.waits).toEqual([]);
  });

  test('wait as long as the server asks when it was asked too often', async () => {
    desk.outbox.send('1002', 'a');
    await desk.last().refuse(429, 'too_many', 3);
    expect([desk.waits, desk.asked.length, desk.timers.map(([ms]) => ms)]).toEqual([['id1'], 1, [3_000]]);
    desk.become('ready');
    expect(desk.asked.length).toBe(1);
    desk.timers[0]?.[1]();
    expect(desk.sent.at(-1)).toBe('id1 1002 a');
  });

  test('that are refused wait for the user, and hold up no other', async () => {
    desk.outbox.send('1002', 'a');
    desk.outbox.send('1002', 'b');
    await desk.last().refuse(404, 'not_found');
    expect([desk.waits, desk.sent.at(-1)]).toEqual([['id1 not_found', 'id2'], 'id2 1002 b']);
    await desk.last().answer();
    desk.become('ready');
    expect(desk.asked.length).toBe(2);
    desk.outbox.again('id1');
    expect(desk.sent.at(-1)).toBe('id1 1002 a');
    await desk.last().refuse(507, 'storage');
    desk.outbox.discard('id1');
    expect(desk.waits).toEqual([]);
  });

  test('take another id when theirs is another message’s', async () => {
    desk.outbox.send('1002', 'a');
    await desk.last().refuse(409, 'conflict');
    desk.outbox.again('id1');
    expect(desk.sent.at(-1)).toBe('id2 1002 a');
    desk.outbox.again('id2');
    expect(desk.asked.length).toBe(2);
  });

  test('of an earlier page go out when there is a connection', async () => {
    const refusal = { code: 404, reason: 'not_found', message: 'x' };
    const kept = [
      { id: 'k1', to: '1002', text: 'x', at: AT },
      { id: 'k2', to: '1003', text: 'y', at: AT, refusal },
    ];
    const next = new Desk(kept, { kind: 'connecting' });
    expect(next.asked).toEqual([]);
    next.become('ready');
    expect(next.sent).toEqual(['k1 1002 x']);
    await next.last().answer();
    expect([next.waits, next.kept.at(-1)]).toEqual([['k2 not_found'], [kept[1]]]);
  });

  test('are kept and told with each change, and at most 100 wait', () => {
    desk.become('waiting');
    let told = 0;
    const stop = desk.outbox.subscribe(() => {
      told += 1;
    });
    const taken = Array.from({ length: 102 }, (_, i) => desk.outbox.send('1002', `${i}`));
    expect([taken.filter(Boolean).length, taken.at(-1), told]).toEqual([100, false, 100]);
    expect(desk.kept.at(-1)?.at(-1)).toEqual({ id: 'id100', to: '1002', text: '99', at: AT });
    stop();
    desk.outbox.discard('id1');
    expect([told, desk.kept.at(-1)?.length]).toEqual([100, 99]);
  });
});
