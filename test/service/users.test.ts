import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { readParams } from '../../src/protocol/methods.ts';
import type { UserPatch } from '../../src/service/users-row.ts';
import { ADMIN, ALICE, HOME, openHouse, openHouseWithUsers, rejection } from '../support/log-in-house.ts';

const ALICE_VIEW = {
  id: '1001',
  name: 'Alice',
  email: 'Alice@Example.com',
  groups: [],
  admin: false,
  disabled: false,
  hasPassword: true,
};

describe('setting a user', () => {
  test('makes one that is unknown, and shows no password', async () => {
    const { users } = openHouse();
    const bare = { id: '2001', groups: [], admin: false, disabled: false, hasPassword: false };
    expect(await users.set({ id: '2001' })).toEqual(bare);
    expect(await users.set(ALICE)).toEqual(ALICE_VIEW);
    expect(users.list()).toEqual([ALICE_VIEW, bare]);
    expect([users.get('1001'), users.get('9999')]).toEqual([ALICE_VIEW, undefined]);
  });

  test('changes only what is named, and takes away what is empty', async () => {
    const { users } = await openHouseWithUsers();
    const full = { ...ALICE_VIEW, mobile: '+49 (170) 123-45', groups: ['Sales', 'Führung'] };
    expect(
      await users.set({ id: '1001', mobile: ' +49 (170) 123-45 ', groups: ['Sales', ' Führung', 'Sales'] }),
    ).toEqual(full);
    expect(await users.set({ id: '1001', admin: true })).toEqual({ ...full, admin: true });
    const { id, groups } = full;
    expect(await users.set({ id, name: '', email: '', mobile: '', password: null })).toEqual({
      id,
      groups,
      admin: true,
      disabled: false,
      hasPassword: false,
    });
  });

  test('P110: keeps the numbers that are let through as they were written, until another list or none is set', async () => {
    const { users, store } = await openHouseWithUsers();
    const letThrough = ['+44 20 7946 0000', '1003', '(020) 7946‑0001'];
    const full = { ...ALICE_VIEW, letThrough: ['+44 20 7946 0000', '1003', '(020) 7946-0001'] };
    expect(await users.set({ id: '1001', letThrough: [...letThrough, ' 1003 '] })).toEqual(full);
    expect(await users.set({ id: '1001', name: 'Alice B.', password: 'alice keeps cats' })).toEqual({
      ...full,
      name: 'Alice B.',
    });
    await users.setAs({ extension: '1000', login: 'mine', address: HOME }, { id: '1001', name: 'Alice' });
    expect(openHouse(store).users.get('1001')).toEqual(full);
    expect(await users.set({ id: '1001', letThrough: ['1002'] })).toEqual({ ...full, letThrough: ['1002'] });
    expect(await users.set({ id: '1001', letThrough: [] })).toEqual(ALICE_VIEW);
    expect(store.get('users', '1001')?.value).not.toHaveProperty('letThrough');
  });

  test('P115: the numbers that are let through are the operator’s to set, and no client’s', () => {
    expect(() => readParams('users.set', { id: '1001', letThrough: ['1002'] })).toThrow(
      expect.objectContaining({ code: 'params' }),
    );
  });

  test('writes one row and nothing when nothing differs', async () => {
    const { users, commits } = await openHouseWithUsers();
    await users.set({ id: '1001', name: 'Alice', groups: [] });
    expect(commits).toEqual([]);
    await users.set({ id: '1001', groups: ['Sales'] });
    expect(commits.map((commit) => commit.writes.map(({ table, id }) => `${table} ${id}`))).toEqual([['users 1001']]);
  });

  test.each<[string, UserPatch, string[]]>([
    ['number', { id: '1' }, ['id: must be an extension number of 2 to 12 digits']],
    ['number', { id: '1234567890123' }, ['id: must be an extension number of 2 to 12 digits']],
    ['number', { id: '10O1' }, ['id: must be an extension number of 2 to 12 digits']],
    ['name', { id: '1001', name: 'x'.repeat(128) }, ['name: must have at most 127 characters']],
    ['name', { id: '1001', name: 'Al\r\nice' }, ['name: must hold no control characters']],
    ['name', { id: '1001', name: 'Al\u{2028}ice' }, ['name: must hold no control characters']],
    ['name', { id: '1001', name: 'Al\ud800ice' }, ['name: must hold no control characters']],
    ['e-mail', { id: '1001', email: 'alice' }, ['email: must be an e-mail address such as alice@example.com']],
    ['e-mail', { id: '1001', email: 'a@b@c' }, ['email: must be an e-mail address such as alice@example.com']],
    ['e-mail', { id: '1001', email: 'a b@c.de' }, ['email: must be an e-mail address such as alice@example.com']],
    ['e-mail', { id: '1001', email: `a@${'b'.repeat(254)}` }, ['email: must have at most 255 characters']],
    ['mobile', { id: '1001', mobile: '0170;123' }, ['mobile: may hold digits, letters, spaces and ( ) . - + * #']],
    ['mobile', { id: '1001', mobile: '0'.repeat(32) }, ['mobile: must have at most 31 characters']],
    ['groups', { id: '1001', groups: Array(51).fill('a') }, ['groups: must be at most 50 groups']],
    ['group', { id: '1001', groups: ['a', 'x'.repeat(64)] }, ['groups.1: must have at most 63 characters']],
    ['group', { id: '1001', groups: [' '] }, ['groups.0: must not be empty']],
    [
      'number to let through',
      { id: '1001', letThrough: ['1003', 'call me', '', '０', '1'.repeat(32), '020;7946', '1\u0007'] },
      [
        'letThrough.1: must hold at least one digit',
        'letThrough.2: must not be empty',
        'letThrough.4: must have at most 31 characters',
        'letThrough.5: may hold digits, letters, spaces and ( ) . - + * # only, not ;',
        'letThrough.6: must hold no control characters or line breaks',
      ],
    ],
    [
      'list to let through',
      { id: '1001', letThrough: Array(101).fill('1') },
      ['letThrough: must be at most 100 numbers'],
    ],
    ['password', { id: '1001', password: 'short' }, ['password: the password is too short: at least 8 characters']],
    [
      'field of several',
      { id: 'x', name: '\u0000', email: '@' },
      [
        'id: must be an extension number of 2 to 12 digits',
        'name: must hold no control characters',
        'email: must be an e-mail address such as alice@example.com',
      ],
    ],
  ])('refuses a wrong %s: %j', async (_, patch, wrong) => {
    const { users, commits } = openHouse();
    const error = await rejection(users.set(patch));
    if (!(error instanceof Failure)) throw error;
    expect(error.code).toBe('params');
    expect(error.detail.issues?.map(({ path, message }) => `${path}: ${message}`)).toEqual(wrong);
    expect(commits).toEqual([]);
  });

  test('takes the longest of everything', async () => {
    const { users } = openHouse();
    const groups = Array.from({ length: 50 }, (_, n) => `${n}`.padStart(63, 'g'));
    const email = `${'a'.repeat(64)}@${'b'.repeat(190)}`;
    const letThrough = Array.from({ length: 100 }, (_, n) => `+${`${n}`.padStart(30, '0')}`);
    const patch = { id: '12345678', name: 'x'.repeat(127), email, mobile: '1'.repeat(31), groups, letThrough };
    expect(await users.set(patch)).toEqual({ ...patch, admin: false, disabled: false, hasPassword: false });
  });

  test('refuses an e-mail that another user has in any case, also when both are set at once', async () => {
    const { users } = await openHouseWithUsers();
    const taken = new Failure('conflict', 'another user has this e-mail address', { reason: 'email_taken' });
    expect(await rejection(users.set({ id: '1002', email: 'ALICE@example.COM' }))).toEqual(taken);
    const [first, second] = await Promise.allSettled([
      users.set({ id: '1003', email: 'new@example.com' }),
      users.set({ id: '1004', email: 'New@example.com' }),
    ]);
    expect([first.status, second]).toEqual(['fulfilled', { status: 'rejected', reason: taken }]);
    await users.set({ id: '1001', email: 'alice@example.com' });
    await users.set({ id: '1001', email: '' });
    expect((await users.set({ id: '1002', email: 'alice@example.com' })).email).toBe('alice@example.com');
  });

  test('loses no field when two are set at once', async () => {
    const { users } = await openHouseWithUsers();
    await Promise.all([
      users.set({ id: '1001', mobile: '0170' }),
      users.set({ id: '1001', groups: ['Sales'] }),
      users.set({ id: '1001', name: 'Alice B.' }),
    ]);
    expect(users.get('1001')).toEqual({ ...ALICE_VIEW, name: 'Alice B.', mobile: '0170', groups: ['Sales'] });
  });

  test('stops at 20,000 users', async () => {
    const { users, store } = openHouse();
    const rows = Array.from({ length: 20_000 }, (_, n) => `${10_000 + n}`);
    store.note(rows.map((id) => ({ table: 'users', id, value: { id, groups: [], admin: false, disabled: false } })));
    expect(await rejection(users.set({ id: '99' }))).toEqual(new Failure('too_large', 'at most 20000 users'));
    expect(await users.set({ id: '10000', name: 'Zoe' })).toMatchObject({ id: '10000', name: 'Zoe' });
  });

  test('changes nothing when the store is full', async () => {
    const { users, store } = await openHouseWithUsers();
    store.fail();
    expect(await rejection(users.set({ id: '1001', name: 'Bob' }))).toMatchObject({ code: 'storage' });
    expect(users.get('1001')).toEqual(ALICE_VIEW);
  });
});

