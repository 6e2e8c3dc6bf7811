import { describe, expect, test } from 'vitest';
import type { CallEntry } from '../../src/domain/call.ts';
import { entriesOf, progressOf } from '../../src/domain/call-entries.ts';
import type { CallStory, Directory, Standing, Station, Visit } from '../../src/domain/call-story.ts';

const phones: Readonly<Record<string, readonly string[]>> = {
  'PJSIP/1001': ['1001'],
  'PJSIP/1002': ['1002'],
  'PJSIP/1003': ['1003'],
  'PJSIP/1005': ['1005'],
  'PJSIP/1005-2': ['1005'],
  'PJSIP/desk': ['2001', '2002'],
};
const directory: Directory = {
  extensionsOf: (device) => phones[device] ?? [],
  isExtension: (number) => Object.values(phones).flat().includes(number),
  standing: () => undefined,
};

/** A channel of a phone, by its device; times are seconds. */
function station(id: string, device: string, more: Partial<Station> = {}): Station {
  const seconds = (value: number | undefined) => (value === undefined ? undefined : value * 1_000);
  const { at = 0, rang, answered, ended = 30, gaveUp, ...rest } = more;
  const times = { rang: seconds(rang), answered: seconds(answered), gaveUp: seconds(gaveUp), ended: seconds(ended) };
  const known = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  const channel = device.startsWith('Local/') ? device : `${device}-0000000a`;
  return { id, channel, at: at * 1_000, exten: '', number: device.replace(/\D/g, ''), ...rest, ...known };
}

const caller = (more: Partial<Station> = {}) => station('1', 'PJSIP/1001', { exten: '1002', cause: 16, ...more });
const outside = (more: Partial<Station> = {}) =>
  station('1', 'PJSIP/trunk', { exten: '5551', number: '020123', cause: 16, ...more });
const called = (id: string, device: string, more: Partial<Station> = {}) =>
  station(id, device, { called: true, from: '1', exten: '1002', ...more });
const visit = (number: string, standing?: Standing, more: Partial<Visit> = {}): Visit => ({
  ...{ number, by: '1', at: 0 },
  ...(standing ? { standing } : {}),
  ...more,
});

const story = (stations: readonly Station[], more: Partial<CallStory> = {}): CallStory => ({
  ...{ id: '1', at: 0, stations, visits: [] },
  ...more,
});

const words = ({ owner, direction, disposition, reason, number, ring, talk }: CallEntry) =>
  [owner, direction, disposition, ...(reason ? [reason] : []), number || '(none)', `${ring}+${talk}`].join(' ');
const entries = (of: CallStory) => entriesOf(of, directory).map(words);

