import { describe, expect, test } from 'vitest';
import type { CallerQuestion, LetThroughList, LetThroughOptions } from '../../src/service/dialplan-port.ts';
import { type AgiCall, callAgi } from '../support/agi-asterisk.ts';
import { ADA, ADA_SET, type AgiHouseOptions, agiHouse, NOBODY_SET } from '../support/agi-house.ts';

/** The variables that one call sets. */
async function ask(call: AgiCall, options: AgiHouseOptions = {}): Promise<[string, string][]> {
  const house = await agiHouse(options);
  const variables = await callAgi(house.port, call);
  expect(house.reports).toEqual([]);
  return variables;
}

describe('lookup', () => {
  test('sets name, company and book, and the name of the caller', async () => {
    const house = await agiHouse();
    expect(await callAgi(house.port)).toEqual(ADA_SET);
    expect([house.outcomes, house.reports]).toEqual([['company'], []]);
  });

  test('empties them when nobody is found, and leaves the caller his name', async () => {
    const house = await agiHouse({ dialplan: { caller: async () => undefined } });
    expect(await callAgi(house.port)).toEqual(NOBODY_SET);
    expect(house.outcomes).toEqual(['none']);
  });

  test.each<[string, AgiCall, CallerQuestion]>([
    ['at the extension', {}, { number: '+442079460000', callee: '1001', outside: false }],
    ['with a callee', { args: ['1002'] }, { number: '+442079460000', callee: '1002', outside: false }],
    [
      'with a callee in the URL',
      { script: 'lookup?callee=1003' },
      { number: '+442079460000', callee: '1003', outside: false },
    ],
    [
      'with both',
      { script: 'lookup?callee=1003', args: ['1002'] },
      { number: '+442079460000', callee: '1002', outside: false },
    ],
    ['from outside', { args: ['1002', 'outside'] }, { number: '+442079460000', callee: '1002', outside: true }],
    ['with an empty callee', { args: ['', 'outside'] }, { number: '+442079460000', callee: '1001', outside: true }],
    [
      'from outside by the URL',
      { script: 'lookup?outside=1' },
      { number: '+442079460000', callee: '1001', outside: true },
    ],
    [
      'from outside in another word',
      { args: ['', 'trunk'] },
      { number: '+442079460000', callee: '1001', outside: true },
    ],
    ['not from outside', { script: 'lookup?outside=0' }, { number: '+442079460000', callee: '1001', outside: false }],
    ['of no number', { headers: { callerid: 'unknown' } }, { number: 'unknown', callee: '1001', outside: false }],
    ['of an odd number', { headers: { callerid: '"; DROP' } }, { number: '"; DROP', callee: '1001', outside: false }],
  ])('asks as it is called: %s', async (_title, call, expected) => {
    const asked: CallerQuestion[] = [];
    const caller = async (question: CallerQuestion) => {
      asked.push(question);
      return ADA;
    };
    expect(await ask(call, { dialplan: { caller } })).toEqual(ADA_SET);
    expect(asked).toEqual([expected]);
  });

  test.each(['32', '33', '34', '35', '67'])(
    'of a number withheld by presentation %s is not made',
    async (callingpres) => {
      const caller = () => Promise.reject(new Error('asked'));
      expect(await ask({ headers: { callingpres } }, { dialplan: { caller } })).toEqual(NOBODY_SET);
    },
  );

  test.each([
    ['unknown', true],
    ['', true],
    ['+442079460000', true],
    ['Ada at work', false],
  ])('of a colleague who comes with the name "%s" sets his name: %s', async (calleridname, isSet) => {
    const caller = async () => ({ name: 'Ada', company: '', directory: 'extension' as const });
    const variables = await ask({ headers: { calleridname } }, { dialplan: { caller } });
    expect(variables.slice(0, 3)).toEqual([
      ['ROLLCALL_NAME', 'Ada'],
      ['ROLLCALL_COMPANY', ''],
      ['ROLLCALL_BOOK', 'extension'],
    ]);
    expect(variables.slice(3)).toEqual(isSet ? [['CALLERID(name)', 'Ada']] : []);
  });

  test.each(['personal', 'company'] as const)(
    'names a caller of a %s book whatever name he comes with',
    async (directory) => {
      const caller = async () => ({ ...ADA, directory });
      const variables = await ask({ headers: { calleridname: 'LONDON GB' } }, { dialplan: { caller } });
      expect(variables.slice(2)).toEqual([
        ['ROLLCALL_BOOK', directory],
        ['CALLERID(name)', 'Ada Lovelace'],
      ]);
    },
  );
});

describe('presence', () => {
  const presence = (extension: string) =>
    extension === '1001'
      ? ({
          status: 'lunch',
          line: 'idle',
          indicator: 'lunch',
          note: 'back "soon"; 14:00',
          until: '2026-01-05T13:00:00.000Z',
        } as const)
      : undefined;
  const SET = [
    ['ROLLCALL_STATUS', 'lunch'],
    ['ROLLCALL_LINE', 'idle'],
    ['ROLLCALL_INDICATOR', 'lunch'],
    ['ROLLCALL_NOTE', 'back "soon"; 14:00'],
    ['ROLLCALL_UNTIL', '2026-01-05T13:00:00.000Z'],
  ];

  test.each<[string, AgiCall, readonly string[][]]>([
    ['an argument', { script: 'presence', args: ['1001'] }, SET],
    ['the URL', { script: 'presence?extension=1001', headers: { extension: 's' } }, SET],
    ['the dialplan', { script: 'presence' }, SET],
    ['nobody knows', { script: 'presence', args: ['1009'] }, SET.map(([name = '']) => [name, ''])],
  ])('of the extension that %s names', async (_title, call, expected) => {
    expect(await ask(call, { dialplan: { presence } })).toEqual(expected);
  });
});