describe('removing a user', () => {
  test('takes him and his log-ins away in one commit, and marks his contacts to be removed', async () => {
    const { users, logIn, commits } = await openHouseWithUsers();
    const { login } = await logIn('1001', ALICE.password);
    const { login: other } = await logIn('1000', ADMIN.password);
    commits.length = 0;
    await users.remove('1001');
    expect(commits.map((commit) => commit.writes)).toEqual([
      [
        { table: 'users', id: '1001', value: null },
        { table: 'sweeps', id: 'personal:1001', value: {} },
        { table: 'logins', id: login.id, value: null },
      ],
      [{ table: 'sweeps', id: 'personal:1001', value: null }],
    ]);
    expect([users.get('1001'), users.find('alice@example.com')]).toEqual([undefined, undefined]);
    expect(users.find('1000')?.id).toBe(other.extension);
  });

  test('that is not there is not found', async () => {
    const { users } = await openHouseWithUsers();
    expect(await rejection(users.remove('1009'))).toEqual(new Failure('not_found', 'there is no such user'));
  });
});

describe('a session that sets a user', () => {
  const actor = (extension: string) => ({ extension, login: 'mine', address: HOME });
  const forbidden = new Failure('forbidden', 'only an administrator may do that; a user may change his own password');

  test('may do everything when its user is an administrator', async () => {
    const { users } = await openHouseWithUsers();
    const made = await users.setAs(actor('1000'), { id: '1002', name: 'Bob', password: 'bob builds things' });
    expect(made).toEqual({ id: '1002', name: 'Bob', groups: [], admin: false, disabled: false, hasPassword: true });
    expect((await users.setAs(actor('1000'), { id: '1000', password: 'another key to it' })).hasPassword).toBe(true);
  });

  test.each<[UserPatch]>([
    [{ id: '1002', password: 'somebody else’s' }],
    [{ id: '1001', admin: true }],
    [{ id: '1001', name: 'Queen Alice' }],
    [{ id: '1001', password: 'my own and more', admin: true }],
    [{ id: '1001', password: null }],
    [{ id: '1001', letThrough: ['1002'] }],
    [{ id: '1001', password: 'my own and more', letThrough: [] }],
    [{ id: '1001' }],
  ])('may not do %j when its user is none', async (request) => {
    const { users, commits } = await openHouseWithUsers();
    expect(await rejection(users.setAs(actor('1001'), { ...request, current: ALICE.password }))).toEqual(forbidden);
    expect(commits).toEqual([]);
  });

  test('may change the own password with the current one', async () => {
    const { users, logIn } = await openHouseWithUsers();
    const request = { id: '1001', password: 'alice keeps cats', current: ALICE.password };
    expect(await users.setAs(actor('1001'), request)).toEqual(ALICE_VIEW);
    expect(await rejection(logIn('1001', ALICE.password))).toMatchObject({ code: 'unauthorized' });
    expect((await logIn('1001', 'alice keeps cats')).user).toEqual(ALICE_VIEW);
  });

  test('may not without the current one, or with a wrong one', async () => {
    const { users, commits } = await openHouseWithUsers();
    const request = { id: '1001', password: 'alice keeps cats' };
    const issues = [{ path: 'current', message: 'is needed to change the password' }];
    expect(await rejection(users.setAs(actor('1001'), request))).toEqual(
      new Failure('params', 'current: is needed to change the password', { issues }),
    );
    expect(await rejection(users.setAs(actor('1001'), { ...request, current: 'a wrong one' }))).toEqual(
      new Failure('forbidden', 'the current password is wrong', { reason: 'wrong_password' }),
    );
    expect(commits).toEqual([]);
  });

  test('may not guess the current one', async () => {
    const { users } = await openHouseWithUsers();
    const request = { id: '1001', password: 'alice keeps cats', current: 'a wrong one' };
    const codes: unknown[] = [];
    for (let n = 0; n < 7; n++) codes.push(((await rejection(users.setAs(actor('1001'), request))) as Failure).code);
    expect(codes).toEqual([...Array(6).fill('forbidden'), 'too_many']);
  });

  test('may do nothing when its user is disabled or gone', async () => {
    const { users } = await openHouseWithUsers();
    await users.set({ id: '1000', disabled: true });
    const failure = new Failure('forbidden', 'this user may not do that');
    expect(await rejection(users.setAs(actor('1000'), { id: '1001', admin: true }))).toEqual(failure);
    expect(await rejection(users.setAs(actor('4711'), { id: '4711', admin: true }))).toEqual(failure);
  });
});
