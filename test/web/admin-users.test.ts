import { describe, expect, test } from 'vitest';
import type { User } from '../../client/types.ts';
import { everybody, groupsOf, isFound } from '../../web/src/admin/people.ts';
import {
  changesOf,
  faultsOf,
  formOf,
  passwordFrom,
  risksOf,
  strengthOf,
  withoutUser,
} from '../../web/src/admin/user-form.ts';

const user = (id: string, more: Partial<User> = {}): User => ({
  ...{ id, groups: [], admin: false, disabled: false, hasPassword: true },
  ...more,
});

describe('what is sent of a user', () => {
  const alice = user('1001', { name: 'Alice', email: 'alice@example.com', groups: ['Sales'] });

  test('is nothing when nothing has changed', () => {
    expect(changesOf(alice, formOf(alice))).toBeUndefined();
    expect(changesOf(alice, { ...formOf(alice), name: ' Alice ' })).toBeUndefined();
  });

  test('is only what has changed, empty where it was taken away', () => {
    const form = { ...formOf(alice), email: '', groups: ['Sales', 'Support'], admin: true, password: 'longer than 8' };
    expect(changesOf(alice, form)).toEqual({
      id: '1001',
      email: '',
      groups: ['Sales', 'Support'],
      admin: true,
      password: 'longer than 8',
    });
  });

  test('is the number alone of a new user of whom nothing else is said', () => {
    expect(changesOf(undefined, { ...formOf(), id: ' 1007 ' })).toEqual({ id: '1007' });
  });
});

describe('what is wrong with a form', () => {
  const users = [user('1001', { email: 'Alice@example.com' }), user('1002')];
  const form = { ...formOf(), id: '1003' };

  test('is nothing when all is well', () => {
    expect(faultsOf(undefined, { ...form, email: 'bob@example.com', password: '12345678' }, users)).toEqual({});
  });

  test('is a number that is none, or that another user has', () => {
    expect(faultsOf(undefined, { ...form, id: '1' }, users)).toEqual({ id: 'id_wrong' });
    expect(faultsOf(undefined, { ...form, id: '10a3' }, users)).toEqual({ id: 'id_wrong' });
    expect(faultsOf(undefined, { ...form, id: '1002' }, users)).toEqual({ id: 'id_taken' });
    expect(faultsOf(users[1], formOf(users[1]), users)).toEqual({});
  });

  test('is an e-mail address that is none, or that another user has in any case', () => {
    expect(faultsOf(undefined, { ...form, email: 'bob' }, users)).toEqual({ email: 'email_wrong' });
    expect(faultsOf(undefined, { ...form, email: 'ALICE@EXAMPLE.COM' }, users)).toEqual({ email: 'email_taken' });
    expect(faultsOf(users[0], formOf(users[0]), users)).toEqual({});
  });

  test('is a mobile number with strange characters, or a name that is too long', () => {
    expect(faultsOf(undefined, { ...form, mobile: '+49 (170) 12-34*#' }, users)).toEqual({});
    expect(faultsOf(undefined, { ...form, mobile: '!!' }, users)).toEqual({ mobile: 'mobile_wrong' });
    expect(faultsOf(undefined, { ...form, mobile: '1'.repeat(32) }, users)).toEqual({ mobile: 'mobile_wrong' });
    expect(faultsOf(undefined, { ...form, name: 'x'.repeat(128) }, users)).toEqual({ name: 'name_long' });
  });

  test('is a password that is too short or too long, counted in characters', () => {
    expect(faultsOf(undefined, { ...form, password: '1234567' }, users)).toEqual({ password: 'password_short' });
    expect(faultsOf(undefined, { ...form, password: '🔑'.repeat(8) }, users)).toEqual({});
    expect(faultsOf(undefined, { ...form, password: 'x'.repeat(257) }, users)).toEqual({ password: 'password_long' });
  });
});

describe('what an administrator should think over', () => {
  const own = user('1000', { admin: true });
  const other = user('1001', { admin: true });
  const plain = user('1002');

  test('is taking his own right away, or locking himself out', () => {
    expect(risksOf(own, { ...formOf(own), admin: false }, [own, other, plain], '1000')).toEqual(['own_admin']);
    expect(risksOf(own, { ...formOf(own), disabled: true }, [own, other, plain], '1000')).toEqual(['own_disabled']);
  });

  test('is that nobody would be an administrator any more', () => {
    expect(risksOf(own, { ...formOf(own), admin: false }, [own, plain], '1000')).toEqual(['own_admin', 'last_admin']);
    const gone = user('1001', { admin: true, disabled: true });
    expect(risksOf(own, { ...formOf(own), disabled: true }, [own, gone], '1000')).toEqual([
      'own_disabled',
      'last_admin',
    ]);
    expect(risksOf(other, { ...formOf(other), admin: false }, [other, plain], '1002')).toEqual(['last_admin']);
  });

  test('is nothing otherwise', () => {
    expect(risksOf(other, { ...formOf(other), admin: false }, [own, other], '1000')).toEqual([]);
    expect(risksOf(plain, { ...formOf(plain), disabled: true }, [own, plain], '1000')).toEqual([]);
    expect(risksOf(undefined, { ...formOf(), id: '1005' }, [own], '1000')).toEqual([]);
  });
});

describe('people', () => {
  test('are users and extensions, by number, with the better name and the groups of the user', () => {
    const users = [user('1002', { name: 'Bob', groups: ['Sales'] }), user('99'), user('1003')];
    const extensions = [
      { id: '1001', name: 'Alice' },
      { id: '1002', name: 'bob (SIP)' },
      { id: '1003', name: 'Carol' },
    ];
    expect(everybody(users, extensions)).toEqual([
      { extension: '99', name: '99', groups: [] },
      { extension: '1001', name: 'Alice', groups: [] },
      { extension: '1002', name: 'Bob', groups: ['Sales'] },
      { extension: '1003', name: 'Carol', groups: [] },
    ]);
  });

  test('are found by parts of words without accents and case', () => {
    expect(isFound('mul 10', ['1001', 'Jörg Müller'])).toBe(true);
    expect(isFound('jorg', ['1001', 'Jörg Müller', undefined])).toBe(true);
    expect(isFound('', ['1001'])).toBe(true);
    expect(isFound('mul 11', ['1001', 'Jörg Müller'])).toBe(false);
  });

  test('have the groups that any of them is in, once, by name', () => {
    expect(groupsOf([user('1', { groups: ['Sales', 'Berlin'] }), user('2', { groups: ['Sales'] })])).toEqual([
      'Berlin',
      'Sales',
    ]);
  });

  test('are offered as users when they have an extension and no user', () => {
    const extensions = [{ id: '1001' }, { id: '1002' }, { id: 'door' }];
    expect(withoutUser(extensions, [user('1001')])).toEqual([{ id: '1002' }]);
  });
});

test('the strength of a password rises with its length and variety', () => {
  expect(
    ['short', 'aaaaaaaaaaaa', 'lowercase', 'Better2026', 'Better, 2026', 'Much longer, and 2 kinds'].map(strengthOf),
  ).toEqual([0, 1, 1, 2, 3, 3]);
});

test('a password made up has 14 characters that cannot be mistaken, each by its random number', () => {
  expect(passwordFrom(Uint32Array.from({ length: 20 }, (_, i) => i))).toBe('abcdefghijkmnp');
  expect(passwordFrom(new Uint32Array(14).fill(0xffffffff))).toMatch(/^[a-zA-Z2-9]{14}$/);
});
