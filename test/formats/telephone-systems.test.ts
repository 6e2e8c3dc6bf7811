// Files as telephone systems write them: test/fixtures/imports/README.md.
import { describe, expect, test } from 'vitest';
import { readFixture } from './opened.ts';

describe('the contacts of a telephone system', () => {
  const lena = { firstName: 'Lena', lastName: 'Park', company: 'Example Ltd' };
  const business = { type: 'business', number: '02079460001' };
  const fax = { type: 'business_fax', number: '02079460002' };
  const mobile = { type: 'mobile', number: '07700900001' };
  const emails = [{ type: 'work', address: 'lena@example.com' }];
  const place = { type: 'work', zip: 'EC1A 1BB', street: '1 High St', city: 'London', country: 'UK' };

  test('Other is a remark in the S-Series of Yeastar', async () => {
    expect(await readFixture('yeastar-s.csv', 'GB')).toEqual({
      how: ['Yeastar S-Series', 'UTF-8', ','],
      contacts: [
        {
          ...lena,
          numbers: [business, fax, mobile],
          emails,
          addresses: [place],
          remark: 'prefers e-mail, 12345678',
        },
      ],
      warned: [],
    });
  });

  test('Other is a number in the P-Series of Yeastar', async () => {
    expect(await readFixture('yeastar-p.csv', 'GB')).toEqual({
      how: ['Yeastar P-Series', 'UTF-8', ','],
      contacts: [
        {
          ...lena,
          numbers: [
            business,
            { type: 'business', number: '1001*2' },
            fax,
            mobile,
            { type: 'other', number: '02079460003' },
          ],
          emails,
          addresses: [place],
          remark: 'prefers e-mail',
        },
      ],
      warned: [],
    });
  });

  test('3CX', async () => {
    expect(await readFixture('3cx.csv', 'GB')).toEqual({
      how: ['3CX', 'UTF-8', ','],
      contacts: [
        {
          ...lena,
          numbers: [
            mobile,
            { type: 'mobile', number: '07700900002' },
            business,
            { type: 'other', number: '02079460003' },
            fax,
            { type: 'other', number: '02079460004' },
          ],
          emails,
        },
      ],
      warned: [],
    });
  });

  test('FreePBX, with extensions and flags', async () => {
    expect(await readFixture('freepbx.csv', 'GB')).toEqual({
      how: ['FreePBX', 'UTF-8', ','],
      contacts: [
        {
          ...lena,
          title: 'Buyer',
          numbers: [
            { type: 'business', number: '02079460001 ext 12' },
            { type: 'home_fax', number: '02079460002' },
          ],
          emails: [...emails, { type: 'work', address: 'lena@example.org' }],
          addresses: [{ type: 'work', street: '1 High St, London' }],
        },
        { firstName: 'Front', lastName: 'Desk', numbers: [mobile] },
      ],
      warned: [],
    });
  });

  test('NethVoice', async () => {
    expect(await readFixture('nethvoice.csv', 'GB')).toEqual({
      how: ['NethVoice', 'UTF-8', ','],
      contacts: [
        {
          ...lena,
          title: 'Buyer',
          numbers: [
            { type: 'home', number: '02079460005' },
            business,
            mobile,
            fax,
            { type: 'business', number: '201' },
          ],
          emails,
          addresses: [{ type: 'work', street: '1 High St', city: 'London', zip: 'EC1A 1BB' }],
          remark: 'vip',
        },
      ],
      warned: [],
    });
  });

  test('XiVO', async () => {
    expect(await readFixture('xivo.csv', 'GB')).toEqual({
      how: ['XiVO', 'UTF-8', '|'],
      contacts: [
        {
          ...lena,
          numbers: [
            mobile,
            business,
            fax,
            { type: 'home', number: '02079460005' },
            { type: 'other', number: '02079460006' },
          ],
          emails,
          addresses: [{ ...place, street: '1 High St, Flat 2' }],
          remark: 'vip',
        },
      ],
      warned: [],
    });
  });
});