describe('A call between two extensions', () => {
  test.each<[what: string, caller: Partial<Station>, phone: Partial<Station>, entries: string[]]>([
    [
      'answered',
      { answered: 5 },
      { rang: 1, answered: 5, status: 'ANSWER', cause: 16 },
      ['1001 out answered 1002 5+25', '1002 in answered 1001 5+25'],
    ],
    [
      'not answered',
      { cause: 19 },
      { rang: 1, status: 'NOANSWER', cause: 0 },
      ['1001 out no_answer 1002 30+0', '1002 in missed no_answer 1001 30+0'],
    ],
    [
      'declined, after which the dialplan says that the subscriber is absent',
      { cause: 20 },
      { status: 'NOANSWER', cause: 21 },
      ['1001 out no_answer 1002 30+0', '1002 in missed declined 1001 30+0'],
    ],
    [
      'busy',
      { cause: 17 },
      { status: 'BUSY', cause: 17 },
      ['1001 out busy 1002 30+0', '1002 in missed busy 1001 30+0'],
    ],
    [
      'busy, after which the caller hears a tone and hangs up',
      { gaveUp: 29 },
      { status: 'BUSY', cause: 17, ended: 1 },
      ['1001 out busy 1002 30+0', '1002 in missed busy 1001 1+0'],
    ],
    [
      'given up',
      { gaveUp: 30, cause: 127 },
      { rang: 1, status: 'CANCEL', cause: 127 },
      ['1001 out cancelled 1002 30+0', '1002 in missed cancelled 1001 30+0'],
    ],
    [
      'given up, of which the end of dialling was not told',
      { gaveUp: 30, cause: 127 },
      { rang: 1, cause: 127 },
      ['1001 out cancelled 1002 30+0', '1002 in missed cancelled 1001 30+0'],
    ],
    [
      'to a phone that cannot be reached',
      { cause: 20 },
      { status: 'CHANUNAVAIL', cause: 20 },
      ['1001 out failed 1002 30+0', '1002 in missed unregistered 1001 30+0'],
    ],
    [
      'that the network could not carry',
      { cause: 34 },
      { status: 'CONGESTION', cause: 34 },
      ['1001 out failed 1002 30+0', '1002 in missed 1001 30+0'],
    ],
    [
      'whose end nobody saw',
      { lost: true },
      { rang: 1, lost: true },
      ['1001 out failed 1002 30+0', '1002 in missed 1001 30+0'],
    ],
  ])('%s', (_what, own, phone, expected) => {
    expect(entries(story([caller(own), called('2', 'PJSIP/1002', phone)]))).toEqual(expected);
  });

  test('has whole values, of which the name from outside is none', () => {
    const of = story([caller({ answered: 5 }), called('2', 'PJSIP/1002', { at: 1, answered: 5 })], {
      ...{ at: 1_000, presented: 'Ann' },
    });
    expect(entriesOf(of, directory)).toEqual([
      {
        ...{ owner: '1001', call: '1', at: 1_000, direction: 'out', number: '1002' },
        ...{ disposition: 'answered', ring: 4, talk: 25 },
      },
      {
        ...{ owner: '1002', call: '1', at: 1_000, direction: 'in', number: '1001' },
        ...{ disposition: 'answered', ring: 4, talk: 25 },
      },
    ]);
  });

  test('is one entry when somebody calls himself, directly or in a group', () => {
    expect(entries(story([caller({ exten: '1001' }), called('2', 'PJSIP/1001')], {}))).toEqual([
      '1001 out failed 1001 30+0',
    ]);
  });

  test('makes none for numbers that are feature codes', () => {
    for (const exten of ['*78', '#1', '*801002']) {
      const code = caller({ exten, answered: 1 });
      expect(entries(story([code, called('2', 'PJSIP/1002')], { visits: [visit('1002')] }))).toEqual([]);
    }
  });

  test('takes the extension where what was dialled is a word of the dialplan', () => {
    const of = story([caller({ exten: 's' }), called('2', 'PJSIP/1002', { exten: 's', cause: 17 })]);
    expect(entries(of)[0]).toBe('1001 out busy 1002 30+0');
    expect(entries(story([caller({ exten: 's' })]))).toEqual([]);
  });
});

describe('An extension of which no phone was called', () => {
  const refused = { blocked: true, away: false };
  const absent = { blocked: false, away: true };
  const there = { blocked: false, away: false };

  test.each<[what: string, visit: Visit, caller: Partial<Station>, entry: string]>([
    ['does not want to be disturbed', visit('1002', refused), { cause: 17 }, '1002 in missed dnd 1001 0+0'],
    [
      'does not want to be disturbed, as the call record says',
      visit('1002', there, { refused: true }),
      { cause: 17 },
      '1002 in missed dnd 1001 0+0',
    ],
    ['has no phone', visit('1002', absent), { cause: 20 }, '1002 in missed unregistered 1001 0+0'],
    ['was given up', visit('1002', there), { gaveUp: 30 }, '1002 in missed cancelled 1001 0+0'],
    ['was not called for a reason that is not known', visit('1002', there), {}, '1002 in missed 1001 0+0'],
  ])('%s', (_what, at, own, entry) => {
    expect(entries(story([caller(own)], { visits: [at] }))[1]).toBe(entry);
  });

  test('is in the history where its calls go elsewhere, and only extensions are', () => {
    const of = story([caller({ answered: 9 }), called('3', 'PJSIP/1003', { answered: 9 })], {
      visits: [visit('1002', refused), visit('650')],
    });
    expect(entries(of)).toEqual([
      '1001 out answered 1002 9+21',
      '1003 in answered 1001 9+21',
      '1002 in missed dnd 1001 0+0',
    ]);
  });
});

