import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../src/domain/call-record.ts';
import { callsOf, RECORD_START, recorded, recordedPhones } from '../support/call-records.ts';

/** The entries as `1001 out 1002 answered 2+8`: ring and talk. */
function told(...records: readonly CallRecord[]): string[] {
  return callsOf(records).flatMap(({ entries }) =>
    entries.map(({ owner, direction, number, disposition, reason, ring, talk }) =>
      [owner, direction, number || '-', disposition, ...(reason ? [reason] : []), `${ring}+${talk}`].join(' '),
    ),
  );
}

const unreached = { destinationChannel: '', disposition: 'FAILED' };

describe('the records of a call', () => {
  test.each<[string, CallRecord[], string[]]>([
    ['answered', [recorded({ answer: 2 })], ['1001 out 1002 answered 2+8', '1002 in 1001 answered 2+8']],
    ['not answered', [recorded()], ['1001 out 1002 no_answer 10+0', '1002 in 1001 missed 10+0']],
    ['busy', [recorded({ disposition: 'BUSY' })], ['1001 out 1002 busy 10+0', '1002 in 1001 missed busy 10+0']],
    ['congested', [recorded({ disposition: 'CONGESTION' })], ['1001 out 1002 failed 10+0', '1002 in 1001 missed 10+0']],
    [
      'without a phone that is registered',
      [recorded(unreached)],
      ['1001 out 1002 failed 10+0', '1002 in 1001 missed unregistered 10+0'],
    ],
    [
      'without a phone that is registered, gone on to the end of the dialplan',
      [recorded({ ...unreached, destination: 's' })],
      ['1001 out 1002 failed 10+0', '1002 in 1001 missed unregistered 10+0'],
    ],
    [
      'refused by do not disturb, which the record says',
      [recorded({ destinationChannel: '', disposition: 'BUSY', lastApplication: 'Hangup', dndBlocked: true })],
      ['1001 out 1002 busy 10+0', '1002 in 1001 missed dnd 10+0'],
    ],
    [
      'refused before it rang, why the record does not say',
      [recorded({ destinationChannel: '', disposition: 'BUSY', lastApplication: 'Hangup' })],
      ['1001 out 1002 busy 10+0', '1002 in 1001 missed 10+0'],
    ],
    ['to outside', [recorded({ to: '02079460000', answer: 1 })], ['1001 out 02079460000 answered 1+9']],
    [
      'from outside',
      [recorded({ from: '+442079460000', channel: 'PJSIP/trunk-00000001', answer: 1 })],
      ['1002 in +442079460000 answered 1+9'],
    ],
    ['from outside, withheld', [recorded({ from: '', channel: 'PJSIP/trunk-00000001' })], ['1002 in - missed 10+0']],
    ['between two who are outside', [recorded({ from: '7', to: '8', channel: 'PJSIP/trunk-00000001' })], []],
    ['to a feature code', [recorded({ to: '*78', destinationChannel: '', lastApplication: 'Hangup', answer: 0 })], []],
    ['to a code with #', [recorded({ to: '#55', destinationChannel: '', answer: 0 })], []],
    [
      'to an application',
      [recorded({ to: '600', destinationChannel: '', lastApplication: 'Echo', answer: 0 })],
      ['1001 out 600 answered 0+10'],
    ],
    [
      'to his own number',
      [recorded({ to: '1001', lastApplication: 'VoiceMailMain', destinationChannel: '', answer: 0 })],
      ['1001 out 1001 answered 0+10'],
    ],
    [
      'not answered, then taken by the voicemail',
      [
        recorded({ end: 20 }),
        recorded({ start: 20, answer: 20, end: 50, destinationChannel: '', lastApplication: 'VoiceMail' }),
      ],
      ['1001 out 1002 answered 20+30', '1002 in 1001 missed 20+0'],
    ],
    [
      'forwarded by the dialplan, which keeps the number dialled',
      [recorded({ destinationChannel: 'PJSIP/1003-00000002', lastData: 'PJSIP/1003', answer: 4 })],
      ['1001 out 1002 answered 4+6', '1003 in 1001 answered 4+6', '1002 in 1001 missed 4+0'],
    ],
    [
      'busy, then forwarded to one who does not answer',
      [recorded({ end: 2, disposition: 'BUSY' }), recorded({ to: '1003', start: 2, end: 22 })],
      ['1001 out 1002 no_answer 22+0', '1002 in 1001 missed busy 2+0', '1003 in 1001 missed 20+0'],
    ],
    [
      'to two phones of one extension',
      [recorded({ end: 3 }), recorded({ destinationChannel: 'PJSIP/1002-2-00000003', answer: 3 })],
      ['1001 out 1002 answered 3+7', '1002 in 1001 answered 3+7'],
    ],
    [
      'to a phone that is busy beside one that rings',
      [recorded({ disposition: 'BUSY', end: 0 }), recorded({ destinationChannel: 'PJSIP/1002-2-00000003' })],
      ['1001 out 1002 no_answer 10+0', '1002 in 1001 missed 10+0'],
    ],
  ])('%s', (_, records, expected) => {
    expect(told(...records)).toEqual(expected);
    const named = records.map((record) => ({ ...record, uniqueId: 'pbx-1.0', linkedId: 'pbx-1.0' }));
    expect(told(...named)).toEqual(expected);
  });

  test('of a call that the PBX was told to make belong to the one whose phone was called first', () => {
    const dialled = { id: 'rollcall-1', source: '1002', callerId: '"" <1002>' };
    const ending = recorded({ ...dialled, answer: 1, to: 's', destinationChannel: '', lastApplication: 'Hangup' });
    expect(told(recorded({ ...dialled, answer: 1 }))).toEqual([
      '1001 out 1002 answered 1+9',
      '1002 in 1001 answered 1+9',
    ]);
    expect(told(recorded({ ...dialled, answer: 1, disposition: 'BUSY' }), ending)).toEqual([
      '1001 out 1002 busy 10+0',
      '1002 in 1001 missed busy 10+0',
    ]);
    // His own phone was not answered: the record does not name the number.
    expect(told(recorded({ ...dialled, to: 's', destinationChannel: '', lastApplication: 'AppDial2' }))).toEqual([]);
  });

  test('of a call that was made by way of a station belong to whose phones were called by it', () => {
    const near = recorded({ id: 'rollcall-1', channel: 'Local/1001@ring-01;1', answer: 2 });
    const far = { ...recorded({ to: '1001', answer: 2 }), channel: 'Local/1001@ring-01;2', uniqueId: 'rollcall-1;2' };
    const expected = ['1001 out 1002 answered 2+8', '1002 in 1001 answered 2+8'];
    expect(
      told(near, { ...far, linkedId: 'rollcall-1' }, recorded({ from: '1003', id: 'a', start: 60, end: 61 })),
    ).toEqual([...expected, '1003 out 1002 no_answer 1+0', '1002 in 1003 missed 1+0']);
    const { linkedId: _, ...unlinked } = near;
    expect(told(unlinked, far)).toEqual(expected);
  });

  test('of two calls that were joined are two calls, each under the name it began with', () => {
    const first = recorded({ id: 'pbx-1.0', answer: 2, end: 40 });
    const second = {
      ...recorded({ from: '1002', to: '1003', start: 20, answer: 22, end: 40 }),
      channel: 'PJSIP/1002-00000009',
    };
    const joined = { ...second, destinationChannel: 'PJSIP/1003-0000000a', uniqueId: 'pbx-2.5', linkedId: 'pbx-1.0' };
    expect(callsOf([first, joined]).map(({ entries }) => entries.map(({ call, owner }) => [call, owner]))).toEqual([
      [
        ['pbx-1.0', '1001'],
        ['pbx-1.0', '1002'],
      ],
      [
        ['pbx-2.5', '1002'],
        ['pbx-2.5', '1003'],
      ],
    ]);
  });

  test('of one channel name are two calls when there is time between them', () => {
    const again = recorded({ start: 500, end: 510 });
    expect(
      callsOf([recorded(), again]).map(({ end, linked, entries }) => ({
        end,
        linked,
        calls: new Set(entries.map(({ call }) => call)).size,
      })),
    ).toEqual([
      { end: RECORD_START + 10_000, linked: false, calls: 1 },
      { end: RECORD_START + 510_000, linked: false, calls: 1 },
    ]);
  });
});

