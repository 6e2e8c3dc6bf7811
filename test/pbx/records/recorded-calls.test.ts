import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordedCall } from '../../../src/domain/record-entries.ts';
import { openCallRecords } from '../../../src/pbx/records/call-records.ts';
import { callsOf } from '../../support/call-records.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'records');
const HOUSE = ['1001', '1002', '1003', '1004', '1005'];
const phones = {
  extensionsOf: (device: string) => HOUSE.filter((number) => [`PJSIP/${number}`, `PJSIP/${number}-2`].includes(device)),
  isExtension: (number: string) => HOUSE.includes(number),
};

async function read(name: string): Promise<RecordedCall[]> {
  const records = openCallRecords({ csv: join(FIXTURES, name), url: '', table: '', utc: true });
  return callsOf((await records?.read(0, Date.parse('2027-01-01'))) ?? [], phones);
}

/** Each call on a line, without its times. */
function told(calls: readonly RecordedCall[]): string[] {
  return calls.map(({ entries }) =>
    entries
      .map(({ owner, direction, number, disposition, reason, talk }) => {
        const how = [disposition, reason, talk > 0 ? 'with talk' : undefined].filter((word) => word !== undefined);
        return `${owner} ${direction} ${number || 'withheld'} ${how.join(' ')}`;
      })
      .sort()
      .join(', '),
  );
}

/** The calls of the recordings, each of which was made in this order; those that no line here speaks of made no record. */
const CALLS = [
  '1001 out 1002 answered with talk, 1002 in 1001 answered with talk',
  '1001 out 1002 busy, 1002 in 1001 missed busy',
  // declined, not answered and cancelled are the same in a record
  '1001 out 1002 no_answer, 1002 in 1001 missed',
  '1001 out 1002 no_answer, 1002 in 1001 missed',
  '1001 out 1002 no_answer, 1002 in 1001 missed',
  '1001 out 1004 failed, 1004 in 1001 missed unregistered',
  // refused by do not disturb, of which this file has no column
  '1001 out 1002 busy, 1002 in 1001 missed',
  // forwarded from 1003
  '1001 out 1003 answered with talk, 1002 in 1001 answered with talk, 1003 in 1001 missed',
  // by way of a station
  '1001 out 700 answered with talk, 1002 in 1001 answered with talk',
  // to a group: answered by one of them, and by nobody
  '1001 out 701 answered with talk, 1002 in 1001 answered with talk, 1003 in 1001 missed',
  '1001 out 701 no_answer, 1002 in 1001 missed, 1003 in 1001 missed',
  // to an application that calls somebody
  '1001 out 702 answered with talk, 1002 in 1001 answered with talk',
  // to a group of stations
  '1001 out 703 answered with talk, 1002 in 1001 answered with talk, 1003 in 1001 missed',
  '1001 out 704 answered with talk, 1002 in 1001 answered with talk',
  // two phones of one extension
  '1001 out 1005 answered with talk, 1005 in 1001 answered with talk',
  '1001 out 01234567 no_answer',
  // from outside; a record does not say that a number is withheld
  '1002 in +442079460000 answered with talk',
  '1002 in +442079460001 answered with talk',
  '1002 in withheld answered with talk',
];

/** Calls that the PBX was told to make; those that ended at the caller's own phone name no number. */
const DIALLED = [
  '1001 out 1002 answered with talk, 1002 in 1001 answered with talk',
  '1001 out 1002 busy, 1002 in 1001 missed busy',
  '1002 in 1005 answered with talk, 1005 out 1002 answered with talk',
];

test.each(['asterisk-22-all-columns.csv', 'asterisk-16-all-columns.csv', 'asterisk-22-unique-ids.csv'])(
  'every kind of call is told once to each party from %s',
  async (name) => {
    const calls = await read(name);
    // Without linked ids the other end of a station is a call of its own.
    const joined = name.includes('unique-ids') ? withoutStations(told(calls)) : told(calls);
    const expected = [...CALLS, ...DIALLED];
    expect(joined).toEqual(name.includes('unique-ids') ? withoutStations(expected) : expected);
    expect(new Set(calls.map(({ linked }) => linked))).toEqual(new Set([!name.includes('unique-ids')]));
  },
);

test('without any id the calls of the phones are the same', async () => {
  expect(withoutStations(told(await read('asterisk-16-plain.csv')))).toEqual(withoutStations(CALLS));
});

test('entries carry the times of the record, and the linked id as the name of the call', async () => {
  const [first] = await read('asterisk-22-all-columns.csv');
  const [at, end] = [Date.parse('2026-11-22T08:36:17Z'), Date.parse('2026-11-22T08:36:18Z')];
  const shared = { call: 'lab22-1795336577.0', at, disposition: 'answered', ring: 0, talk: 1 };
  expect(first).toEqual({
    end,
    linked: true,
    entries: [
      { ...shared, owner: '1001', direction: 'out', number: '1002' },
      { ...shared, owner: '1002', direction: 'in', number: '1001' },
    ],
  });
});

/** The entries without the groups that are reached by way of stations, each for itself. */
function withoutStations(calls: readonly string[]): string[] {
  return calls
    .flatMap((call) => call.split(', '))
    .filter((entry) => !/ out (700|703) /.test(entry))
    .sort();
}
