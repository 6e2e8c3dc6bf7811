import { describe, expect, test } from 'vitest';
import { CallNamingDue } from '../../src/service/call-naming-due.ts';
import { MovedContacts } from '../../src/service/call-naming-moved.ts';
import { CallNamingNews } from '../../src/service/call-naming-news.ts';
import type { CallRow, KnownParty } from '../../src/service/call-row.ts';
import { LookupForms } from '../../src/service/lookup-forms.ts';
import type { Told } from '../../src/service/store.ts';
import { MemoryStore } from '../support/memory-store.ts';

const ADA = '+442079460000';
const forms = new LookupForms({ numbering: { country: 'GB', outsideLine: '9' }, order: ['company'], lastDigits: 7 });

interface DueInShort {
  readonly forms?: readonly string[];
  readonly sources?: readonly string[];
  readonly isAll?: boolean;
  readonly isForced?: boolean;
}

function newsOf(): CallNamingNews {
  return new CallNamingNews({
    store: new MemoryStore(),
    lookup: { forms, reach: () => 'all' },
    moved: new MovedContacts(),
  });
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
/** What is due of one owner. */
const only = ({ forms = [], sources = [], isAll = false, isForced = false }: DueInShort) => ({
  ...{ isAll, isForced, forms: new Set(forms), sources: new Set(sources), rows: new Set() },
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
      1001: { ...only({ forms: ['9460000'] }) },
      1002: { ...only({ forms: ['9460000'] }) },
    });
    news.hear(contact('b', '+442079460009'));
    expect(dueOf(news)).toEqual({});
  });

  test('and told again is what is named by a contact that went, whoever else has its number', () => {
    const news = newsOf();
    news.endReading();
    news.hear(told(row('1001', ADA, { name: 'Ada', contact: 'a', book: 'personal:1001' })));
    news.hear(told(row('1002', ADA, { name: 'Ada Ltd', contact: 'b', book: 'company' })));
    dueOf(news);
    news.hear(gone('a'));
    const due = only({ forms: ['9460000'], sources: ['contact:a'] });
    expect(dueOf(news)).toEqual({ 1001: due, 1002: due });
  });

  test('also of what went while the histories were read', () => {
    const news = newsOf();
    news.hear(gone('a'));
    news.hear(gone('c'));
    const rows = [
      row('1001', ADA, { name: 'Ada', contact: 'a', book: 'company' }),
      row('1002', ADA, { name: 'Ada Ltd', contact: 'b', book: 'company' }),
    ];
    for (const value of rows) news.read({ id: value.call, value, rev: 1 }, new Set(['company']));
    news.endReading();
    expect(dueOf(news)).toEqual({ 1001: only({ forms: ['9460000'], sources: ['contact:a'] }) });
  });

  test('beyond five hundred numbers, sources or rows of one owner is all of his', () => {
    const due = new CallNamingDue();
    for (let n = 0; n <= 500; n += 1) {
      due.addForm('1001', `${n}`, n === 7 ? 'contact:a' : undefined);
      due.addRow('1002', `${n}`);
      due.addForm('1003', 'x', `contact:${n}`);
    }
    const taken = [due.take(), due.take(), due.take(), due.take()];
    expect(taken).toEqual([
      ['1001', only({ isAll: true, sources: ['contact:a'] })],
      ['1002', only({ isAll: true })],
      ['1003', only({ isAll: true, isForced: true, forms: ['x'] })],
      undefined,
    ]);
  });

  test('is as due as before when it is put back', () => {
    const due = new CallNamingDue();
    due.addForm('1001', 'x', 'contact:a');
    due.addRow('1001', 'y');
    const taken = due.take();
    if (taken) due.putBack(...taken);
    expect(due.take()).toEqual(['1001', { ...only({ forms: ['x'], sources: ['contact:a'] }), rows: new Set(['y']) }]);
  });

  test('beyond fifty thousand changes while the histories are read is everything', () => {
    const news = newsOf();
    for (let n = 0; n < 25_001; n += 1) news.hear(contact(`${n}`, `+4420${70_000_000 + n}`));
    news.read({ id: 'x', value: row('1001', '1002'), rev: 1 }, new Set(['company']));
    expect(dueOf(news)).toEqual({});
    news.endReading();
    expect(dueOf(news)).toEqual({ 1001: only({ isAll: true }) });
  });
});

test('contacts that left their books are remembered, fifty thousand of them', async () => {
  const store = new MemoryStore();
  const moved = new MovedContacts();
  const stop = moved.follow(store);
  const writes = Array.from({ length: 50_001 }, (_, n) => ({ table: 'contacts' as const, id: `${n}` }));
  await store.commit(writes.map((write) => ({ ...write, value: { book: 'company' } })));
  await store.commit(writes.map((write) => ({ ...write, value: null })));
  const isOutdated = (id: string) => moved.isOutdated({ name: 'Ada', contact: id, book: 'company' });
  const all = () => ['0', '1', '50000', '50001'].map(isOutdated);
  expect(all()).toEqual([false, true, true, false]);
  expect(moved.isOutdated({ name: 'Bo', extension: '1' })).toBe(false);
  await store.commit([{ table: 'contacts', id: '50001', value: { book: 'company' } }]);
  await store.commit([{ table: 'contacts', id: '50001', value: { book: 'other' } }]);
  expect(all()).toEqual([false, false, true, true]);
  stop();
  await store.commit([{ table: 'contacts', id: '50000', value: { book: 'company' } }]);
  expect(all()).toEqual([false, false, true, true]);
});
