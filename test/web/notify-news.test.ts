import { describe, expect, test } from 'vitest';
import type { ConnectionState, Mirror, MirrorChange } from '../../client/api.ts';
import { followNews } from '../../web/src/notify/news.ts';

interface Item {
  readonly id: string;
  readonly is?: string;
}

/** A mirror and a connection by hand, and what was told of them. */
function follow(
  items: readonly string[],
  start: { state?: Mirror<Item>['state']; kind?: 'ready' | 'connecting' } = {},
) {
  const held = new Map(items.map((id) => [id, { id }]));
  const [listeners, watchers] = [new Set<(change: MirrorChange<Item>) => void>(), new Set<() => void>()];
  const mirror = {
    state: start.state ?? 'live',
    values: () => held.values(),
    subscribe: (listener: (change: MirrorChange<Item>) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const client = {
    state: { kind: start.kind ?? 'ready' } as ConnectionState,
    subscribe: (listener: () => void) => {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
  const told: string[][] = [];
  let now = 0;
  const stop = followNews<Item>({
    mirror,
    client,
    now: () => now,
    told: (fresh) => told.push(fresh.map(({ id }) => id)),
  });
  return {
    told,
    stop: () => {
      stop();
      return listeners.size + watchers.size;
    },
    put: (...ids: string[]) => {
      mirror.state = 'live';
      for (const listener of listeners) listener({ reset: false, put: ids.map((id) => ({ id })), remove: [] });
    },
    remove: (...ids: string[]) => {
      for (const listener of listeners) listener({ reset: false, put: [], remove: ids });
    },
    reset: (state: Mirror<Item>['state'], ...ids: string[]) => {
      mirror.state = state;
      for (const listener of listeners) listener({ reset: true, put: ids.map((id) => ({ id })), remove: [] });
    },
    passes: (ms: number, kind: 'ready' | 'syncing' | 'waiting') => {
      now += ms;
      client.state = kind === 'waiting' ? { kind, retryAt: 0, why: 'disconnected' } : { kind };
      for (const watcher of watchers) watcher();
    },
  };
}

describe('news', () => {
  test('are what was not there before, each once', () => {
    const { put, remove, told } = follow(['a']);
    put('a', 'b');
    put('b', 'c');
    put('a', 'b', 'c');
    remove('c');
    put('d');
    expect(told).toEqual([['b'], ['c'], ['d']]);
  });

  test('are not what the first state holds', () => {
    const { reset, put, passes, told } = follow([], { state: 'loading', kind: 'connecting' });
    reset('live', 'a', 'b');
    passes(100, 'ready');
    put('c');
    expect(told).toEqual([['c']]);
  });

  test('are what came in a short break of the connection, told whole or in part', () => {
    const { reset, put, passes, told } = follow(['a']);
    passes(0, 'waiting');
    passes(59_000, 'syncing');
    put('b');
    passes(10, 'ready');
    passes(0, 'waiting');
    passes(2_000, 'syncing');
    reset('live', 'a', 'b', 'c');
    passes(10, 'ready');
    put('b', 'c');
    expect(told).toEqual([['b'], ['c']]);
  });

  test('are not what came in a long one, but what comes after it', () => {
    const { put, reset, passes, told } = follow(['a']);
    passes(0, 'waiting');
    passes(30_000, 'waiting');
    passes(40_000, 'syncing');
    put('b');
    reset('live', 'a', 'b', 'c');
    passes(10, 'ready');
    put('c', 'd');
    expect(told).toEqual([['d']]);
  });

  test('are not the state that comes back after there was none', () => {
    const { reset, put, told } = follow(['a']);
    reset('gone');
    reset('live', 'a', 'b');
    put('c');
    expect(told).toEqual([['c']]);
  });

  test('end when they are stopped', () => {
    expect(follow([]).stop()).toBe(0);
  });
});
