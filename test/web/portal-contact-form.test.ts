import { describe, expect, test } from 'vitest';
import type { ContactFields } from '../../client/types.ts';
import { addressLines } from '../../web/src/contacts/address-lines.ts';
import { changedFields, fieldsOf, formOf, patchOf, placeIssues } from '../../web/src/contacts/contact-form.ts';

const ada: ContactFields = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  company: 'Analytical Engines',
  title: 'Countess',
  numbers: [
    { type: 'business', number: '+44 20 7946 0000' },
    { type: 'mobile', number: '+44 7700 900123' },
  ],
  emails: [{ type: 'work', address: 'ada@example.com' }],
  addresses: [{ type: 'home', street: '12 St James’s Square', city: 'London', zip: 'SW1Y 4JH', country: 'UK' }],
  remark: 'first line\nsecond line',
};

describe('the form of a contact', () => {
  test('gives back what it was filled with', () => {
    expect(fieldsOf(formOf(ada))).toEqual(ada);
    expect(changedFields(ada, fieldsOf(formOf(ada)))).toEqual([]);
    expect(patchOf(ada, fieldsOf(formOf(ada)))).toEqual({});
  });

  test('of a new contact has one row for a number, with the number that is to be added', () => {
    expect(formOf(undefined, '123').numbers).toMatchObject([{ type: 'business', number: '123' }]);
    expect(fieldsOf(formOf(undefined))).toEqual({ numbers: [] });
  });

  test('leaves out rows and lines in which nothing is entered, and spaces at the ends', () => {
    const form = formOf({ ...ada, firstName: '  Ada ' });
    const entered = {
      ...form,
      title: '  ',
      numbers: [{ key: 'x', type: 'other' as const, number: ' ' }, ...form.numbers],
      emails: [...form.emails, { key: 'y', type: 'home' as const, address: '' }],
      addresses: [{ key: 'z', type: 'work' as const, street: '', zip: ' ', city: '', state: '', country: '' }],
    };
    const { title: _, addresses: __, ...left } = ada;
    expect(fieldsOf(entered)).toEqual(left);
  });

  test('says what was changed, field by field; null takes a field away, and order counts', () => {
    const after = fieldsOf({ ...formOf(ada), title: '', company: 'Globex', numbers: formOf(ada).numbers.toReversed() });
    expect(changedFields(ada, after)).toEqual(['company', 'title', 'numbers']);
    expect(patchOf(ada, after)).toEqual({
      company: 'Globex',
      title: null,
      numbers: [
        { type: 'mobile', number: '+44 7700 900123' },
        { type: 'business', number: '+44 20 7946 0000' },
      ],
    });
  });

  test('looks past the order of keys', () => {
    const other: ContactFields = { ...ada, emails: [{ address: 'ada@example.com', type: 'work' }] };
    expect(changedFields(ada, other)).toEqual([]);
  });
});

describe('what the server finds wrong', () => {
  const words = (message: string) => `told: ${message}`;

  test('stands at its row, also when rows before it were left empty', () => {
    const form = {
      ...formOf(ada),
      numbers: [
        { key: 'empty', type: 'other' as const, number: '' },
        { key: 'first', type: 'mobile' as const, number: '12/34' },
        { key: 'second', type: 'mobile' as const, number: '?' },
      ],
    };
    const issues = [
      { path: 'contact.numbers.1.number', message: 'one' },
      { path: 'patch.numbers.0.number', message: 'two' },
      { path: 'contact.firstName', message: 'three' },
      { path: 'contact', message: 'four' },
      { path: 'contact.numbers', message: 'five' },
      { path: 'contact.emails.7.address', message: 'six' },
    ];
    expect(placeIssues(form, issues, words)).toEqual({
      'numbers.second.number': 'told: one',
      'numbers.first.number': 'told: two',
      firstName: 'told: three',
      '': 'told: four',
      numbers: 'told: five',
      emails: 'told: six',
    });
  });

  test('is told once for each place', () => {
    const issues = ['a', 'b'].map((message) => ({ path: 'contact.title', message }));
    expect(placeIssues(formOf(ada), issues, words)).toEqual({ title: 'told: a' });
  });
});

test('an address is written as on paper', () => {
  expect(
    addressLines({ type: 'home', street: '1 Road', zip: '12345', city: 'Town', state: 'Shire', country: 'UK' }),
  ).toEqual(['1 Road', '12345 Town, Shire', 'UK']);
  expect(addressLines({ type: 'home', state: 'Shire' })).toEqual(['Shire']);
});
