import { describe, expect, test } from 'vitest';
import { CallNamingDue } from '../../src/service/call-naming-due.ts';
import { CallNamingIndex } from '../../src/service/call-naming-index.ts';
import { CallNamingNews } from '../../src/service/call-naming-news.ts';
import type { CallRow, KnownParty } from '../../src/service/call-row.ts';
import { LookupForms } from '../../src/service/lookup-forms.ts';
import type { Told } from '../../src/service/store.ts';
import { MemoryStore } from '../support/memory-store.ts';

const ADA = '+442079460000';
const forms = new LookupForms({ numbering: { country: 'GB', outsideLine: '9' }, order: ['company'], lastDigits: 7 });

function newsOf(): CallNamingNews {
  return new CallNamingNews({ store: new MemoryStore(), lookup: { forms, reach: () => 'all' } });
}

function row(owner: string, number: string, known?: KnownParty): CallRow {
  const call = { owner, call: `${owner} ${number}`, at: '2026', direction: 'in' as const, number };
  return { ...call, ...(known ? { known } : {}), disposition: 'missed', ring: 0, talk: 0 };
}

const told = (value: CallRow): Told => ({ table: 'calls', id: value.call, value, scope: value.owner });
const gone = (id: string): Told => ({ table: 'contacts', id, value: null, scope: 'company' });
const contact = (id: string, ...keys: string[]): Told => ({
  table: 'contacts',
  id,
  value: { book: 'company', keys: keys.map((key) => [key]) },
  scope: 'company',
});
/** Everything that is due, by owner. */
function dueOf({ due }: CallNamingNews): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (let next = due.take(); next; next = due.take()) all[next[0]] = { ...next[1] };
  return all;
}

describe('what has to be looked up again', () => {
  test('is due for those alone who have the number in any spelling', () => {
    const news = newsOf();
    news.endReading();
    for (const one of [row('1001', '020 7946 0000'), row('1002', '9 020 7946 0000'), row('1003', '020 7946 0001')])
      news.hear(told(one));
    dueOf(news);
    news.hear(contact('a', ADA));
    expect(dueOf(news)).toEqual({
      1001: { isAll: false, isForced: false, forms: new Map([['9460000', false]]), rows: new Set() },
      1002: { isAll: false, isForced: false, forms: new Map([['9460000', false]]), rows: new Set() },
    });
    news.hear(contact('b', '+442079460009'));
    expect(dueOf(news)).toEqual({});
  });

  test('beyond five hundred numbers or rows of one owner is all of his', () => {
    const due = new CallNamingDue();
    for (let n = 0; n <= 500; n += 1) {
      due.addForm('1001', `${n}`, n === 7);
      due.addRow('1002', `${n}`);
    }
    const taken = [due.take(), due.take(), due.take()];
    const none = { forms: new Map(), rows: new Set() };
    expect(taken).toEqual([
      ['1001', { isAll: true, isForced: true, ...none }],
      ['1002', { isAll: true, isForced: false, ...none }],
      undefined,
    ]);
  });

  test('beyond fifty thousand changes while the histories are read is everything', () => {
    const news = newsOf();
    for (let n = 0; n < 25_001; n += 1) news.hear(contact(`${n}`, `+4420${70_000_000 + n}`));
    news.read({ id: 'x', value: row('1001', '1002'), rev: 1 }, new Set(['company']));
    expect(dueOf(news)).toEqual({});
    news.endReading();
    expect(dueOf(news)).toEqual({ 1001: { isAll: true, isForced: false, forms: new Map(), rows: new Set() } });
  });
});

test('contacts that left their books are remembered, fifty thousand of them', () => {
  const news = newsOf();
  news.endReading();
  for (let n = 0; n <= 50_000; n += 1) news.hear(gone(`${n}`));
  const isOutdated = (id: string) => news.isOutdated({ name: 'Ada', contact: id, book: 'company' });
  expect([isOutdated('0'), isOutdated('1'), isOutdated('50000'), isOutdated('50001')]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(news.isOutdated({ name: 'Bo', extension: '1' })).toBe(false);
});

describe('the index of numbers', () => {
  test('forgets what a history has no more, and keeps what came while it was read', () => {
    const index = new CallNamingIndex();
    index.add(row('1001', 'a'), 'a');
    index.add(row('1001', 'b'), 'b');
    index.add(row('1002', 'a'), 'a');
    index.reread('1001');
    index.add(row('1001', 'c'), 'c');
    index.replace('1001', new Set(['b']));
    const owners = ['a', 'b', 'c'].map((form) => [...index.ownersOf(form)]);
    expect(owners).toEqual([['1002'], ['1001'], ['1001']]);
    index.reread('1002');
    index.replace('1002', new Set());
    expect([index.has('1001'), index.has('1002'), [...index.ownersOf('a')]]).toEqual([true, false, []]);
  });
});

describe('the form of a number', () => {
  test.each([
    ['020 7946 0000', '9460000'],
    ['+44 20 7946 0000', '9460000'],
    ['79460000', '9460000'],
    ['020 7946 0000 ext. 12', '9460000'],
    ['1001', '#1001'],
    ['10-01', '#1001'],
    ['*97', '#*97'],
    ['', undefined],
    ['anonymous', undefined],
  ])('of %j is %j', (number, form) => {
    expect([forms.of(number), forms.of(number)]).toEqual([form, form]);
  });

  test('of a contact is each of its numbers once, as it is of the number itself', () => {
    const keys = [[ADA], ['+442079460000x12', ADA], ['#1001']];
    expect(forms.ofContact({ keys } as never)).toEqual(['9460000', '#1001']);
  });

  test('without last digits is the whole number', () => {
    const whole = new LookupForms({ numbering: { country: 'GB', outsideLine: '' }, order: [], lastDigits: 0 });
    expect([whole.of('020 7946 0000'), whole.of('79460000'), whole.rules === forms.rules]).toEqual([
      ADA,
      '#79460000',
      false,
    ]);
  });
});
