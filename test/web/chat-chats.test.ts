import { describe, expect, test } from 'vitest';
import type { Mirror, MirrorChange } from '../../client/api.ts';
import type { Message } from '../../client/types.ts';
import { Chats } from '../../web/src/chat/chats.ts';

/** A mirror by hand. */
class PaperMirror implements Mirror<Message> {
  readonly name = 'messages';
  state: Mirror<Message>['state'] = 'live';
  readonly #items = new Map<string, Message>();
  readonly #listeners = new Set<(change: MirrorChange<Message>) => void>();

  constructor(items: readonly Message[] = []) {
    for (const item of items) this.#items.set(item.id, item);
  }
  get size(): number {
    return this.#items.size;
  }
  get(id: string): Message | undefined {
    return this.#items.get(id);
  }
  has(id: string): boolean {
    return this.#items.has(id);
  }
  values(): IterableIterator<Message> {
    return this.#items.values();
  }
  subscribe(listener: (change: MirrorChange<Message>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  change({ reset = false, put = [], remove = [] }: Partial<MirrorChange<Message>>): void {
    if (reset) this.#items.clear();
    for (const item of put) this.#items.set(item.id, item);
    for (const id of remove) this.#items.delete(id);
    for (const listener of [...this.#listeners]) listener({ reset, put, remove });
  }
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString();
const theirs = (id: string, chat: string, second: number, more: Partial<Message> = {}): Message => ({
  ...{ id, with: chat, from: chat, at: at(second), text: id },
  ...more,
});
const own = (id: string, chat: string, second: number, more: Partial<Message> = {}): Message => ({
  ...theirs(id, chat, second, more),
  from: '1001',
});
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

describe('chats', () => {
  test('hold their messages in the order of time, also those that come late, and the newest chat is the first', () => {
    const mirror = new PaperMirror([theirs('c', '1002', 3), own('a', '1002', 1), own('z', '1003', 2)]);
    const chats = new Chats(mirror);
    expect([ids(chats.thread('1002')), ids(chats.thread('1003')), ids(chats.thread('1004'))]).toEqual([
      ['a', 'c'],
      ['z'],
      [],
    ]);
    expect(ids(chats.last())).toEqual(['c', 'z']);
    mirror.change({ put: [own('b', '1002', 2), theirs('y', '1003', 9)] });
    expect([ids(chats.thread('1002')), ids(chats.last())]).toEqual([
      ['a', 'b', 'c'],
      ['y', 'c'],
    ]);
  });

  test('count what the other one wrote and the user has not read', () => {
    const read = { read: at(50) };
    const mirror = new PaperMirror([theirs('a', '1002', 1, read), theirs('b', '1002', 2), own('c', '1002', 3)]);
    const chats = new Chats(mirror);
    expect(chats.unread).toEqual({ total: 1, byChat: new Map([['1002', 1]]) });
    mirror.change({ put: [theirs('d', '1002', 4), theirs('e', '1003', 5)] });
    expect(chats.unread).toEqual({
      total: 3,
      byChat: new Map([
        ['1002', 2],
        ['1003', 1],
      ]),
    });
    mirror.change({ put: [theirs('b', '1002', 2, read), theirs('d', '1002', 4, read)], remove: ['e'] });
    expect(chats.unread).toEqual({ total: 0, byChat: new Map() });
  });

  test('tell their listeners of each change at once, and the count is the same object while it counts the same', () => {
    const mirror = new PaperMirror([theirs('a', '1002', 1)]);
    const chats = new Chats(mirror);
    const { unread } = chats;
    const told: number[] = [];
    const stop = chats.subscribe(() => told.push(chats.thread('1002').length));
    mirror.change({ put: [own('b', '1002', 2)] });
    mirror.change({ put: [own('b', '1002', 2, { delivered: at(3) })] });
    stop();
    mirror.change({ put: [own('c', '1002', 4)] });
    expect([told, chats.unread === unread]).toEqual([[2, 2], true]);
    expect(chats.thread('1002')[1]?.delivered).toBe(at(3));
  });

  test('forget a chat of which nothing is left, and everything that a new state does not hold', () => {
    const mirror = new PaperMirror([theirs('a', '1002', 1), theirs('b', '1003', 2)]);
    const chats = new Chats(mirror);
    mirror.change({ remove: ['a', 'never there'] });
    expect(ids(chats.last())).toEqual(['b']);
    mirror.change({ reset: true, put: [theirs('c', '1004', 3)] });
    expect([ids(chats.last()), chats.unread.total]).toEqual([['c'], 1]);
    mirror.change({ reset: true });
    expect([chats.last(), chats.unread]).toEqual([[], { total: 0, byChat: new Map() }]);
  });

  test('are the same after any changes as when they are read anew', () => {
    let seed = 7;
    const any = (most: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    const mirror = new PaperMirror();
    const chats = new Chats(mirror);
    for (let round = 0; round < 60; round += 1) {
      const many = any(20) === 0 ? 250 : any(4);
      const put = Array.from({ length: many }, () => {
        const id = `m${any(400)}`;
        const known = mirror.get(id);
        if (known) return { ...known, read: at(1) };
        return (any(2) ? own : theirs)(id, `100${2 + any(3)}`, any(30));
      });
      const unique = [...new Map(put.map((message) => [message.id, message])).values()];
      const remove = [...mirror.values()]
        .map(({ id }) => id)
        .filter((id) => any(10) === 0 && !unique.some((message) => message.id === id));
      mirror.change({ put: unique, remove });
      const anew = new Chats(mirror);
      expect([chats.last(), chats.unread]).toEqual([anew.last(), anew.unread]);
      for (const chat of ['1002', '1003', '1004']) expect(chats.thread(chat)).toEqual(anew.thread(chat));
    }
  });
});
