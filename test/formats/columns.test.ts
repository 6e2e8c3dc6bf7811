import { describe, expect, test } from 'vitest';
import { readContact } from '../../src/domain/contact.ts';
import { fixture, open, outcomeOf, outcomes, rowsOf, takenFor } from './opened.ts';

describe('a file without headers', () => {
  test('is known by its first row, which is row 1, and its columns by what they hold', async () => {
    const file = await open('Ann;Lee;020 7946 0000;ann@example.com;07700 900001\nBob;Ray;020 7946 0001;;\n');
    expect([file.layout, file.columns]).toEqual([
      'no header',
      [
        { header: '', target: 'firstName', samples: ['Bob', 'Ann'] },
        { header: '', target: 'lastName', samples: ['Ray', 'Lee'] },
        { header: '', target: 'number:business', samples: ['020 7946 0001', '020 7946 0000'] },
        { header: '', target: 'email:work', samples: ['ann@example.com'] },
        { header: '', target: 'number:other', samples: ['07700 900001'] },
      ],
    ]);
    expect((await rowsOf(file)).map((row) => [row.row, outcomeOf(row)])).toEqual([
      [
        1,
        {
          firstName: 'Ann',
          lastName: 'Lee',
          numbers: [
            { type: 'business', number: '020 7946 0000' },
            { type: 'other', number: '07700 900001' },
          ],
          emails: [{ type: 'work', address: 'ann@example.com' }],
        },
      ],
      [2, { firstName: 'Bob', lastName: 'Ray', numbers: [{ type: 'business', number: '020 7946 0001' }] }],
    ]);
  });

  test('may have names in one column, and numbers of the house', async () => {
    expect(await outcomes('Front Desk,1000\nAnn Lee,1001\n')).toEqual([
      { firstName: 'Front', lastName: 'Desk', numbers: [{ type: 'business', number: '1000' }] },
      { firstName: 'Ann', lastName: 'Lee', numbers: [{ type: 'business', number: '1001' }] },
    ]);
  });

  test('names its columns by their place when something is wrong', async () => {
    const [row] = await rowsOf(await open('Ann Lee,020 7946 0000\nBob Ray,4.91E+12\n'));
    expect(row?.cell('numbers.0.number')).toEqual({ column: 'Column 2', value: '020 7946 0000' });
  });
});

test('columns with unknown headers are known by what they hold', async () => {
  const file = await open('氏名,電話番号\nAnn Lee,020 7946 0000\nBob Ray,020 7946 0001\n');
  expect([file.layout, takenFor(file)]).toEqual(['unknown columns', { 氏名: 'name', 電話番号: 'number:business' }]);
});

