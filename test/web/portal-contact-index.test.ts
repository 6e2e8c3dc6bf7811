import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contact } from '../../client/types.ts';
import { ContactIndex, listedName, ORDERS, type Order } from '../../web/src/contacts/contact-index.ts';

const contact = (id: string, more: Partial<Contact> = {}): Contact => ({
  ...{ id, book: 'company', kind: 'company', rev: 1, created: '', updated: '' },
  numbers: [{ type: 'business', number: '1' }],
  ...more,
});
const put = (...items: Contact[]) => ({ reset: false, put: items, remove: [] });
const reset = (...items: Contact[]) => ({ reset: true, put: items, remove: [] });
const remove = (...ids: string[]) => ({ reset: false, put: [], remove: ids });
const ids = (list: readonly Contact[]) => list.map(({ id }) => id);

const people = [
  contact('a', { firstName: 'Zoë', lastName: 'Archer', company: 'Zenith' }),
  contact('b', { firstName: 'ada', lastName: 'Zimmer' }),
  contact('c', { company: 'Äpfel & Co' }),
  contact('d', { firstName: 'Ada', lastName: 'Álvarez', company: 'Globex' }),
  contact('e', { numbers: [{ type: 'mobile', number: '+44 1' }] }),
];

describe('contacts in order', () => {
  test.each([
    ['first', ['e', 'd', 'b', 'c', 'a']],
    ['last', ['e', 'd', 'c', 'a', 'b']],
    ['company', ['c', 'd', 'a', 'e', 'b']],
  ] as const)('by %s name stand without regard to case and accents: %j', (order, expected) => {
    const index = new ContactIndex(order);
    index.apply('company', reset(...people));
    expect(ids(index.list())).toEqual(expected);
  });

  test('follow additions, changes and removals', () => {
    const index = new ContactIndex('first');
    index.apply('company', reset(...people));
    index.apply('company', put(contact('f', { firstName: 'Bea' }), contact('a', { firstName: 'Aaron', rev: 2 })));
    expect(ids(index.list())).toEqual(['e', 'a', 'd', 'b', 'c', 'f']);
    index.apply('company', remove('b', 'nobody'));
    expect(ids(index.list())).toEqual(['e', 'a', 'd', 'c', 'f']);
  });

  test('are the same list as long as nothing changes', () => {
    const index = new ContactIndex('first');
    index.apply('company', reset(...people));
    expect(index.list()).toBe(index.list());
    expect(index.list('company')).toBe(index.list('company'));
    const before = index.list();
    index.apply('company', remove('a'));
    expect(index.list()).not.toBe(before);
  });

  test('of one book leave the others out, and go with it', () => {
    const index = new ContactIndex('first');
    index.apply('company', reset(...people));
    index.apply('personal', reset(contact('p', { book: 'personal', kind: 'personal', firstName: 'Pia' })));
    expect(ids(index.list('personal'))).toEqual(['p']);
    expect(ids(index.list())).toEqual(['e', 'd', 'b', 'c', 'p', 'a']);
    index.drop('company');
    expect(ids(index.list())).toEqual(['p']);
    expect(ids(index.list('company'))).toEqual([]);
  });

  test('that move stand once, whichever book tells of it first', () => {
    const before = contact('m', { book: 'company', rev: 1 });
    const after = contact('m', { book: 'personal', kind: 'personal', rev: 2 });
    for (const later of ['remove', 'put'] as const) {
      const index = new ContactIndex('first');
      index.apply('company', reset(before));
      if (later === 'put') index.apply('company', remove('m'));
      index.apply('personal', put(after));
      if (later === 'remove') index.apply('company', remove('m'));
      expect(index.list()).toEqual([after]);
      expect(index.list('personal')).toEqual([after]);
      expect(index.list('company')).toEqual([]);
    }
  });

  test('are after any changes what sorting all of them gives', () => {
    const name = fc.constantFrom('Ada', 'ada', 'Ädam', 'Zoë', 'ß', '', '花子');
    const change = fc.oneof(
      fc.record({ put: fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), name, name)), look: fc.boolean() }),
      fc.record({ remove: fc.array(fc.integer({ min: 0, max: 12 })), look: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(change), fc.constantFrom<Order>(...ORDERS), (changes, order) => {
        const index = new ContactIndex(order);
        const held = new Map<string, Contact>();
        for (const [rev, step] of changes.entries()) {
          if ('put' in step) {
            const items = step.put.map(([n, firstName, company]) => contact(`${n}`, { firstName, company, rev }));
            for (const item of items) held.set(item.id, item);
            index.apply('company', put(...items));
          } else {
            for (const n of step.remove) held.delete(`${n}`);
            index.apply('company', remove(...step.remove.map(String)));
          }
          if (step.look) index.list();
        }
        const fresh = new ContactIndex(order);
        fresh.apply('company', reset(...held.values()));
        expect(index.list()).toEqual(fresh.list());
        expect(new Set(index.list())).toEqual(new Set(held.values()));
      }),
    );
  });
});

test('the part of a name that a list is sorted by comes first', () => {
  const ada = contact('a', { firstName: 'Ada', lastName: 'Lovelace' });
  expect([listedName(ada, 'first'), listedName(ada, 'last')]).toEqual(['Ada Lovelace', 'Lovelace, Ada']);
  expect(listedName(contact('b', { lastName: 'Hopper' }), 'last')).toBe('Hopper');
  expect(listedName(contact('c', { company: 'Globex' }), 'last')).toBe('Globex');
});