describe('records in any order', () => {
  const leg = fc.record({
    call: fc.integer({ min: 1, max: 4 }),
    from: fc.constantFrom('1001', '1002', '555'),
    to: fc.constantFrom('1001', '1002', '1003', '600', 's', '*78', ''),
    start: fc.integer({ min: 0, max: 50 }),
    long: fc.integer({ min: 0, max: 30 }),
    disposition: fc.constantFrom('ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION'),
    rang: fc.boolean(),
  });
  const records = fc.array(leg, { maxLength: 12 }).map((legs) =>
    legs.map(({ call, from, to, start, long, disposition, rang }) =>
      recorded({
        ...{ from, to, start, end: start + long, disposition, id: `pbx-${call}.0` },
        ...(disposition === 'ANSWERED' ? { answer: start } : {}),
        ...(rang ? {} : { destinationChannel: '' }),
      }),
    ),
  );

  test('give one entry for each call and party, with times that can be', () => {
    fc.assert(
      fc.property(records, (some) => {
        const entries = callsOf(some).flatMap((call) => call.entries);
        expect(new Set(entries.map(({ call, owner }) => `${call} ${owner}`)).size).toBe(entries.length);
        for (const { owner, ring, talk, direction, number, disposition } of entries) {
          expect(recordedPhones.isExtension(owner)).toBe(true);
          expect([ring >= 0, talk >= 0, disposition === 'answered' || talk === 0]).toEqual([true, true, true]);
          expect(direction === 'in' || /^[0-9]/.test(number)).toBe(true);
        }
      }),
    );
  });

  test('give what they give in the order in which they came', () => {
    const distinct = (some: readonly CallRecord[]) =>
      new Set(some.map(({ start, end }) => `${start} ${end}`)).size === some.length;
    const shuffled = records
      .filter(distinct)
      .chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })));
    fc.assert(
      fc.property(shuffled, ([some, other]) => {
        expect(told(...other).sort()).toEqual(told(...some).sort());
      }),
    );
  });
});
