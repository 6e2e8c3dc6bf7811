import { describe, expect, test } from 'vitest';
import type { Message } from '../../client/types.ts';
import type { Unsent } from '../../web/src/chat/kept-writing.ts';
import { daysOf, unsentBehind } from '../../web/src/chat/lines.ts';
import { newLine } from '../../web/src/chat/new-line.ts';

const at = (day: number, minute: number) => new Date(2026, 10, day, 12, minute).toISOString();
const theirs = (id: string, when: string, more: Partial<Message> = {}): Message => ({
  ...{ id, with: '1002', from: '1002', at: when, text: `text ${id}` },
  ...more,
});
const own = (id: string, when: string, more: Partial<Message> = {}): Message => ({
  ...theirs(id, when, more),
  from: '1001',
});
const unsent = (id: string, when: string, more: Partial<Unsent> = {}): Unsent => ({
  ...{ id, to: '1002', text: `text ${id}`, at: when },
  ...more,
});

describe('a chat', () => {
  const messages = [
    theirs('a', at(20, 0)),
    own('b', at(21, 0), { delivered: at(21, 1), read: at(21, 2) }),
    own('c', at(21, 1), { delivered: at(21, 1) }),
    own('d', at(21, 30)),
  ];
  const refusal = { code: 404, reason: 'not_found', message: 'no such extension' };
  const waiting = [unsent('e', at(21, 31)), unsent('f', at(21, 32), { refusal })];

  test('is told in days, with the author where he changes or begins anew, and how far one’s own messages have come', () => {
    const days = daysOf(messages, waiting, { from: 0, to: 6, isConnected: false });
    expect(days.map(({ id, lines }) => [id, lines.map((line) => [line.id, line.state, line.isFirst])])).toEqual([
      ['2026-11-20', [['a', 'theirs', true]]],
      [
        '2026-11-21',
        [
          ['b', 'read', true],
          ['c', 'delivered', false],
          ['d', 'sent', true],
          ['e', 'waiting', false],
          ['f', 'refused', false],
        ],
      ],
    ]);
    expect(days[1]?.lines[0]).toEqual({
      id: 'b',
      text: 'text b',
      at: at(21, 0),
      state: 'read',
      stateAt: at(21, 2),
      isFirst: true,
    });
    expect(days[1]?.lines[4]?.refusal).toEqual(refusal);
  });

  test('is told in part as it is in whole', () => {
    const part = daysOf(messages, waiting, { from: 2, to: 5, isConnected: true });
    expect(part.flatMap(({ lines }) => lines.map((line) => [line.id, line.state, line.isFirst]))).toEqual([
      ['c', 'delivered', false],
      ['d', 'sent', true],
      ['e', 'sending', false],
    ]);
  });

  test('shows what waits to be sent behind it, unless the server has it by now', () => {
    const all = [...waiting, unsent('d', at(21, 30)), unsent('g', at(21, 40), { to: '1003' })];
    expect(unsentBehind(messages, all, '1002').map(({ id }) => id)).toEqual(['e', 'f']);
    expect(unsentBehind([], all, '1003').map(({ id }) => id)).toEqual(['g']);
  });
});

describe('the line of new messages', () => {
  const read = { read: at(21, 50) };
  const before = [theirs('a', at(21, 0), read), own('b', at(21, 1))];

  test('stands above the first unread one when a chat is opened, and not without one', () => {
    expect(
      newLine(undefined, [...before, theirs('c', at(21, 2)), own('d', at(21, 3)), theirs('e', at(21, 4))], false),
    ).toBe('c');
    expect(newLine(undefined, before, false)).toBeUndefined();
    expect(newLine(undefined, [], false)).toBeUndefined();
  });

  test('stays while the messages below it are read, and goes on to what comes when one does not look', () => {
    const seen = [...before, theirs('c', at(21, 2), read)];
    expect(newLine('c', seen, true)).toBe('c');
    expect(newLine('c', seen, false)).toBe('c');
    expect(newLine('c', [...before, theirs('c', at(21, 2)), theirs('d', at(21, 3))], false)).toBe('c');
    expect(newLine('c', [...seen, theirs('d', at(21, 3))], false)).toBe('d');
  });

  test('is not made by what comes while one looks', () => {
    expect(newLine(undefined, [...before, theirs('c', at(21, 2))], true)).toBeUndefined();
  });
});
