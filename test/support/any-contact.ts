// Contacts of every kind that the rules of a contact allow, with what file formats stumble over.
import fc from 'fast-check';
import { type ContactFields, LIMITS, NUMBER_TYPES, PLACE_TYPES, readContact } from '../../src/domain/contact.ts';

/** Texts that mean something in one of the formats, or in the programs that read them. */
const TROUBLE = [
  'sep=',
  'sep=;',
  'First Name',
  'ID',
  'Business Number',
  'BEGIN:VCARD',
  'END:VCARD',
  'TEL:1',
  'N;CHARSET=UTF-8:x',
  '"',
  '""',
  'a"b',
  '";"',
  ',',
  ';',
  '|',
  '\\',
  '\\\\',
  'a\\',
  '\\;',
  '\\,',
  '\\n',
  'C:\\new\\,folder;',
  '^n',
  "'",
  "''",
  "'=1+1",
  "''-1",
  '=1+1',
  '+1',
  '-2',
  '@SUM(A1)',
  '= 1',
  "=cmd|'/c calc'!A0",
  'x;=1+1',
  'x;-1',
  "x;'+1",
  '=HYPERLINK("http://example.com")',
  '\uff1d1+1',
  '1E5',
  '4.91E+12',
  '0123',
  '="0123"',
  'TRUE',
  'NULL',
  '#REF!',
  '\u200fעברית\u200f',
  'محمد',
  '👩‍👩‍👧‍👦',
  '🇬🇧',
  'é',
  'ﬀ',
  'Ω',
  '李小龍',
  '\u00a0x\u00a0y',
  'a  b',
  '{"a":1}',
  '<b>',
  '%0A',
  '=0A',
  '=C3=A9',
  'Berg, Anna',
  'urn:uuid:x',
  '_$!<Home>!$_',
  'Reason',
  'mobile',
  'x'.repeat(74),
  'é'.repeat(40),
  '👍'.repeat(20),
];

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TROUBLE) },
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.string({ unit: fc.constantFrom(...`'"=+-@;:,\\| \u200f#*xé`), maxLength: 12 }),
);

const line = (longest: number) =>
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => [...words.join(' ').trim()].slice(0, longest).join(''));

const remark = fc
  .array(fc.oneof(word, fc.constantFrom('- one', '=1+1', '+44', '\tx', ' x', '')), { minLength: 1, maxLength: 6 })
  .chain((lines) => fc.constantFrom('\n', '\r\n', '\n\n', '\t').map((between) => lines.join(between)));

const number = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789+-*#.() abcXYZ'), minLength: 1, maxLength: LIMITS.number }),
  fc.constantFrom(
    '+44 20 7946 0000',
    '+442079460000',
    '0042',
    '-1',
    '+1-201-555-0123',
    '+49*30',
    '*30',
    '#31#',
    '1001',
    '+1+2',
  ),
);

const email = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abc=+-@\'",;\\.é'), minLength: 3, maxLength: 20 }),
  fc.constantFrom('ada@example.com', '=ada@example.com', '"a,b"@example.com', 'mailto@example.com', '@@'),
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const part = maybe(line(LIMITS.addressPart));

const given = fc.record({
  firstName: maybe(line(LIMITS.name)),
  lastName: maybe(line(LIMITS.name)),
  company: maybe(line(LIMITS.name)),
  title: maybe(line(LIMITS.title)),
  numbers: fc.array(fc.record({ type: fc.constantFrom(...NUMBER_TYPES), number }), {
    minLength: 1,
    maxLength: LIMITS.numbers,
    size: 'max',
  }),
  emails: fc.array(fc.record({ type: fc.constantFrom(...PLACE_TYPES), address: email }), {
    maxLength: LIMITS.emails,
    size: 'max',
  }),
  addresses: fc.array(
    fc.record({
      type: fc.constantFrom(...PLACE_TYPES),
      street: part,
      city: part,
      state: part,
      zip: part,
      country: part,
    }),
    { maxLength: LIMITS.addresses, size: 'max' },
  ),
  remark: maybe(remark),
});

/** In normal form. Entries that a contact may not hold are left out. */
export const anyContact: fc.Arbitrary<ContactFields> = given
  .map((contact) => ({
    ...contact,
    firstName: accepted({ firstName: contact.firstName }) ? contact.firstName : undefined,
    lastName: accepted({ lastName: contact.lastName }) ? contact.lastName : undefined,
    company: accepted({ company: contact.company }) ? contact.company : 'ACME',
    title: accepted({ title: contact.title }) ? contact.title : undefined,
    numbers: contact.numbers.filter((entry) => accepted({ numbers: [entry] })),
    emails: contact.emails.filter((entry) => accepted({ emails: [entry] })),
    addresses: contact.addresses.filter((entry) => accepted({ addresses: [entry] })),
    remark: accepted({ remark: contact.remark }) ? contact.remark : undefined,
  }))
  .map((contact) => ({
    ...contact,
    company: contact.company ?? (accepted({ ...contact, company: undefined }) ? undefined : 'ACME'),
    numbers: contact.numbers.length > 0 ? contact.numbers : [{ type: 'mobile', number: '+44 7700 900001' }],
  }))
  .filter((contact) => accepted(contact))
  .map((contact) => readContact(contact));

function accepted(part: Readonly<Record<string, unknown>>): boolean {
  try {
    readContact({ firstName: 'Ada', numbers: [{ type: 'mobile', number: '1' }], ...part });
    return true;
  } catch {
    // Refused, which is all that is asked.
    return false;
  }
}