describe('somebody says what the columns are', () => {
  const FILE = 'Who,Where,Digits,More\nAnn Lee,London,020 7946 0000,1001\n';

  test('and that is what they are', async () => {
    const columns = ['company', 'address:home:city', 'number:mobile', null];
    const file = await open(FILE, { columns });
    expect(file.columns.map(({ target }) => target)).toEqual(columns);
    expect((await rowsOf(file)).map(outcomeOf)).toEqual([
      {
        company: 'Ann Lee',
        numbers: [{ type: 'mobile', number: '020 7946 0000' }],
        addresses: [{ type: 'home', city: 'London' }],
      },
    ]);
  });

  test('columns of which the same is said as is told keep their labels', async () => {
    const told = (await open(fixture('google.csv'))).columns.map(({ target }) => target);
    const [same] = await outcomes(fixture('google.csv'), { columns: told });
    expect(same).toEqual((await outcomes(fixture('google.csv')))[0]);
    const columns = told.map((target, index) => (index === 22 ? 'number:home' : target));
    const [other] = await outcomes(fixture('google.csv'), { columns });
    expect(other).toEqual({
      ...same,
      numbers: [
        { type: 'home', number: '+49 171 2345678' },
        { type: 'home', number: '+49 171 2345679' },
        { type: 'business_fax', number: '+49 30 2345678' },
        { type: 'other', number: '**12' },
      ],
    });
  });

  test('parts of an address complete one that lacks them, and begin a further one otherwise', async () => {
    const file = 'Name,Phone,Street,Town?,Street too,Town too?\nAnn,1001,1 High St,London,2 Low St,Leeds\n';
    const columns = [
      'name',
      'number:business',
      'address:work:street',
      'address:work:city',
      'address:home:street',
      'address:home:city',
    ];
    expect(await outcomes(file, { columns })).toMatchObject([
      {
        addresses: [
          { type: 'work', street: '1 High St', city: 'London' },
          { type: 'home', street: '2 Low St', city: 'Leeds' },
        ],
      },
    ]);
    const twice = columns.map((target) => target.replace('home', 'work'));
    expect(await outcomes(file.replaceAll(/Street|Town/g, 'Part'), { columns: twice })).toMatchObject([
      {
        addresses: [
          { type: 'work', street: '1 High St', city: 'London' },
          { type: 'work', street: '2 Low St', city: 'Leeds' },
        ],
      },
    ]);
  });

  const wrong: [string, (string | null)[], string][] = [
    ['too few', ['name', 'number:mobile'], 'columns: must name the 4 columns of the file, not 2'],
    ['too many', ['name', null, null, 'number:mobile', null], 'columns: must name the 4 columns of the file, not 5'],
    ['an unknown one', ['name', null, 'number:fax', null], 'columns.2: is nothing that a column can be'],
    ['one twice', ['name', 'name', 'number:mobile', null], 'columns.1: only one column can be name'],
    [
      'nothing of use',
      [null, 'remark', 'email:work', null],
      'the file has no column that could be a name or a number: its first line must say what its columns are',
    ],
  ];
  test.each(wrong)('and is refused for naming %s', async (_, columns, message) => {
    await expect(open(FILE, { columns })).rejects.toMatchObject({ code: 'params', message });
  });
});

describe('what a file speaks of', () => {
  const covers = async (header: string) => (await rowsOf(await open(`${header}\nAnn,1001,\n`)))[0]?.covers;

  test('are the types that it has columns for', async () => {
    expect(await covers('Name,Mobile,E-mail')).toEqual({ numbers: ['mobile'], emails: ['work'], addresses: [] });
    expect(await covers('Name,Home phone,Home city')).toEqual({ numbers: ['home'], emails: [], addresses: ['home'] });
  });

  test('are all types where labels tell them', async () => {
    const file = await open('First Name,Phone 1 - Label,Phone 1 - Value\nAnn,Mobile,1001\n');
    const [row] = await rowsOf(file);
    expect(row?.covers).toEqual({
      numbers: ['business', 'mobile', 'home', 'business_fax', 'home_fax', 'other'],
      emails: [],
      addresses: [],
    });
  });

  test('are the fields that it has columns for, empty or not', async () => {
    const [row] = await rowsOf(await open('First name,Company,Phone,Notes\nAnn,,1001,\n'));
    expect(row?.fields).toStrictEqual({
      firstName: 'Ann',
      company: undefined,
      remark: undefined,
      numbers: [{ type: 'business', number: '1001' }],
    });
  });

  test('is the contact of an ID, where the cell has one', async () => {
    const rows = await rowsOf(await open('ID,Name,Phone\nc1,Ann,1001\n,Bob,1002\n'));
    expect(rows.map(({ id }) => id)).toEqual(['c1', undefined]);
  });
});

test('the order of numbers that our own file tells is followed as far as it goes', async () => {
  const header =
    'ID,First Name,Last Name,Company Name,Job Title,Business Number,Business Number 2,Mobile,Home,Number Order';
  const order = async (cell: string) => {
    const [row] = await rowsOf(await open(`${header}\nc1,Ann,,,,1001,1002,1003,1004,${cell}\n`));
    return readContact(row?.fields, '').numbers.map(({ number }) => number);
  };
  expect(await order('')).toEqual(['1001', '1002', '1003', '1004']);
  expect(await order('mobile business home business')).toEqual(['1003', '1001', '1004', '1002']);
  expect(await order('home fax home nonsense')).toEqual(['1004', '1001', '1002', '1003']);
});
