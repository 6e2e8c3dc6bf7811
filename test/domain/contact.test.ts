import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ContactFields,
  LIMITS,
  NUMBER_TYPES,
  PLACE_TYPES,
  patchContact,
  readContact,
  readNumber,
  sameFields,
  withNumber,
} from '../../src/domain/contact.ts';
import { Failure, type Issue } from '../../src/domain/failure.ts';

const ADA: ContactFields = {
  firstName: 'Ada',
  lastName: 'Lovelace',
  company: 'Analytical Engines',
  title: 'Countess',
  numbers: [
    { type: 'business', number: '+44 20 7946 0000' },
    { type: 'other', number: '*30' },
  ],
  emails: [{ type: 'work', address: 'ada@example.com' }],
  addresses: [{ type: 'work', street: '1 Mill Lane', city: 'London', state: 'LND', zip: 'N1', country: 'UK' }],
  remark: 'Two lines,\nand a\ttab',
};
const NUMBERS = [{ type: 'mobile', number: '07700 900123' }];

function issuesOf(read: () => unknown): readonly Issue[] {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const failure = error as Failure;
    expect(failure.code).toBe('params');
    return failure.detail.issues ?? [];
  }
  throw new Error('nothing was refused');
}

const pathsOf = (read: () => unknown): string[] => issuesOf(read).map(({ path }) => path);
const named = (more: object): unknown => ({ firstName: 'Ada', numbers: NUMBERS, ...more });

