import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContactFields } from '../../src/domain/contact.ts';
import { DUPLICATES } from '../../src/domain/contact-import.ts';
import { openContactFile } from '../../src/formats/contact-file.ts';
import { writeCsv } from '../../src/formats/csv-writing.ts';
import { writeVCards } from '../../src/formats/vcard-writing.ts';
import { anyContact } from '../support/any-contact.ts';
import { counts, type ImportHouse, NONE, openImportHouse, whole } from '../support/import-house.ts';

const FORMATS = { openFile: openContactFile, writers: { csv: writeCsv, vcf: writeVCards } };
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function exported(house: ImportHouse, by: string, book: string, format: 'csv' | 'vcf'): Promise<Uint8Array> {
  return bytesOf(await whole((await house.exports.write(house.as(by), book, format)).text));
}

const sorted = (contacts: readonly ContactFields[]) => contacts.map((fields) => JSON.stringify(fields)).sort();

describe.each(['csv', 'vcf'] as const)('a book that was exported as %s', (format) => {
  test('is imported again without an error and without a change, whatever is in it and by every rule', async () => {
    const property = fc.asyncProperty(fc.array(anyContact, { minLength: 1, maxLength: 10 }), async (contacts) => {
      const house = await openImportHouse(FORMATS);
      for (const contact of contacts) await house.make('1001', 'company', { contact });
      const before = await house.everything();
      const file = await exported(house, '1002', 'company', format);
      for (const onDuplicate of DUPLICATES) {
        const report = await house.load('1001', file, { onDuplicate });
        expect({ ...counts(report), errors: report.errors }).toEqual({
          ...{ ...NONE, rows: contacts.length, unchanged: contacts.length },
          errors: [],
        });
      }
      expect(await house.everything()).toEqual(before);
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);

  test('fills an empty book with the same contacts under new ids, and the second time nothing', async () => {
    const property = fc.asyncProperty(fc.array(anyContact, { minLength: 1, maxLength: 5 }), async (contacts) => {
      const house = await openImportHouse(FORMATS);
      for (const contact of contacts) await house.make('1001', 'company', { contact });
      const file = await exported(house, '1001', 'company', format);
      // Two contacts that are alike but for the ID are one in a book where the IDs are unknown: only others are compared.
      const first = await house.load('1001', file, { book: 'personal', onDuplicate: 'add' });
      expect(first.errors).toEqual([]);
      const own = await house.fields('personal:1001');
      expect([...new Set(sorted(own))]).toEqual([...new Set(sorted(await house.fields('company')))]);
      const ids = new Set((await house.rows('company')).map(({ id }) => id));
      expect((await house.rows('personal:1001')).filter(({ id }) => ids.has(id))).toEqual([]);
      const again = await house.load('1001', file, { book: 'personal', onDuplicate: 'add' });
      expect(counts(again)).toEqual({ ...NONE, rows: contacts.length, unchanged: contacts.length });
    });
    await fc.assert(property, { numRuns: 40 });
  }, 60_000);
});

describe('a file of failed rows', () => {
  test('is imported when it is mended, and then makes what the whole file would have', async () => {
    const house = await openImportHouse(FORMATS);
    const csv = [
      'First Name,Last Name,Business Number,Email',
      'Ann,Adams,020 7946 0001,ann@example.com',
      'Bob,Brown,4.91E+12,bob@example.com',
      ',,020 7946 0003,',
      'Di,Dean,020 7946 0004,not an address',
    ].join('\r\n');
    const report = await house.load('1001', bytesOf(csv));
    expect(counts(report)).toEqual({ ...NONE, rows: 4, added: 1, failed: 3 });
    expect(report.errors.map(({ row, column, value }) => ({ row, column, value }))).toEqual([
      { row: 3, column: 'Business Number', value: '4.91E+12' },
      { row: 4, column: '', value: '' },
      { row: 5, column: 'Email', value: 'not an address' },
    ]);
    const { bytes, type } = house.imports.failedRows(house.as('1001'), report.id);
    expect(type).toBe('csv');
    const mended = new TextDecoder()
      .decode(bytes)
      .replace('4.91E+12', '+49 30 901820')
      .replace(/^,,|^"","",/m, 'Cy,,')
      .replace('not an address', 'di@example.com');
    expect(counts(await house.load('1001', bytesOf(mended)))).toEqual({ ...NONE, rows: 3, added: 3 });
    const names = (await house.fields('company')).map(({ firstName, numbers }) => [firstName, numbers[0]?.number]);
    expect(names).toEqual([
      ['Ann', '020 7946 0001'],
      ['Bob', '+49 30 901820'],
      ['Cy', '020 7946 0003'],
      ['Di', '020 7946 0004'],
    ]);
  });
});
