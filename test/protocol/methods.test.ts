import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure, type Issue } from '../../src/domain/failure.ts';
import { isMethod, METHODS, type Method, readParams } from '../../src/protocol/methods.ts';

const CLIENT = { platform: 'web', version: '1.0' };
const RULE = { who: { everyone: true }, books: '*', view: true, manage: false };
const METHOD_NAMES = Object.keys(METHODS) as Method[];

/** The issues that params are refused with, or the params as read. */
function read(method: Method, params: unknown): unknown {
  try {
    return readParams(method, params);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'params') throw error;
    return error.detail.issues;
  }
}

function paths(method: Method, params: unknown): string[] {
  return (read(method, params) as Issue[]).map(({ path }) => path);
}

describe('methods', () => {
  test('are those of the protocol that this version serves', () => {
    expect(METHOD_NAMES).toEqual([
      'session.open',
      'session.renew',
      'session.close',
      'session.list',
      'session.revoke',
      'session.ping',
      'sync.open',
      'presence.set',
      'contacts.create',
      'contacts.update',
      'contacts.addNumber',
      'contacts.move',
      'contacts.delete',
      'contacts.search',
      'lookup.number',
      'favorites.add',
      'favorites.remove',
      'calls.dial',
      'messages.send',
      'messages.read',
      'books.create',
      'books.rename',
      'books.delete',
      'permissions.set',
      'visibility.set',
      'users.set',
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'session.Open'])(
    'do not include %j',
    (name) => {
      expect(isMethod(name)).toBe(false);
    },
  );
});

describe('params', () => {
  test('of session.open are read with a password or a token', () => {
    const byPassword = { client: { ...CLIENT, name: 'desk' }, auth: { login: '1001', password: 'p' } };
    expect(read('session.open', byPassword)).toEqual(byPassword);
    const byToken = { client: CLIENT, auth: { token: 't' } };
    expect(read('session.open', byToken)).toEqual(byToken);
  });

  const wrong: [string, Method, unknown, string[]][] = [
    ['nothing', 'session.open', {}, ['client', 'auth']],
    [
      'a password and a token',
      'session.open',
      { client: CLIENT, auth: { login: '1', password: 'p', token: 't' } },
      ['auth'],
    ],
    ['no way to log in', 'session.open', { client: CLIENT, auth: {} }, ['auth']],
    ['an empty token', 'session.open', { client: CLIENT, auth: { token: '' } }, ['auth.token']],
    [
      'an unknown platform',
      'session.open',
      { client: { ...CLIENT, platform: 'toaster' }, auth: { token: 't' } },
      ['client.platform'],
    ],
    [
      'a huge version',
      'session.open',
      { client: { ...CLIENT, version: '1'.repeat(65) }, auth: { token: 't' } },
      ['client.version'],
    ],
    ['a key more', 'session.open', { client: CLIENT, auth: { token: 't' }, admin: true }, ['admin']],
    ['a key of the prototype', 'session.ping', JSON.parse('{"__proto__":{"x":1}}'), ['__proto__']],
    ['a status that is none', 'presence.set', { status: 'toString' }, ['status']],
    ['no status', 'presence.set', { note: 'x' }, ['status']],
    ['a note too long', 'presence.set', { status: 'away', note: 'n'.repeat(201) }, ['note']],
    ['an extension too long', 'presence.set', { status: 'away', extension: '1'.repeat(17) }, ['extension']],
    ['a number as extension', 'presence.set', { status: 'away', extension: 1001 }, ['extension']],
    ['a time without a zone', 'presence.set', { status: 'away', until: '2026-11-21T13:00:00' }, ['until']],
    ['a day that is none', 'presence.set', { status: 'away', until: '2026-02-30T13:00:00Z' }, ['until']],
    ['a time that is a number', 'presence.set', { status: 'away', until: 1_800_000_000_000 }, ['until']],
    ['collections that are no list', 'sync.open', { collections: 'presence' }, ['collections']],
    ['too many collections', 'sync.open', { collections: Array(1001).fill('presence') }, ['collections']],
    ['a collection that is no text', 'sync.open', { collections: ['pbx', null] }, ['collections.1']],
    ['positions instead of names', 'session.list', [1], ['']],
    ['cursors that are a list', 'sync.open', { collections: [], cursors: ['c'] }, ['cursors']],
    ['no book', 'contacts.create', { contact: {} }, ['book']],
    ['no contact', 'contacts.create', { book: 'company' }, ['contact']],
    ['a list as contact', 'contacts.create', { book: 'company', contact: [] }, ['contact']],
    ['an id that is no UUID', 'contacts.create', { book: 'company', contact: {}, id: '7' }, ['id']],
    ['a text as patch', 'contacts.update', { id: 'x', patch: 'x' }, ['patch']],
    ['no patch', 'contacts.update', { id: 'x' }, ['patch']],
    ['half a rev', 'contacts.update', { id: 'x', patch: {}, ifRev: 1.5 }, ['ifRev']],
    ['an id too long', 'contacts.move', { id: 'x'.repeat(65), book: 'company' }, ['id']],
    ['no book to move to', 'contacts.move', { id: 'x' }, ['book']],
    ['nothing to delete', 'contacts.delete', {}, ['']],
    ['one and several to delete', 'contacts.delete', { id: 'x', ids: ['x'] }, ['']],
    ['a rev of several', 'contacts.delete', { ids: ['x'], ifRev: 1 }, ['']],
    ['too many to delete', 'contacts.delete', { ids: Array(5001).fill('x') }, ['ids']],
    ['a key more to delete', 'contacts.delete', { id: 'x', book: 'company' }, ['book']],
    ['no text to search', 'contacts.search', {}, ['text']],
    ['a text too long', 'contacts.search', { text: 'x'.repeat(256) }, ['text']],
    ['too many found', 'contacts.search', { text: 'x', limit: 501 }, ['limit']],
    ['nothing found', 'contacts.search', { text: 'x', limit: 0 }, ['limit']],
    ['too many books', 'contacts.search', { text: 'x', books: Array(501).fill('company') }, ['books']],
    ['an empty favourite', 'favorites.add', { id: '' }, ['id']],
    ['a favourite too long', 'favorites.remove', { id: 'x'.repeat(97) }, ['id']],
    ['a number as name', 'books.create', { name: 7 }, ['name']],
    ['no name', 'books.rename', { id: 'x' }, ['name']],
    ['no book to delete', 'books.delete', {}, ['id']],
    ['no rules', 'permissions.set', {}, ['rules']],
    ['a rule for nobody', 'permissions.set', { rules: [{ ...RULE, who: {} }] }, ['rules.0.who']],
    [
      'a rule for two',
      'permissions.set',
      { rules: [RULE, { ...RULE, who: { extension: '1', group: 'x' } }] },
      ['rules.1.who'],
    ],
    ['a rule for not everyone', 'permissions.set', { rules: [{ ...RULE, who: { everyone: false } }] }, ['rules.0.who']],
    [
      'a rule for an empty group',
      'permissions.set',
      { rules: [{ ...RULE, who: { group: '' } }] },
      ['rules.0.who.group'],
    ],
    ['a rule without books', 'permissions.set', { rules: [{ ...RULE, books: [] }] }, ['rules.0.books']],
    ['a rule for one book as text', 'permissions.set', { rules: [{ ...RULE, books: 'company' }] }, ['rules.0.books']],
    [
      'a rule without rights',
      'permissions.set',
      { rules: [{ who: RULE.who, books: '*' }] },
      ['rules.0.view', 'rules.0.manage'],
    ],
    ['a rule with an odd id', 'permissions.set', { rules: [{ ...RULE, id: 'a b' }] }, ['rules.0.id']],
    ['a rule with a key more', 'permissions.set', { rules: [{ ...RULE, see: true }] }, ['rules.0.see']],
    ['a rule about nobody', 'visibility.set', { rules: [{ who: { everyone: true }, see: true }] }, ['rules.0.whom']],
    ['rules beyond reading', 'visibility.set', { rules: Array(10_001).fill(null) }, ['rules']],
    ['no user', 'users.set', { name: 'x' }, ['id']],
    ['admin as a text', 'users.set', { id: '1001', admin: 'yes' }, ['admin']],
    ['groups as a text', 'users.set', { id: '1001', groups: 'sales' }, ['groups']],
  ];
  test.each(wrong)('with %s are refused (%s)', (_, method, params, expected) => {
    expect(paths(method, params)).toEqual(expected);
  });

  test('of contacts are read as they are, with a new id in lower case', () => {
    const contact = JSON.parse('{"firstName":"Ada","__proto__":{"x":1},"numbers":[]}');
    const id = 'ABCDEF00-0000-1000-8000-00000000000A';
    const created = readParams('contacts.create', { book: 'company', contact, id });
    expect(created).toEqual({ book: 'company', contact, id: id.toLowerCase() });
    expect(created.contact).toBe(contact);
    expect(read('contacts.delete', { id: 'x' })).toEqual({ id: 'x' });
    expect(read('contacts.delete', { id: 'x', ifRev: 2 })).toEqual({ id: 'x', ifRev: 2 });
    expect(read('contacts.delete', { ids: ['x', 'x'] })).toEqual({ ids: ['x', 'x'] });
    const number = { id: 'x', type: 7, number: null };
    expect(read('contacts.addNumber', number)).toEqual(number);
  });

  test('of rules say what is wrong with the one who is named', () => {
    const said = read('permissions.set', { rules: [{ ...RULE, who: { user: '1001' } }] });
    const message = 'must be exactly one of {"everyone":true}, {"extension":…} and {"group":…}';
    expect(said).toEqual([{ path: 'rules.0.who', message }]);
    expect(read('permissions.set', { rules: [RULE] })).toEqual({ rules: [RULE] });
  });

  test('S2: take whatever is no cursor for an unknown one', () => {
    const cursors = { presence: 7, pbx: null, users: ['c'], extensions: 'c'.repeat(50_000) };
    expect(readParams('sync.open', { collections: [], cursors }).cursors).toEqual({
      presence: '',
      pbx: '',
      users: '',
      extensions: cursors.extensions,
    });
  });

  test('P13: leave aside what a newer client says of itself', () => {
    const client = { platform: 'desk', version: '1', build: 7 };
    const auth = { token: 't' };
    expect(readParams('session.open', { client, auth }).client).toEqual({ platform: 'desk', version: '1' });
  });

  test('do not let a cursor named __proto__ become the prototype', () => {
    const given = JSON.parse('{"collections":["presence"],"cursors":{"__proto__":"c","constructor":"d"}}');
    const { cursors } = readParams('sync.open', given);
    expect(Object.getPrototypeOf(cursors)).toBe(Object.prototype);
    expect(Object.hasOwn(cursors ?? {}, 'presence')).toBe(false);
  });

  test('give a time in UTC with milliseconds, whatever zone it came in', () => {
    expect(read('presence.set', { status: 'lunch', until: '2026-11-21T15:00:00+02:00' })).toEqual({
      status: 'lunch',
      until: '2026-11-21T13:00:00.000Z',
    });
    expect(read('presence.set', { status: 'lunch', until: '2028-02-29T00:00:00.5Z' })).toMatchObject({
      until: '2028-02-29T00:00:00.500Z',
    });
  });

  test('of any shape are read or refused, never anything else', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METHOD_NAMES),
        fc.object({ maxDepth: 3, withNullPrototype: true }),
        (method, params) => {
          read(method, params);
        },
      ),
    );
    const parts = [
      '+99:99',
      '-23:59',
      '+23:59',
      'Z',
      'T24:00:00',
      'T23:59:60',
      '9999-12-31',
      '0000-01-01',
      'T00:00:00',
      '.9',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 5 }), (made) => {
        read('presence.set', { status: 'away', until: made.join('') });
      }),
    );
    for (const until of ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+23:59']) {
      expect(read('presence.set', { status: 'away', until })).toBeDefined();
    }
  });

  test('that are wrong in very many places are told 20 of them', () => {
    expect(paths('sync.open', { collections: Array(900).fill(1) })).toHaveLength(20);
  });

  test('that are refused are not sent back at full length', () => {
    const key = 'k'.repeat(100_000);
    const sent = JSON.stringify(read('presence.set', { status: 'away', [key]: 1 }));
    expect(sent.length).toBeLessThan(1000);
  });
});