describe('A call of a colleague who wants his number not shown', () => {
  test('is in the history of who was called without it, and in his own as ever', () => {
    const of = story([caller(), called('2', 'PJSIP/1002')], { withheld: true, visits: [visit('1003')] });
    expect(entriesOf(of, directory).map(({ owner, number }) => [owner, number])).toEqual([
      ['1001', '1002'],
      ['1002', ''],
      ['1003', ''],
    ]);
  });

  test('hides nobody else who calls in it', () => {
    const bob = called('2', 'PJSIP/1002', { answered: 1 });
    const cid = called('3', 'PJSIP/1003', { from: '2', exten: '1003', answered: 9 });
    const of = story([caller({ answered: 1 }), bob, cid], { withheld: true });
    expect(entries(of).slice(1)).toEqual(['1002 in answered (none) 1+29', '1003 in answered 1002 9+21']);
  });
});

describe('A call from outside', () => {
  test('is in the history of who was called alone, with the name it came with', () => {
    const of = story([outside({ answered: 4 }), called('2', 'PJSIP/1002', { answered: 4 })], { presented: 'Eve' });
    expect(entriesOf(of, directory)).toEqual([
      {
        ...{ owner: '1002', call: '1', at: 0, direction: 'in', number: '020123', outside: true, presented: 'Eve' },
        ...{ disposition: 'answered', ring: 4, talk: 26 },
      },
    ]);
  });

  test('shows neither number nor name when it wants none shown', () => {
    const of = story([outside(), called('2', 'PJSIP/1002')], {
      ...{ presented: 'Eve', withheld: true, visits: [visit('1003', { blocked: true, away: false })] },
    });
    expect(entriesOf(of, directory).map(({ number, presented }) => [number, presented])).toEqual([
      ['', undefined],
      ['', undefined],
    ]);
  });

  test('that is handed on by who answered it comes to the next one from him', () => {
    const bob = called('2', 'PJSIP/1002', { answered: 1 });
    const cid = called('3', 'PJSIP/1003', { from: '2', exten: '1003', answered: 9 });
    expect(entries(story([outside({ answered: 1 }), bob, cid]))).toEqual([
      '1002 in answered 020123 1+29',
      '1003 in answered 1002 9+21',
    ]);
  });
});

describe('Several phones', () => {
  test('of one extension are one party, which has answered when one has', () => {
    const of = story([
      caller({ exten: '1005', answered: 3 }),
      called('2', 'PJSIP/1005', { answered: 3 }),
      called('3', 'PJSIP/1005-2', { rang: 1, status: 'CANCEL', cause: 26, ended: 3 }),
    ]);
    expect(entries(of)).toEqual(['1001 out answered 1005 3+27', '1005 in answered 1001 3+27']);
  });

  test.each<[what: string, first: Partial<Station>, second: Partial<Station>, reason: string]>([
    ['declined', { cause: 21, ended: 1 }, { status: 'NOANSWER' }, 'declined '],
    ['not answered', { cause: 17, ended: 1 }, { status: 'NOANSWER' }, 'no_answer '],
    ['busy', { cause: 17 }, { status: 'CHANUNAVAIL' }, 'busy '],
    ['not reached', { status: 'CHANUNAVAIL' }, { cause: 20 }, 'unregistered '],
    ['rung again and then answered by a colleague', { status: 'NOANSWER', ended: 9 }, { cause: 26 }, 'cancelled '],
    ['of which one was not seen', { lost: true }, { status: 'CHANUNAVAIL' }, ''],
  ])('of one extension: %s', (_what, first, second, reason) => {
    const of = story([caller(), called('2', 'PJSIP/1005', first), called('3', 'PJSIP/1005-2', second)]);
    expect(entries(of)[1]).toBe(`1005 in missed ${reason}1001 30+0`);
  });

  test('of a group over Local channels lead back to who called', () => {
    const way = (n: string, id: string) => [
      station(`${id}a`, `Local/${n}@in-1;1`, { called: true, from: '1', exten: '650' }),
      station(`${id}b`, `Local/${n}@in-1;2`, { exten: n }),
    ];
    const of = story([
      caller({ exten: '650', answered: 2 }),
      ...way('1002', '2'),
      ...way('1003', '3'),
      called('4', 'PJSIP/1002', { from: '2b', answered: 2 }),
      called('5', 'PJSIP/1003', { from: '3b', rang: 1, cause: 26, ended: 2 }),
    ]);
    expect(entries(of)).toEqual([
      '1001 out answered 650 2+28',
      '1002 in answered 1001 2+28',
      '1003 in missed cancelled 1001 2+0',
    ]);
  });

  test('decide by the last that were called how the call ended for who called', () => {
    const first = called('2', 'PJSIP/1002', { status: 'NOANSWER', ended: 10 });
    const then = (more: Partial<Station>) => called('3', 'PJSIP/1003', { at: 10, ...more });
    expect(entries(story([caller(), first, then({ status: 'BUSY' })]))[0]).toBe('1001 out busy 1002 30+0');
    const gaveUp = [caller({ gaveUp: 30 }), first, then({ status: 'CANCEL' })];
    expect(entries(story(gaveUp))[0]).toBe('1001 out cancelled 1002 30+0');
    const oneWasBusy = [
      caller({ gaveUp: 30 }),
      called('2', 'PJSIP/1002', { cause: 17 }),
      called('3', 'PJSIP/1003', { status: 'CANCEL' }),
    ];
    expect(entries(story(oneWasBusy))[0]).toBe('1001 out cancelled 1002 30+0');
  });

  test('a phone that two extensions share is that of the one that was dialled, or of both', () => {
    const desk = (exten: string) => story([caller({ exten }), called('2', 'PJSIP/desk', { exten, cause: 17 })]);
    expect(entries(desk('2002')).slice(1)).toEqual(['2002 in missed busy 1001 30+0']);
    expect(entries(desk('650')).slice(1)).toEqual(['2001 in missed busy 1001 30+0', '2002 in missed busy 1001 30+0']);
    const from = story([station('1', 'PJSIP/desk', { exten: '1002', number: '2002' }), called('2', 'PJSIP/1002')]);
    expect(entries(from)).toEqual(['2002 out failed 1002 30+0', '1002 in missed 2002 30+0']);
  });
});

