import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DUPLICATES } from '../../src/domain/contact-import.ts';
import { uuid } from '../support/contacts-house.ts';
import { counts, openImportHouse } from '../support/import-house.ts';
import { importInto, type ModelFile } from '../support/import-model.ts';
import { paper } from '../support/paper-file.ts';

const TYPES = ['business', 'mobile', 'home'] as const;
const number = fc.record({
  type: fc.constantFrom(...TYPES),
  number: fc.constantFrom('07700 900001', '+44 7700 900001', '07700 900002', '1001', '020 7946 0000'),
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const contact = fc.record({
  firstName: fc.constantFrom('Ann', 'ANN', 'Bob'),
  company: optional(fc.constantFrom('Acme')),
  title: optional(fc.constantFrom('Dr', 'Prof')),
  numbers: fc.array(number, { minLength: 1, maxLength: 3 }),
});
const row = fc.record({
  id: optional(
    fc.oneof(
      fc.nat({ max: 5 }).map((n) => uuid(n + 1)),
      fc.constant('x'),
    ),
  ),
  fields: fc.record({
    firstName: fc.constantFrom('Ann', 'Bob', '', undefined),
    company: fc.constantFrom('Acme', undefined),
    title: fc.constantFrom('Dr', 'Prof', undefined),
    numbers: fc.array(number, { maxLength: 3 }),
  }),
});
const file = fc
  .record({
    rows: fc.array(row, { maxLength: 8 }),
    speaksOf: fc.subarray(['firstName', 'company', 'title', 'numbers'], { minLength: 1 }),
    types: fc.subarray([...TYPES]),
  })
  .map(({ rows, speaksOf, types }): ModelFile => {
    const kept = rows.map(({ id, fields: { numbers, ...fields } }) => {
      const given = { ...fields, numbers: numbers.filter(({ type }) => types.includes(type)) };
      const own = Object.fromEntries(Object.entries(given).filter(([key]) => speaksOf.includes(key)));
      return { ...(id === undefined ? {} : { id }), fields: own };
    });
    return { rows: kept, speaksOf, types };
  });

/** Without what is undefined, in which a row of a file and one of the store differ. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const byId = (a: { readonly id: string }, b: { readonly id: string }) => (a.id < b.id ? -1 : 1);

test('an import does what the same rows do one after the other, the book ends as they leave it, and undoing brings it back', async () => {
  const property = fc.asyncProperty(
    fc.array(contact, { maxLength: 6 }),
    file,
    fc.constantFrom(...DUPLICATES),
    async (contacts, given, onDuplicate) => {
      const house = await openImportHouse();
      for (const [n, one] of contacts.entries()) await house.make('1001', 'company', { contact: one, id: uuid(n + 1) });
      const before = (await house.rows('company')).map(({ id, fields }) => ({ id, fields }));
      const bytes = paper(
        given.rows.map(({ id, fields }) => ({ ...(id === undefined ? {} : { id }), ...fields })),
        { fields: given.speaksOf, covers: { numbers: given.types, emails: [], addresses: [] }, slice: 3 },
      );
      const dry = await house.load('1001', bytes, { onDuplicate, dryRun: true });
      const report = await house.load('1001', bytes, { onDuplicate });
      const after = await house.rows('company');
      const made = new Map(
        after.filter(({ id }) => !before.some((one) => one.id === id)).map(({ id }, n) => [id, `new ${n + 1}`]),
      );
      const expected = importInto(before, given, onDuplicate, (n) => `new ${n}`);
      const end = after.map(({ id, fields }) => ({ id: made.get(id) ?? id, fields }));
      expect(plain([...end].sort(byId))).toEqual(plain([...expected.book].sort(byId)));
      const sum = (outcome: string) => expected.outcomes.filter((one) => one === outcome).length;
      expect(counts(report)).toEqual({
        ...{ rows: given.rows.length, added: sum('added'), updated: sum('updated') },
        ...{ unchanged: sum('unchanged'), skipped: sum('skipped'), failed: sum('failed') },
      });
      expect(counts(dry)).toEqual(counts(report));
      expect(report.preview.map(({ outcome }) => outcome)).toEqual(expected.outcomes.filter((one) => one !== 'failed'));
      if (!report.undoable) return;
      await house.imports.undo(house.as('1001'), report.id);
      const undone = (await house.rows('company')).map(({ id, fields }) => ({ id, fields }));
      expect([...undone].sort(byId)).toEqual([...before].sort(byId));
    },
  );
  await fc.assert(property, { numRuns: 300 });
}, 120_000);
