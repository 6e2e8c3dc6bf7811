import { describe, expect, test } from 'vitest';
import { answerOperator } from '../../src/service/lookup-answer.ts';
import { OPERATOR } from '../support/contacts-house.ts';
import { openLookupHouse } from '../support/lookup-house.ts';

const LONDON = '+442079460000';

/** A personal and a company contact with one number each, a colleague, and a second company book. */
async function furnished() {
  const house = await openLookupHouse();
  house.called('1003', 'Carl');
  await house.people({ id: '1003', name: 'Carl', mobile: '07700 900123' });
  await house.add('personal:1001', 'Secret Mum', LONDON);
  await house.contacts.create(OPERATOR, {
    book: 'company',
    contact: { firstName: 'Ada', company: 'Engines', numbers: [{ type: 'business', number: '0113 496 0000' }] },
  });
  return house;
}

describe('an explanation', () => {
  test('of a contact names forms, books, rule and every step', async () => {
    const { lookup } = await furnished();
    expect((await lookup.explain({ callee: '1001' }, '+441134960000')).explanation).toEqual({
      forms: ['+441134960000', '…4960000'],
      books: ['personal', 'company'],
      rule: 'A contact of the company book company has the number +441134960000.',
      steps: [
        '1001 has a log-in: the personal book and whatever that user may see count.',
        'The number is looked for as +441134960000, then …4960000.',
        'extension: no extension has the number, and no colleague has it as mobile.',
        'personal: no contact has the number.',
        'company: A contact of the company book company has the number +441134960000.',
      ],
    });
  });

  test('of one by the ending goes through the directories twice', async () => {
    const house = await furnished();
    await house.add('company', 'Local', '7946 1234');
    expect((await house.lookup.explain({ callee: '1001' }, '+442079461234')).explanation).toEqual({
      forms: ['+442079461234', '…9461234'],
      books: ['personal', 'company'],
      rule: 'A contact of the company book company has a number with the ending …9461234.',
      steps: [
        '1001 has a log-in: the personal book and whatever that user may see count.',
        'The number is looked for as +442079461234, then …9461234.',
        'extension: no extension has the number, and no colleague has it as mobile.',
        'personal: no contact has the number.',
        'company: no contact has the number.',
        'personal: no contact can be told by the ending …9461234.',
        'company: A contact of the company book company has a number with the ending …9461234.',
      ],
    });
  });

  test('of an extension or a mobile ends there, with no book searched', async () => {
    const { lookup } = await furnished();
    expect((await lookup.explain('anyone', '1003')).explanation).toEqual({
      forms: ['#1003'],
      books: [],
      rule: 'The number is the extension 1003.',
      steps: [
        'No callee is given: only what is open to everyone counts.',
        'The number is looked for as #1003.',
        'extension: The number is the extension 1003.',
      ],
    });
    expect(await lookup.explain({ callee: '1001' }, '07700900123', { outside: true })).toMatchObject({
      caller: { directory: 'extension', name: 'Carl', extension: '1003' },
      extension: '1003',
      explanation: { rule: 'The number is the mobile of extension 1003.' },
    });
  });

  test('of several contacts says why this one, but not of a callee’s personal ones', async () => {
    const house = await furnished();
    for (const name of ['A', 'B']) await house.add('company', name, '0121 496 0000');
    await house.add('personal:1001', 'Dad', LONDON);
    const last = async (asker: Parameters<typeof house.lookup.explain>[0], number: string) =>
      (await house.lookup.explain(asker, number)).explanation.steps.at(-1);
    expect(await last({ callee: '1001' }, '+441214960000')).toBe(
      'company: A contact of the company book company has the number +441214960000. Of 2 it is the one with the number itself before a line behind it, then with it as an earlier number, then the oldest.',
    );
    expect(await last({ callee: '1001' }, LONDON)).toBe(
      `personal: A contact of the personal book has the number ${LONDON}.`,
    );
    expect(await last({ viewer: house.as('1001') }, LONDON)).toBe(
      `personal: A contact of the personal book has the number ${LONDON}. Of 2 it is the one with the number itself before a line behind it, then with it as an earlier number, then the oldest.`,
    );
  });

  test.each([
    ['700', '700 is neither a user nor an extension: only what is open to everyone counts.'],
    [
      'x\n'.repeat(5_000),
      `${'x '.repeat(16)} is neither a user nor an extension: only what is open to everyone counts.`,
    ],
    ['1500', '1500 has no log-in in use: the company books count that a rule opens to 1500 or to everyone.'],
  ])('says who %.9s is', async (callee, sentence) => {
    const house = await furnished();
    house.called('1500');
    expect((await house.lookup.explain({ callee }, LONDON)).explanation).toEqual({
      forms: [LONDON, '…9460000'],
      books: [],
      rule: 'Nobody: no directory that was asked knows the number.',
      steps: [
        sentence,
        'The number is looked for as +442079460000, then …9460000.',
        'extension: no extension has the number, and no colleague has it as mobile.',
        'personal: there is no such book to look in.',
        'company: there is no such book to look in.',
      ],
    });
  });

  test('says what was done about an extension that names nobody', async () => {
    const house = await furnished();
    const third = async (callee: string, number: string, outside = false) =>
      (await house.lookup.explain({ callee }, number, { outside })).explanation.steps[2];
    expect(await third('1001', '1002')).toBe(
      'extension: 1002 has no name but its number, so the next directory is asked.',
    );
    expect(await third('1001', '1003', true)).toBe(
      'extension: the call comes from outside, so only mobiles are looked at, and none is this number.',
    );
    await house.hide('1003');
    expect(await third('1001', '1003')).toBe('extension: a visibility rule hides the extension from 1001.');
    expect((await house.lookup.explain('anyone', '1003')).explanation.steps[2]).toBe(
      'extension: a visibility rule hides the extension from everyone.',
    );
    // To a client a hidden extension is none.
    const { explanation, extension } = await house.lookup.explain({ viewer: house.as('1001') }, '1003');
    expect([explanation.steps[2], extension]).toEqual([
      'extension: no extension has the number, and no colleague has it as mobile.',
      undefined,
    ]);
  });

  test.each(['anonymous', '', '1'.repeat(65)])('of what is no number says so: %.9s', async (number) => {
    const { lookup } = await furnished();
    expect(await lookup.explain({ callee: '1001' }, number)).toEqual({
      caller: undefined,
      explanation: {
        forms: [],
        books: [],
        rule: 'Nobody: the caller has no number, or has it withheld.',
        steps: ['The text has no digit or is too long: it is no number, and nothing is looked up.'],
      },
    });
  });
});