describe('A call that the daemon made', () => {
  const dialled = { owner: '1005', number: '(020) 555', at: 0 };
  const own = (more: Partial<Station> = {}) => station('1', 'PJSIP/1005', { called: true, exten: 's', ...more });
  const far = (more: Partial<Station> = {}) => called('2', 'PJSIP/1002', more);

  test.each<[what: string, stations: Station[], entries: string[]]>([
    ['declined at the own phone', [own({ cause: 21 })], ['1005 out cancelled phone_declined (020) 555 30+0']],
    ['not answered at it', [own({ rang: 1, cause: 19 })], ['1005 out cancelled phone_no_answer (020) 555 30+0']],
    ['busy at it', [own({ status: 'BUSY' })], ['1005 out failed phone_busy (020) 555 30+0']],
    ['not reached at it', [own({ cause: 20 })], ['1005 out failed phone_unreachable (020) 555 30+0']],
    ['whose end nobody saw', [own({ lost: true, rang: 1 })], ['1005 out failed (020) 555 30+0']],
    [
      'answered',
      [own({ answered: 2 }), far({ answered: 5 })],
      ['1005 out answered (020) 555 5+25', '1002 in answered 1005 5+25'],
    ],
    [
      'busy at the number',
      [own({ answered: 2 }), far({ cause: 17 })],
      ['1005 out busy (020) 555 30+0', '1002 in missed busy 1005 30+0'],
    ],
    [
      'given up',
      [own({ answered: 2, gaveUp: 30 }), far({ rang: 4, status: 'CANCEL' })],
      ['1005 out cancelled (020) 555 30+0', '1002 in missed cancelled 1005 30+0'],
    ],
    ['refused by the dialplan', [own({ answered: 2, cause: 20 })], ['1005 out failed (020) 555 30+0']],
    ['answered by an application', [own({ answered: 2, cause: 16 })], ['1005 out answered (020) 555 2+28']],
  ])('%s', (_what, stations, expected) => {
    expect(entries(story(stations, { dialled }))).toEqual(expected);
  });

  test('to an extension that cannot be called is missed there, once the own phone was answered', () => {
    const to = { ...dialled, number: '1002' };
    const away = { ...directory, standing: () => ({ blocked: false, away: true }) };
    const of = (more: Partial<Station>) => entriesOf(story([own({ cause: 20, ...more })], { dialled: to }), away);
    expect(of({ answered: 2 }).map(words)).toEqual([
      '1005 out failed 1002 30+0',
      '1002 in missed unregistered 1005 0+0',
    ]);
    expect(of({}).map(words)).toEqual(['1005 out failed phone_unreachable 1002 30+0']);
  });

  test('over a Local channel to all own phones, the one that was answered calling in its place', () => {
    const ways = [
      station('1', 'Local/s@dial-1;1', { called: true, exten: 's', answered: 3, ended: 3, cause: 16 }),
      station('9', 'Local/s@dial-1;2', { exten: 's', answered: 3, ended: 3 }),
    ];
    const desk = called('2', 'PJSIP/1005', { from: '9', answered: 3, cause: 16 });
    const other = called('3', 'PJSIP/1005-2', { from: '9', cause: 26, ended: 3 });
    const far2 = called('4', 'PJSIP/1002', { from: '2', answered: 8 });
    expect(entries(story([...ways, desk, other, far2], { dialled }))).toEqual([
      '1005 out answered (020) 555 8+22',
      '1002 in answered 1005 8+22',
    ]);
    expect(entries(story([...ways, { ...desk, cause: 20 }, other], { dialled }))).toEqual([
      '1005 out failed (020) 555 30+0',
    ]);
    const refused = [
      station('1', 'Local/s@dial-1;1', { called: true, exten: 's', cause: 21 }),
      station('9', 'Local/s@dial-1;2', { exten: 's', cause: 21 }),
      called('2', 'PJSIP/1005', { from: '9', cause: 21 }),
    ];
    expect(entries(story(refused, { dialled }))).toEqual(['1005 out cancelled phone_declined (020) 555 30+0']);
  });
});