describe('status', () => {
  test('sets the status of an extension and says so', async () => {
    const asked: string[][] = [];
    const setStatus = async (...question: string[]) => {
      asked.push(question);
      return 'ok' as const;
    };
    const set = [
      ['ROLLCALL_RESULT', 'ok'],
      ['ROLLCALL_STATUS', 'lunch'],
    ];
    expect(await ask({ script: 'status', args: ['1001', 'lunch'] }, { dialplan: { setStatus } })).toEqual(set);
    expect(await ask({ script: 'status?extension=1002&status=lunch' }, { dialplan: { setStatus } })).toEqual(set);
    expect(asked).toEqual([
      ['1001', 'lunch'],
      ['1002', 'lunch'],
    ]);
  });

  test('is asked for without an extension too, and never taken from the extension that the dialplan is at', async () => {
    const setStatus = async (extension: string) => (extension === '' ? 'no_extension' : 'ok');
    expect(await ask({ script: 'status' }, { dialplan: { setStatus } })).toEqual([['ROLLCALL_RESULT', 'no_extension']]);
  });

  test.each(['no_extension', 'wrong_status', 'pbx_away', 'storage', 'too_many', 'late', 'failed'] as const)(
    'that comes to %s says that alone',
    async (outcome) => {
      const setStatus = async () => outcome;
      expect(await ask({ script: 'status', args: ['1001', 'x'] }, { dialplan: { setStatus } })).toEqual([
        ['ROLLCALL_RESULT', outcome],
      ]);
    },
  );
});

describe('through', () => {
  const letsThrough = async (
    callee: string,
    number: string,
    lists: readonly LetThroughList[],
    { outside }: LetThroughOptions = {},
  ) => (callee === '1001' && number === '+442079460000' && outside === false ? lists.at(-1) : undefined);

  test.each<[string, AgiCall, string]>([
    ['both lists', { args: ['1001', 'favorites&numbers'] }, 'numbers'],
    ['one list', { args: ['1001', 'favorites'] }, 'favorites'],
    ['a list twice, and blanks', { args: ['1001', ' numbers & favorites&numbers'] }, 'favorites'],
    ['a list that there is not', { args: ['1001', 'everybody&__proto__'] }, ''],
    ['no list', { args: ['1001'] }, ''],
    ['a call from outside', { args: ['1001', 'numbers', 'outside'] }, ''],
    ['a call from outside by the URL', { script: 'through?outside=yes', args: ['1001', 'numbers'] }, ''],
    ['a call that is not from outside', { args: ['1001', 'numbers', 'No'] }, 'numbers'],
    ['another callee', { args: ['1002', 'numbers'] }, ''],
    ['the extension of the dialplan', { args: ['', 'numbers'] }, 'numbers'],
    ['lists in the URL', { script: 'through?callee=1001&lists=numbers' }, 'numbers'],
    ['a withheld number', { args: ['1001', 'numbers'], headers: { callingpres: '32' } }, ''],
  ])('with %s', async (_title, call, list) => {
    expect(await ask({ script: 'through', ...call }, { dialplan: { letsThrough } })).toEqual([
      ['ROLLCALL_THROUGH', list],
    ]);
  });
});

describe('a token', () => {
  const token = 'abcdefghij0123456789';

  test('that is right opens every script', async () => {
    expect(await ask({ script: `lookup?token=${token}` }, { token })).toEqual(ADA_SET);
    expect(await ask({ script: `through?callee=1001&token=${token}` }, { token })).toEqual([['ROLLCALL_THROUGH', '']]);
  });

  test('that nobody asked for is passed over', async () => {
    expect(await ask({ script: 'lookup?token=x' })).toEqual(ADA_SET);
  });

  test.each(['lookup', 'lookup?token=', 'lookup?token=abcdefghij012345678', 'status?Token=abcdefghij0123456789'])(
    'that is wrong or missing sets nothing: %s',
    async (script) => {
      const house = await agiHouse({ token });
      expect(await callAgi(house.port, { script, args: ['1001', 'lunch'] })).toEqual([]);
      expect(await callAgi(house.port, { script })).toEqual([]);
      expect(house.outcomes).toEqual(['refused', 'refused']);
      expect(house.reports).toEqual([{ event: 'lookup.refused', fields: { way: 'agi', times: 1 } }]);
    },
  );
});

test.each(['', 'Lookup', 'lookup.agi', 'lookup/x', '__proto__', 'constructor', '%6cookup'])(
  'the script "%s" is not there: nothing is set, and that is told once',
  async (script) => {
    const house = await agiHouse();
    expect(await callAgi(house.port, { script })).toEqual([]);
    expect(await callAgi(house.port, { script })).toEqual([]);
    expect(house.reports).toEqual([{ event: 'agi.unknown_script', fields: { times: 1 } }]);
  },
);
