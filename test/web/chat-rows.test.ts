import { describe, expect, test } from 'vitest';
import type { Extension, Message } from '../../client/types.ts';
import { chatRows } from '../../web/src/chat/chat-rows.ts';

const someone = (number: string, name: string): Extension => ({ id: number, number, name, groups: [] });
const extensions = [someone('1001', 'Ada Lovelace'), someone('1002', 'Ben Bitdiddle'), someone('1003', 'Zoë Müller')];
const message = (chat: string): Message => ({
  id: `m${chat}`,
  with: chat,
  from: chat,
  at: '2026-11-21T12:00:00Z',
  text: 'x',
});
/** With Zoë, and with somebody who is not seen any more. */
const last = [message('1003'), message('1044')];

const rows = (text: string, everybody = false) =>
  chatRows({ last, extensions, own: '1001', text, everybody }).map(({ id, last: said }) => (said ? id : `new ${id}`));

describe('the list of chats', () => {
  test('holds the chats, and everybody else one may write to when that is wanted, but not oneself', () => {
    expect(rows('')).toEqual(['1003', '1044']);
    expect(rows('  ', true)).toEqual(['1003', '1044', 'new 1002']);
  });

  test('is searched by name and number, with colleagues behind the chats', () => {
    expect(rows('mull')).toEqual(['1003']);
    expect(rows('ben')).toEqual(['new 1002']);
    expect(rows('100')).toEqual(['1003', 'new 1002']);
    expect(rows('104')).toEqual(['1044']);
    expect(rows('ada')).toEqual([]);
    expect(rows('nobody', true)).toEqual([]);
  });
});