describe('A call that another program made', () => {
  const own = (more: Partial<Station> = {}) => station('1', 'PJSIP/1005', { called: true, exten: 's', ...more });

  test('is a call of the one whose phone it called first, once that calls somebody', () => {
    const far = called('2', 'PJSIP/1002', { exten: '1002', answered: 5 });
    expect(entries(story([own({ answered: 2 }), far]))).toEqual([
      '1005 out answered 1002 5+25',
      '1002 in answered 1005 5+25',
    ]);
  });

  test('is a call to him when it comes to nothing else and shows a number', () => {
    expect(entries(story([own({ shown: '020123', rang: 1 })]))).toEqual(['1005 in missed no_answer 020123 30+0']);
    expect(entries(story([own({ shown: '', rang: 1 })]))).toEqual([]);
    expect(entries(story([own({ shown: '1005', answered: 1 })]))).toEqual([]);
  });
});

describe('How far a call is', () => {
  const going = (device: string, more: Partial<Station> = {}) => {
    const { ended: _ended, ...rest } = called('2', device, more);
    return rest;
  };

  test('of somebody who calls', () => {
    expect(progressOf(story([caller()]))).toEqual({ state: 'calling' });
    expect(progressOf(story([caller(), going('PJSIP/1002')]))).toEqual({ state: 'calling' });
    expect(progressOf(story([caller(), going('PJSIP/1002', { rang: 1 })]))).toEqual({ state: 'ringing' });
    expect(progressOf(story([caller({ answered: 4 })]))).toEqual({ state: 'talking', answeredAt: 4_000 });
  });

  test('of one that the daemon makes', () => {
    const dialled = { owner: '1005', number: '1002', at: 0 };
    const own = (more: Partial<Station> = {}) => ({ ...going('PJSIP/1005', more), id: '1' });
    expect(progressOf(story([], { dialled }))).toEqual({ state: 'phone' });
    expect(progressOf(story([own({ rang: 1 })], { dialled }))).toEqual({ state: 'phone' });
    expect(progressOf(story([own({ answered: 2 })], { dialled }))).toEqual({ state: 'calling' });
    const far = (more: Partial<Station>) => story([own({ answered: 2 }), going('PJSIP/1002', more)], { dialled });
    expect(progressOf(far({ rang: 3 }))).toEqual({ state: 'ringing' });
    expect(progressOf(far({ rang: 3, answered: 6 }))).toEqual({ state: 'talking', answeredAt: 6_000 });
  });
});

test('A story that goes in circles, or whose parts are missing, ends like any other', () => {
  const loop = [
    called('1', 'PJSIP/1001', { from: '2' }),
    called('2', 'PJSIP/1002', { from: '1' }),
    station('3', 'Local/x@y-1;2'),
    called('4', 'PJSIP/1003', { from: '3' }),
    called('5', 'PJSIP/1005', { from: 'nobody' }),
  ];
  expect(() => entries(story(loop, { visits: [visit('1002', undefined, { by: 'nobody' })] }))).not.toThrow();
  expect(entries(story([]))).toEqual([]);
  expect(progressOf(story([]))).toEqual({ state: 'calling' });
});