describe('the operator', () => {
  test('is shown a company contact', async () => {
    const { lookup } = await furnished();
    expect(await answerOperator(lookup, { number: '0113 496 0000', callee: '1001' })).toMatchObject({
      ...{ directory: 'company', name: 'Ada', company: 'Engines', book: 'company' },
      rule: 'A contact of the company book company has the number +441134960000.',
    });
  });

  test.each([LONDON, '7 9946 0000'])(
    'R13: is told of a personal contact only that there is one: %s',
    async (number) => {
      const house = await furnished();
      await house.add('personal:1001', 'Secret Dad', '1179946 0000', LONDON);
      const view = await answerOperator(house.lookup, { number, callee: '1001' });
      expect(view).toMatchObject({ directory: 'personal', book: 'personal', withheld: true });
      expect(Object.keys(view).sort()).toEqual(['book', 'books', 'directory', 'forms', 'rule', 'steps', 'withheld']);
      expect(JSON.stringify(view)).not.toMatch(/Secret|Mum|Dad|117|Of 2/);
      const without = await answerOperator(house.lookup, { number });
      expect(without).toEqual({ forms: view.forms, books: [], rule: expect.any(String), steps: expect.any(Array) });
    },
  );

  test('is shown an extension, named or not', async () => {
    const { lookup } = await furnished();
    expect(await answerOperator(lookup, { number: '1003' })).toMatchObject({
      ...{ directory: 'extension', name: 'Carl', extension: '1003' },
    });
    const { forms, books, rule, steps, ...rest } = await answerOperator(lookup, { number: '1002', callee: '1001' });
    expect([forms, books, rule, steps.length, rest]).toEqual([
      ['#1002'],
      ['personal', 'company'],
      'Nobody: no directory that was asked knows the number.',
      5,
      { extension: '1002' },
    ]);
    expect(await answerOperator(lookup, { number: '1003', outside: true })).not.toHaveProperty('name');
  });
});