describe('the normal form of a contact', () => {
  it('is what is in normal form already', () => {
    expect(readContact(ADA)).toEqual(ADA);
  });

  it('is trimmed, composed and without what is empty', () => {
    const given = {
      firstName: '  Zoe\u0308 ',
      lastName: null,
      company: '   ',
      title: '\u200b\u2060',
      numbers: [{ type: 'business', number: ' 020 7946 0000 ' }],
      emails: [],
      addresses: [
        { type: 'work', street: '', city: ' ' },
        { type: 'home', city: ' York ', zip: null },
      ],
      remark: '\r\none\r\ntwo\rthree\u2028four\n',
    };
    expect(readContact(given)).toEqual({
      firstName: 'Zo\u00eb',
      numbers: [{ type: 'business', number: '020 7946 0000' }],
      addresses: [{ type: 'home', city: 'York' }],
      remark: 'one\ntwo\nthree\nfour',
    });
  });

  it('keeps the order of numbers, and the same number twice', () => {
    const numbers = NUMBER_TYPES.map((type) => ({ type, number: '1001' })).reverse();
    expect(readContact({ company: 'Acme', numbers }).numbers).toEqual(numbers);
  });

  it('takes a number as it is copied from a document: marks, wide digits and strange spaces and hyphens', () => {
    const number = '\u202a\uff0b44\u00a020\u202f7946\u20110000\u202c\ufeff';
    expect(readNumber({ type: 'other', number }).number).toBe('+44 20 7946-0000');
    expect(readNumber({ type: 'other', number: '\u0660\u0662\u0660 \u06f7\u06f9\u06f4\u06f6' }).number).toBe(
      '020 7946',
    );
  });

  it('keeps text that is written from right to left, joiners and emoji', () => {
    const given = named({ firstName: 'محمد‌رضا', lastName: 'שרה\u200f', company: '👩‍💻 GmbH' });
    expect(readContact(given)).toEqual(given);
  });

  it.each([
    ['firstName', { numbers: NUMBERS, firstName: 'A' }],
    ['lastName', { numbers: NUMBERS, lastName: 'L' }],
    ['company', { numbers: NUMBERS, company: 'C' }],
  ])('needs no more than a %s and a number', (_, given) => {
    expect(readContact(given)).toEqual(given);
  });

  it('reads as itself, whatever it was made from', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(' a\u0301 ', ''),
    );
    const number = fc.string({ unit: fc.constantFrom(...'0123456789 ()+-.*#Ax\u00a0\u2011\u202a'), minLength: 1 });
    const given = fc.record(
      {
        firstName: text,
        lastName: text,
        company: fc.constant('Acme'),
        title: text,
        numbers: fc.array(fc.record({ type: fc.constantFrom(...NUMBER_TYPES), number }), {
          minLength: 1,
          maxLength: 4,
        }),
        emails: fc.array(fc.record({ type: fc.constantFrom(...PLACE_TYPES), address: fc.emailAddress() }), {
          maxLength: 3,
        }),
        addresses: fc.array(fc.record({ type: fc.constantFrom(...PLACE_TYPES), city: text, zip: text }), {
          maxLength: 3,
        }),
        remark: text,
      },
      { requiredKeys: ['company', 'numbers'] },
    );
    let read = 0;
    fc.assert(
      fc.property(given, (contact) => {
        let normal: ContactFields;
        try {
          normal = readContact(contact);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          return;
        }
        read += 1;
        expect(readContact(normal)).toEqual(normal);
        expect(readContact(JSON.parse(JSON.stringify(normal)))).toEqual(normal);
        expect(patchContact(normal, {})).toEqual(normal);
        expect(sameFields(normal, readContact(normal))).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(50);
  });
});

describe('the limits of a contact', () => {
  const long = (length: number) => 'é'.repeat(length);
  it.each([
    ['firstName', LIMITS.name],
    ['lastName', LIMITS.name],
    ['company', LIMITS.name],
    ['title', LIMITS.title],
    ['remark', LIMITS.remark],
  ])('%s has at most %i characters', (key, most) => {
    expect(readContact(named({ [key]: long(most) }))).toMatchObject({ [key]: long(most) });
    expect(issuesOf(() => readContact(named({ [key]: long(most + 1) })))).toEqual([
      { path: `contact.${key}`, message: `must have at most ${most} characters` },
    ]);
  });

  it('count characters, not their halves, after trimming and composing', () => {
    const most = LIMITS.name;
    expect(readContact(named({ lastName: '𝒜'.repeat(most) })).lastName).toBe('𝒜'.repeat(most));
    expect(readContact(named({ lastName: `  ${'e\u0301'.repeat(most)}  ` })).lastName).toBe('é'.repeat(most));
    expect(readContact(named({ lastName: '\u03b1\u0313\u0300\u0345'.repeat(most) })).lastName).toBe('ᾂ'.repeat(most));
  });

  it('hold for every part of an address, for e-mails and numbers', () => {
    const part = long(LIMITS.addressPart);
    const full = { type: 'home', street: part, city: part, state: part, zip: part, country: part };
    expect(readContact(named({ addresses: [full] })).addresses).toEqual([full]);
    const address = `a@${'b'.repeat(LIMITS.email - 2)}`;
    expect(readContact(named({ emails: [{ type: 'other', address }] })).emails).toEqual([{ type: 'other', address }]);
    expect(
      pathsOf(() =>
        readContact({
          firstName: 'A',
          numbers: [...NUMBERS, { type: 'other', number: '1'.repeat(32) }],
          emails: [{ type: 'work', address: `${address}b` }],
          addresses: [{ type: 'work', zip: `${part}x` }],
        }),
      ),
    ).toEqual(['contact.numbers.1.number', 'contact.emails.0.address', 'contact.addresses.0.zip']);
    expect(readNumber({ type: 'other', number: '1'.repeat(31) }).number).toHaveLength(31);
  });

  it.each([
    ['numbers', LIMITS.numbers, { type: 'other', number: '1' }],
    ['emails', LIMITS.emails, { type: 'other', address: 'a@b' }],
    ['addresses', LIMITS.addresses, { type: 'other', city: 'York' }],
  ])('there are at most so many %s: %i', (key, most, entry) => {
    expect(readContact(named({ [key]: Array(most).fill(entry) }))).toMatchObject({ [key]: Array(most).fill(entry) });
    for (const count of [most + 1, 1_000_000]) {
      expect(issuesOf(() => readContact(named({ [key]: Array(count).fill({}) })))).toEqual([
        { path: `contact.${key}`, message: `must have at most ${most} entries` },
      ]);
    }
  });

  it('are told for all fields at once, but at most twenty times', () => {
    const numbers = Array(20).fill({ type: 'pager', number: '?' });
    expect(issuesOf(() => readContact({ numbers, emails: [7], nickname: 'x' }))).toHaveLength(20);
  });
});

describe('what is refused', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'Ada'],
    ['a list', [ADA]],
  ])('%s in place of a contact', (_, given) => {
    expect(issuesOf(() => readContact(given))).toEqual([{ path: 'contact', message: 'must be an object' }]);
  });

  it('a contact without a name, and without a number', () => {
    expect(issuesOf(() => readContact({ title: 'Dr', firstName: ' ' }))).toEqual([
      { path: 'contact', message: 'needs a first name, a last name or a company' },
      { path: 'contact.numbers', message: 'needs at least one number' },
    ]);
    expect(pathsOf(() => readContact({ company: 'Acme', numbers: [] }))).toEqual(['contact.numbers']);
    expect(pathsOf(() => readContact({ company: 'Acme', numbers: null }))).toEqual(['contact.numbers']);
  });

  it('a name of the wrong kind, once', () => {
    expect(issuesOf(() => readContact({ firstName: 7, numbers: NUMBERS }))).toEqual([
      { path: 'contact.firstName', message: 'must be text' },
    ]);
  });

  it('what the server says itself, with a word on what to do', () => {
    expect(issuesOf(() => readContact(named({ id: 'x', book: 'company', rev: 1, updatedBy: '1001' })))).toEqual([
      { path: 'contact.id', message: 'is not a field of the contact; it is given beside it' },
      { path: 'contact.book', message: 'is not a field of the contact; move it to another book with contacts.move' },
      { path: 'contact.rev', message: 'is set by the server' },
      { path: 'contact.updatedBy', message: 'is set by the server' },
    ]);
  });

  it('keys that nobody knows, at every level, prototypes included', () => {
    const given = JSON.parse(
      `{"firstName":"Ada","__proto__":{"title":"x"},"constructor":1,"toString":2,
        "numbers":[{"type":"mobile","number":"1","__proto__":{}}],"emails":[{"type":"work","address":"a@b","x":1}],
        "addresses":[{"type":"work","hasOwnProperty":1}]}`,
    );
    expect(pathsOf(() => readContact(given))).toEqual([
      'contact.__proto__',
      'contact.constructor',
      'contact.toString',
      'contact.numbers.0.__proto__',
      'contact.emails.0.x',
      'contact.addresses.0.hasOwnProperty',
    ]);
    expect(({} as { title?: string }).title).toBeUndefined();
  });

  it('keys that are long or half a character, named in short', () => {
    const [long, broken] = pathsOf(() => readContact(named({ ['k'.repeat(100_000)]: 1, '\ud800': 1 })));
    expect(long).toBe(`contact.${'k'.repeat(64)}…`);
    expect(broken).toBe('contact.\ufffd');
  });

  it('a hundred thousand keys, without reading on', () => {
    const given = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 1]));
    expect(issuesOf(() => readContact(given))).toHaveLength(20);
  });

  it('what is nested deeply, without descending', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 100_000; i += 1) deep = [deep];
    expect(pathsOf(() => readContact({ firstName: deep, numbers: deep, emails: deep, addresses: [deep] }))).toEqual([
      'contact.firstName',
      'contact.numbers.0',
      'contact.emails.0',
      'contact.addresses.0',
    ]);
  });

  it.each([
    ['NUL', 'a\0b'],
    ['a bell', 'a\u0007b'],
    ['a line feed', 'a\nb'],
    ['a tab', 'a\tb'],
    ['a line separator', 'a\u2028b'],
    ['a next-line character', 'a\u0085b'],
    ['an override of the direction', 'Ada\u202egnp.exe'],
    ['an isolate of the direction', 'a\u2066b\u2069c'],
  ])('%s within one line', (_, text) => {
    expect(issuesOf(() => readContact(named({ lastName: text })))).toEqual([
      { path: 'contact.lastName', message: 'must hold no control characters or line breaks' },
    ]);
    expect(pathsOf(() => readContact(named({ addresses: [{ type: 'work', city: text }] })))).toEqual([
      'contact.addresses.0.city',
    ]);
    expect(pathsOf(() => readContact(named({ emails: [{ type: 'work', address: `${text}@b` }] })))).toEqual([
      'contact.emails.0.address',
    ]);
  });

  it.each([['a\0b'], ['a\u0085b'], ['a\u202eb'], ['a\u2066b']])('control characters in a remark: %j', (remark) => {
    expect(issuesOf(() => readContact(named({ remark })))).toEqual([
      { path: 'contact.remark', message: 'must hold no control characters but line feeds and tabs' },
    ]);
  });

  it.each([['\ud800'], ['a\udfffb'], ['\udc00\ud800']])('half of a surrogate pair: %j', (text) => {
    for (const key of ['firstName', 'company', 'remark']) {
      expect(issuesOf(() => readContact(named({ [key]: text })))).toEqual([
        { path: `contact.${key}`, message: 'must hold whole characters only, not half of a surrogate pair' },
      ]);
    }
  });

  it('text that would take long to bring into normal form, at once', () => {
    const marks = '\u0301'.repeat(60_000) + '\u0316'.repeat(60_000);
    const begun = performance.now();
    expect(pathsOf(() => readContact(named({ remark: `a${marks}`, title: `a${marks}` })))).toEqual([
      'contact.title',
      'contact.remark',
    ]);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('a number given as a number', () => {
    expect(
      issuesOf(() => readContact({ firstName: 'Ada', numbers: [{ type: 'mobile', number: 7700900123 }] })),
    ).toEqual([
      {
        path: 'contact.numbers.0.number',
        message: 'must be text in quotes, such as "+44 20 7946 0000": a bare number loses + and leading zeros',
      },
    ]);
  });

  it.each([
    ['', 'must not be empty'],
    ['  ', 'must not be empty'],
    ['020/7946', 'may hold digits, letters, spaces and ( ) . - + * # only, not /'],
    ['020😀', 'may hold digits, letters, spaces and ( ) . - + * # only, not 😀'],
    ['12,34', 'may hold digits, letters, spaces and ( ) . - + * # only, not ,'],
    ['Ä1', 'may hold digits, letters, spaces and ( ) . - + * # only, not Ä'],
    ['1\n2', 'must hold no control characters or line breaks'],
    ['+ (-) .', 'must hold at least one digit, letter, * or #'],
    [null, 'must not be empty'],
    [{}, 'must be text'],
  ])('the number %j', (number, message) => {
    expect(issuesOf(() => readNumber({ type: 'mobile', number }))).toEqual([{ path: 'number', message }]);
  });

  it.each([
    ['', 'must not be empty'],
    ['ada', 'must be an e-mail address such as ada@example.com'],
    ['@', 'must be an e-mail address such as ada@example.com'],
    ['ada@', 'must be an e-mail address such as ada@example.com'],
    ['@example.com', 'must be an e-mail address such as ada@example.com'],
    ['ada lovelace@example.com', 'must be an e-mail address such as ada@example.com'],
    [7, 'must be text'],
  ])('the e-mail %j', (address, message) => {
    const given = named({ emails: [{ type: 'work', address }] });
    expect(issuesOf(() => readContact(given))).toEqual([{ path: 'contact.emails.0.address', message }]);
  });

  it.each([['fax'], ['toString'], ['__proto__'], [''], [null], [0], [undefined]])('the type %j', (type) => {
    const given = {
      firstName: 'A',
      numbers: [{ type, number: '1' }],
      emails: [{ type, address: 'a@b' }],
      addresses: [{ type }],
    };
    expect(issuesOf(() => readContact(given))).toEqual([
      {
        path: 'contact.numbers.0.type',
        message: 'must be one of business, mobile, home, business_fax, home_fax, other',
      },
      { path: 'contact.emails.0.type', message: 'must be one of work, home, other' },
      { path: 'contact.addresses.0.type', message: 'must be one of work, home, other' },
    ]);
  });

  it('any JSON at all, with issues and without falling over', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (whole, part) => {
        for (const given of [
          whole,
          { firstName: part },
          named({ numbers: part, emails: [part] }),
          { addresses: part },
        ]) {
          for (const read of [() => readContact(given), () => patchContact(ADA, given), () => readNumber(given)]) {
            try {
              read();
            } catch (error) {
              if (!(error instanceof Failure)) throw error;
              expect(error.detail.issues?.length).toBeGreaterThan(0);
            }
          }
        }
      }),
    );
  });
});

