import { describe, expect, test } from 'vitest';
import { callerName, readAmpUsers, readMailboxes } from '../../src/pbx/names.ts';

describe('The name of a caller id', () => {
  test.each([
    ['"User 1001" <1001>', 'User 1001'],
    ['"Ann \\"A\\" O\'Neil" <1001>', 'Ann "A" O\'Neil'],
    ['"back\\\\slash" <1001>', 'back\\slash'],
    ['Ann Lee <1001>', 'Ann Lee'],
    ['"Zo\u00eb \u{1f600}" <1001>', 'Zo\u00eb \u{1f600}'],
    ['"a\u0007\r\nb" <1>', 'a b'],
    ['"<unknown>" <unknown>', undefined],
    ['<1001>', undefined],
    ['"" <1001>', undefined],
    ['', undefined],
    [`"${'x'.repeat(300)}" <1>`, 'x'.repeat(127)],
  ])('%j is %j', (callerId, name) => {
    expect(callerName(callerId)).toBe(name);
  });
});

test('AMPUSER gives names and devices, and nothing else of the tree', async () => {
  const users = await readAmpUsers([
    { key: '/AMPUSER/1001/cidname', val: 'Ann' },
    { key: '/AMPUSER/1001/device', val: '1001&99001&bad(one)' },
    { key: '/AMPUSER/1001/password', val: 'secret' },
    { key: '/AMPUSER/1001/cidname/deeper', val: 'no' },
    { key: '/AMPUSER/1002/cidname', val: '' },
    { key: '/AMPUSER', val: 'x' },
    {},
  ]);
  expect([...users]).toEqual([['1001', { name: 'Ann', devices: ['1001', '99001'] }]]);
});

test('Mailboxes give names and e-mail addresses that are addresses', async () => {
  const boxes = await readMailboxes([
    { vmcontext: 'default', voicemailbox: '1001', fullname: 'Ann', email: 'ann@example.com' },
    { vmcontext: 'other', voicemailbox: '1001', fullname: 'Second', email: 'second@example.com' },
    { vmcontext: 'default', voicemailbox: '1002', fullname: '', email: 'not an address' },
    { fullname: 'nobody' },
  ]);
  expect([...boxes]).toEqual([
    ['1001', { name: 'Ann', email: 'ann@example.com' }],
    ['1002', {}],
  ]);
});
