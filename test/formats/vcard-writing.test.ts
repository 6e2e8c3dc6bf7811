import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ContactFields, readContact } from '../../src/domain/contact.ts';
import { openVCards } from '../../src/formats/vcard-reading.ts';
import { writeVCards } from '../../src/formats/vcard-writing.ts';
import type { WrittenContact } from '../../src/service/contact-file.ts';
import { anyContact } from '../support/any-contact.ts';
import { contactsOf, turnsDuring, withIds, writtenText } from '../support/contact-files.ts';

const ID = '5f0f6a1e-3f0b-4b6e-9c39-0d6d4f1c2a10';

function linesOf(text: string): string[] {
  return text.replaceAll('\r\n ', '').split('\r\n');
}

test('a contact with everything becomes one card of version 3.0', async () => {
  const ada: ContactFields = readContact({
    firstName: 'Ada',
    lastName: 'Lovelace',
    company: 'Engines; Analytical, Ltd.',
    title: 'Countess',
    numbers: [
      { type: 'mobile', number: '+44 7700 900001' },
      { type: 'business', number: '+44 20 7946 0000' },
      { type: 'home', number: '01632 960001' },
      { type: 'business_fax', number: '1001' },
      { type: 'home_fax', number: '01632 960002' },
      { type: 'other', number: '*30#' },
    ],
    emails: [
      { type: 'work', address: 'ada@example.com' },
      { type: 'home', address: 'ada@example.org' },
      { type: 'other', address: 'ada@example.net' },
    ],
    addresses: [
      { type: 'work', street: '12 St James Square', city: 'London', zip: 'SW1Y 4JH', country: 'United Kingdom' },
      { type: 'other', city: 'Leeds', state: 'Yorkshire' },
    ],
    remark: 'first line\nC:\\new',
  });
  expect(linesOf(await writtenText(writeVCards, [{ id: ID, fields: ada }], 'Friends, and others'))).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    `UID:urn:uuid:${ID}`,
    'N:Lovelace;Ada;;;',
    'FN:Ada Lovelace',
    'ORG:Engines\\; Analytical\\, Ltd.',
    'TITLE:Countess',
    'TEL;TYPE=CELL;TYPE=VOICE:+44 7700 900001',
    'TEL;TYPE=WORK;TYPE=VOICE:+44 20 7946 0000',
    'TEL;TYPE=HOME;TYPE=VOICE:01632 960001',
    'TEL;TYPE=WORK;TYPE=FAX:1001',
    'TEL;TYPE=HOME;TYPE=FAX:01632 960002',
    'TEL;TYPE=VOICE:*30#',
    'EMAIL;TYPE=INTERNET;TYPE=WORK:ada@example.com',
    'EMAIL;TYPE=INTERNET;TYPE=HOME:ada@example.org',
    'EMAIL;TYPE=INTERNET;TYPE=OTHER:ada@example.net',
    'ADR;TYPE=WORK:;;12 St James Square;London;;SW1Y 4JH;United Kingdom',
    'ADR;TYPE=OTHER:;;;Leeds;Yorkshire;;',
    'NOTE:first line\\nC:\\\\new',
    'CATEGORIES:Friends\\, and others',
    'END:VCARD',
    '',
  ]);
});

test('a company without a person is shown as one', async () => {
  const taxis: WrittenContact = { id: ID, fields: { company: 'Taxis', numbers: [{ type: 'business', number: '1' }] } };
  expect(linesOf(await writtenText(writeVCards, [taxis], '')).slice(3, 7)).toEqual([
    'N:;;;;',
    'FN:Taxis',
    'ORG:Taxis',
    'X-ABSHOWAS:COMPANY',
  ]);
});

test('an empty book is an empty file', async () => {
  expect(await writtenText(writeVCards, [])).toBe('');
});

test('whatever a contact holds comes back as it was from the card that it was written to', async () => {
  const books = fc.constantFrom('Company', 'A;B,C\\', 'x\r\nTEL:1', '');
  await fc.assert(
    fc.asyncProperty(fc.array(anyContact, { minLength: 1, maxLength: 4 }), books, async (all, book) => {
      const contacts = withIds(all);
      const file = openVCards(await writtenText(writeVCards, contacts, book), 'UTF-8');
      expect(await contactsOf(file)).toEqual({ contacts, faults: [] });
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('no line is longer than 75 octets, none cuts a character, and all end with CR and LF', async () => {
  await fc.assert(
    fc.asyncProperty(anyContact, async (fields) => {
      const text = await writtenText(writeVCards, [{ id: ID, fields }]);
      const lines = text.split('\r\n');
      expect(lines.pop()).toBe('');
      expect(
        lines.filter((line) => Buffer.byteLength(line) > 75 || !line.isWellFormed() || /[\r\n]/.test(line)),
      ).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('no value can begin a property of its own, whatever it is given', async () => {
  const breaks = ['\r\n', '\n', '\r', '\u0085', '\u2028', '\u2029', '\v', '\f', '\r\n\r\n', '\0\n'];
  for (const lineBreak of breaks) {
    const evil = `x${lineBreak}TEL:1${lineBreak}END:VCARD`;
    const fields = {
      firstName: evil,
      lastName: evil,
      company: evil,
      title: evil,
      numbers: [{ type: 'business', number: evil }],
      emails: [{ type: 'work', address: evil }],
      addresses: [{ type: 'work', street: evil, city: evil, state: evil, zip: evil, country: evil }],
      remark: evil,
    } satisfies ContactFields;
    const text = await writtenText(writeVCards, [{ id: evil, fields }], evil);
    const names = linesOf(text).map((line) => line.split(/[;:]/)[0]);
    expect(names.filter((name) => name === 'TEL' || name === 'END')).toEqual(['TEL', 'END']);
    expect(/[\v\f\u0085\u2028\u2029\0]/.test(text)).toBe(false);
  }
});

test('others have their turn while many cards are written', async () => {
  const fields: ContactFields = { firstName: 'Ada', numbers: [{ type: 'mobile', number: '+44 7700 900001' }] };
  const contacts = Array.from({ length: 20_000 }, () => ({ id: ID, fields }));
  expect(await turnsDuring(() => writtenText(writeVCards, contacts))).toBeGreaterThan(10);
});