describe('a merge patch', () => {
  it('changes what it names and leaves the rest', () => {
    expect(patchContact(ADA, { lastName: 'King', remark: ' x ' })).toEqual({ ...ADA, lastName: 'King', remark: 'x' });
  });

  it('takes away what is null or empty', () => {
    const { title: _, emails: __, addresses: ___, ...rest } = ADA;
    expect(patchContact(ADA, { title: null, emails: [], addresses: null })).toEqual(rest);
    expect(patchContact(ADA, { title: '', emails: null, addresses: [{ type: 'work', city: '' }] })).toEqual(rest);
  });

  it('replaces whole lists', () => {
    expect(patchContact(ADA, { numbers: NUMBERS }).numbers).toEqual(NUMBERS);
  });

  it('changes nothing when it is empty, and leaves what it was given alone', () => {
    const before = structuredClone(ADA);
    expect(patchContact(ADA, {})).toEqual(ADA);
    patchContact(ADA, { numbers: NUMBERS, firstName: null });
    expect(ADA).toEqual(before);
  });

  it('is refused when the contact could not be after it', () => {
    expect(pathsOf(() => patchContact(ADA, { firstName: null, lastName: null, company: null }))).toEqual(['patch']);
    expect(pathsOf(() => patchContact(ADA, { numbers: null }))).toEqual(['patch.numbers']);
    expect(pathsOf(() => patchContact(ADA, { numbers: [...NUMBERS, {}] }))).toEqual([
      'patch.numbers.1.type',
      'patch.numbers.1.number',
    ]);
  });

  it.each([
    ['id'],
    ['rev'],
    ['book'],
    ['kind'],
    ['created'],
    ['updated'],
    ['createdBy'],
    ['updatedBy'],
    ['nickname'],
    ['__proto__'],
  ])('is refused with %s, also to take it away', (key) => {
    for (const value of ['1', 'null']) {
      expect(pathsOf(() => patchContact(ADA, JSON.parse(`{"${key}":${value}}`)))).toEqual([`patch.${key}`]);
    }
  });

  it.each([[null], [[]], ['x'], [undefined]])('is an object, not %j', (patch) => {
    expect(issuesOf(() => patchContact(ADA, patch))).toEqual([{ path: 'patch', message: 'must be an object' }]);
  });

  it('refuses an object where text belongs', () => {
    expect(pathsOf(() => patchContact(ADA, { firstName: { a: null } }))).toEqual(['patch.firstName']);
  });
});

describe('one number more', () => {
  it('goes to the end', () => {
    const number = readNumber({ type: 'home', number: ' 1001 ' });
    expect(withNumber(ADA, number)).toEqual({ ...ADA, numbers: [...ADA.numbers, { type: 'home', number: '1001' }] });
  });

  it('is refused when there are twenty', () => {
    const number = readNumber({ type: 'home', number: '1' });
    const full = { firstName: 'A', numbers: Array(20).fill(number) };
    expect(issuesOf(() => withNumber(full, number))).toEqual([
      { path: 'number', message: 'the contact has 20 numbers already, as many as it may have' },
    ]);
  });

  it('is refused with the fields at fault', () => {
    expect(pathsOf(() => readNumber({ type: 'pager', number: '' }))).toEqual(['type', 'number']);
    expect(pathsOf(() => readNumber({ type: 'home', number: '1', id: 'x' }))).toEqual(['id']);
    expect(pathsOf(() => readNumber(7))).toEqual(['']);
  });
});

describe('whether two contacts say the same', () => {
  it('does not depend on the order of keys', () => {
    const turned = JSON.parse(JSON.stringify(ADA), (_, value) =>
      typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).reverse()) : value,
    );
    expect(Object.keys(turned)).not.toEqual(Object.keys(ADA));
    expect(sameFields(ADA, turned)).toBe(true);
  });

  it.each<[string, ContactFields]>([
    ['a word', { ...ADA, title: 'Countess of Lovelace' }],
    ['the order of numbers', { ...ADA, numbers: [...ADA.numbers].reverse() }],
    ['the type of a number', { ...ADA, numbers: ADA.numbers.map((one) => ({ ...one, type: 'home' as const })) }],
    ['an address', { ...ADA, addresses: [{ type: 'work', street: '1 Mill Lane' }] }],
    ['an e-mail less', { ...ADA, emails: [] }],
    ['a name in another field', { numbers: ADA.numbers, company: 'x' }],
  ])('depends on %s', (_, other) => {
    expect(sameFields(ADA, other)).toBe(false);
    expect(sameFields(other, ADA)).toBe(false);
  });
});
