import { describe, expect, test } from 'vitest';
import type { Caller } from '../../src/service/caller.ts';
import { outcomeOf, turn } from '../support/board-house.ts';
import { ADA, openDialplan } from '../support/dialplan-house.ts';
import { promised } from '../support/promised.ts';

const NUMBER = '+442079460000';
const SECOND = 1_000;

describe('who is calling', () => {
  test('is asked for the callee, and answered by name, company and directory', async () => {
    const { dialplan, asked } = await openDialplan();
    const found = { name: 'Ada Lovelace', company: 'Analytical Engines', directory: 'company' };
    expect(await dialplan.caller({ number: NUMBER, callee: '1002', outside: true })).toEqual(found);
    expect(await dialplan.caller({ number: NUMBER, callee: '1002' })).toEqual(found);
    expect(asked).toEqual([
      { asker: { callee: '1002' }, number: NUMBER, options: { outside: true } },
      { asker: { callee: '1002' }, number: NUMBER, options: { outside: false } },
    ]);
  });

  test('without a callee is asked for anyone, and never for the operator', async () => {
    const { dialplan, asked } = await openDialplan();
    await dialplan.caller({ number: NUMBER });
    await dialplan.caller({ number: NUMBER, callee: '' });
    expect(asked.map(({ asker }) => asker)).toEqual(['anyone', 'anyone']);
  });

  test('tells no more than that, on one line', async () => {
    const row = { book: 'company' } as NonNullable<Caller['contact']>['row'];
    const { dialplan } = await openDialplan(async () => ({
      ...{ directory: 'extension' as const, name: 'Alice', company: 'A\r\nB', extension: '1001' },
      contact: { id: 'c', row },
    }));
    expect(await dialplan.caller({ number: '1001' })).toEqual({
      name: 'Alice',
      company: 'A B',
      directory: 'extension',
    });
  });

  test('is nobody when nobody is found', async () => {
    const { dialplan, reports } = await openDialplan(async () => undefined);
    expect(await dialplan.caller({ number: NUMBER })).toBeUndefined();
    expect([dialplan.counters, reports]).toEqual([{ late: 0, failed: 0, full: 0 }, []]);
  });

  test('leaves no timer behind', async () => {
    const { dialplan, clock } = await openDialplan();
    const before = clock.waiting;
    await dialplan.caller({ number: NUMBER });
    expect(clock.waiting).toBe(before);
  });

  test('is nobody after a second, whatever is found later', async () => {
    const answer = promised<Caller | undefined>();
    const { dialplan, clock, reports } = await openDialplan(() => answer.promise);
    const outcome = outcomeOf(dialplan.caller({ number: NUMBER, callee: '1002' }));
    await turn();
    clock.pass(SECOND - 1);
    await turn();
    expect(outcome()).toBe('waiting');
    clock.pass(1);
    await turn();
    expect(outcome()).toBe('late');
    answer.resolve(ADA);
    await turn();
    expect([outcome(), dialplan.counters]).toEqual(['late', { late: 1, failed: 0, full: 0 }]);
    expect(reports).toEqual([['lookup.late', { times: 1 }]]);
  });

  test('that fails when nobody waits any more disturbs nobody', async () => {
    const answer = promised<Caller | undefined>();
    const { dialplan, clock } = await openDialplan(() => answer.promise);
    const outcome = outcomeOf(dialplan.caller({ number: NUMBER }));
    await turn();
    clock.pass(SECOND);
    answer.reject(new Error(`no row for ${NUMBER}`));
    await turn();
    expect([outcome(), dialplan.counters]).toEqual(['late', { late: 1, failed: 0, full: 0 }]);
  });

  test.each([
    ['rejects', () => Promise.reject(new TypeError('broken'))],
    [
      'throws before it waits',
      () => {
        throw new TypeError('broken');
      },
    ],
  ])('is nobody when the lookup %s, which is told once a minute', async (_, find) => {
    const { dialplan, reports } = await openDialplan(find);
    for (let n = 0; n < 3; n++) expect(await dialplan.caller({ number: NUMBER })).toBe('failed');
    expect([dialplan.counters, reports]).toEqual([
      { late: 0, failed: 3, full: 0 },
      [['dialplan.failed', { times: 1, error: expect.stringContaining('TypeError: broken') }]],
    ]);
  });

  test('is asked by thousands at once of a store that never answers: so many wait, the others are answered at once', async () => {
    const { dialplan, clock, asked, reports } = await openDialplan(() => new Promise(() => undefined), {
      mostQuestions: 300,
    });
    const before = clock.waiting;
    const outcomes = Array.from({ length: 6_000 }, (_, n) => outcomeOf(dialplan.caller({ number: `${n}` })));
    await turn();
    expect([asked.length, clock.waiting - before]).toEqual([300, 300]);
    clock.pass(SECOND);
    await turn();
    const told = outcomes.map((outcome) => outcome());
    expect([told.filter((one) => one === 'late').length, told.filter((one) => one === 'busy').length]).toEqual([
      300, 5_700,
    ]);
    expect(await dialplan.caller({ number: NUMBER, callee: '1002' })).toBe('busy');
    expect(await dialplan.letsThrough('1002', NUMBER, ['numbers'])).toBeUndefined();
    expect([asked.length, clock.waiting]).toEqual([300, before]);
    expect(dialplan.counters).toEqual({ late: 300, failed: 0, full: 5_702 });
    expect(reports.map(([event]) => event).sort()).toEqual(['dialplan.full', 'lookup.late']);
  });

  test('is asked again when some of the late ones have ended', async () => {
    const answer = promised<Caller | undefined>();
    let first = true;
    const find = async () => {
      const waits = first;
      first = false;
      return waits ? answer.promise : ADA;
    };
    const { dialplan, clock } = await openDialplan(find, { mostQuestions: 1 });
    const late = dialplan.caller({ number: NUMBER });
    await turn();
    clock.pass(SECOND);
    expect([await late, await dialplan.caller({ number: NUMBER })]).toEqual(['late', 'busy']);
    answer.resolve(ADA);
    await turn();
    expect(await dialplan.caller({ number: NUMBER })).toMatchObject({ name: 'Ada Lovelace' });
    expect(dialplan.counters).toEqual({ late: 1, failed: 0, full: 1 });
  });
});

describe('the presence of an extension', () => {
  test('is what clients see, with texts on one line', async () => {
    const { dialplan, set } = await openDialplan();
    expect(dialplan.presence('1001')).toEqual({
      ...{ status: 'available', line: 'idle', indicator: 'available' },
      ...{ note: '', until: '' },
    });
    await set('1001', { status: 'lunch', note: 'back\nat two', until: '2026-01-05T09:00:00.000Z' });
    expect(dialplan.presence('1001')).toEqual({
      ...{ status: 'lunch', line: 'idle', indicator: 'lunch' },
      ...{ note: 'back at two', until: '2026-01-05T09:00:00.000Z' },
    });
  });

  test('has its note on one line also when an earlier version stored another', async () => {
    const { dialplan, house } = await openDialplan();
    const before = house.store.get('presence', '1001')?.value;
    house.store.note([{ table: 'presence', id: '1001', value: { ...before, note: ' a\r\nSET VARIABLE b\u2028c ' } }]);
    expect(dialplan.presence('1001')?.note).toBe('a SET VARIABLE b c');
  });

  test.each(['', '1009', '__proto__', '1001 '])('is nothing for %j', async (extension) => {
    const { dialplan } = await openDialplan();
    expect(dialplan.presence(extension)).toBeUndefined();
  });
});

describe('a status from the dialplan', () => {
  test.each(['available', 'away', 'do_not_disturb', 'lunch', 'business_trip', 'off_work'])(
    'is set to %s',
    async (status) => {
      const { dialplan } = await openDialplan();
      await dialplan.setStatus('1001', status === 'away' ? 'lunch' : 'away');
      expect([await dialplan.setStatus('1001', status), dialplan.presence('1001')?.status]).toEqual(['ok', status]);
    },
  );

  test.each(['', 'Lunch', 'lunch ', 'dnd', 'ringing', 'offline', '__proto__', 'constructor', '0'])(
    'is not set to %j, and the extension is not looked at',
    async (status) => {
      const { dialplan } = await openDialplan();
      expect([await dialplan.setStatus('1001', status), await dialplan.setStatus('1009', status)]).toEqual([
        'wrong_status',
        'wrong_status',
      ]);
      expect(dialplan.presence('1001')?.status).toBe('available');
    },
  );

  test.each(['', '1009', '__proto__'])('is not set for %j, which is no extension', async (extension) => {
    const { dialplan } = await openDialplan();
    expect(await dialplan.setStatus(extension, 'lunch')).toBe('no_extension');
  });

  test('is not set to do not disturb while the PBX is away, and others are', async () => {
    const { dialplan, pbx } = await openDialplan();
    pbx.cut();
    expect([
      await dialplan.setStatus('1001', 'do_not_disturb'),
      await dialplan.setStatus('1001', 'lunch'),
      await dialplan.setStatus('1009', 'lunch'),
    ]).toEqual(['pbx_away', 'ok', 'pbx_away']);
  });

  test('is not set when nothing can be stored', async () => {
    const { dialplan, house, reports } = await openDialplan();
    house.store.fail();
    expect([await dialplan.setStatus('1001', 'lunch'), dialplan.presence('1001')?.status]).toEqual([
      'storage',
      'available',
    ]);
    expect(reports).toEqual([]);
  });

  test('is late after a second, and is set all the same when the PBX agrees', async () => {
    const { dialplan, pbx, clock, reports } = await openDialplan();
    pbx.obedient = false;
    const outcome = outcomeOf(dialplan.setStatus('1001', 'do_not_disturb'));
    await turn();
    clock.pass(SECOND);
    await turn();
    expect(outcome()).toBe('late');
    pbx.orders[0]?.finish();
    await turn();
    expect([pbx.facts('1001')?.blocked, dialplan.presence('1001')?.status]).toEqual([true, 'do_not_disturb']);
    expect([dialplan.counters, reports]).toEqual([{ late: 0, failed: 0, full: 0 }, []]);
  });

  test('that the PBX refuses when nobody waits any more is taken back, and disturbs nobody', async () => {
    const { dialplan, pbx, clock } = await openDialplan();
    pbx.obedient = false;
    const outcome = outcomeOf(dialplan.setStatus('1001', 'do_not_disturb'));
    await turn();
    clock.pass(SECOND);
    pbx.cut();
    await turn();
    pbx.snapshot();
    await turn();
    expect([outcome(), pbx.facts('1001')?.blocked]).toEqual(['late', false]);
  });

  test('is refused when too many changes wait, of this extension or of all', async () => {
    const { dialplan, pbx } = await openDialplan(undefined, { mostChanges: 300 });
    pbx.obedient = false;
    const outcomes = Array.from({ length: 257 }, () => outcomeOf(dialplan.setStatus('1001', 'do_not_disturb')));
    await turn();
    expect([outcomes[255]?.(), outcomes[256]?.()]).toEqual(['waiting', 'too_many']);
    const more = Array.from({ length: 50 }, () => outcomeOf(dialplan.setStatus('1002', 'do_not_disturb')));
    await turn();
    expect([more[43]?.(), more[44]?.()]).toEqual(['waiting', 'too_many']);
  });

  test('that fails for a fault is told with the extension', async () => {
    const { dialplan, house, reports } = await openDialplan();
    house.store.commit = () => Promise.reject(new TypeError('broken'));
    expect([await dialplan.setStatus('1001', 'lunch'), await dialplan.setStatus('1002', 'lunch')]).toEqual([
      'failed',
      'failed',
    ]);
    expect(reports).toEqual([
      ['dialplan.status_failed', { extension: '1001', times: 1, error: expect.stringContaining('TypeError: broken') }],
    ]);
  });
});

describe('who is let through', () => {
  test('is the favourite of the callee', async () => {
    const { dialplan, house, reports } = await openDialplan();
    await house.favorites.add(house.as('1002'), 'extension:1003');
    expect([
      await dialplan.letsThrough('1002', '1003', ['favorites']),
      await dialplan.letsThrough('1002', '1003', ['numbers']),
      await dialplan.letsThrough('1002', '1001', ['favorites']),
      await dialplan.letsThrough('1002', '1003', ['favorites'], { outside: true }),
    ]).toEqual(['favorites', undefined, undefined, undefined]);
    expect(reports).toEqual([]);
  });

  test('P114: is nobody after a second, whatever the store answers later', async () => {
    const { dialplan, house, late, clock, reports } = await openDialplan();
    await house.favorites.add(house.as('1002'), 'extension:1003');
    late.late = true;
    const outcome = outcomeOf(dialplan.letsThrough('1002', '1003', ['favorites']));
    await turn();
    clock.pass(SECOND);
    await turn();
    expect([outcome(), dialplan.counters.late]).toEqual([undefined, 1]);
    late.release('all');
    await turn();
    expect([outcome(), dialplan.counters]).toEqual([undefined, { late: 1, failed: 0, full: 0 }]);
    expect(reports).toEqual([['lookup.late', { times: 1 }]]);
  });

  test('P114: is nobody when the store fails', async () => {
    const { dialplan, house, late, reports } = await openDialplan();
    await house.favorites.add(house.as('1002'), 'extension:1003');
    late.failing = 1;
    expect(await dialplan.letsThrough('1002', '1003', ['favorites'])).toBeUndefined();
    expect(await dialplan.letsThrough('1002', '1003', ['favorites'])).toBe('favorites');
    expect([dialplan.counters.failed, reports.map(([event]) => event)]).toEqual([1, ['dialplan.failed']]);
  });
});

test('nothing that is reported holds a number', async () => {
  const { dialplan, clock, late, reports } = await openDialplan(() => new Promise(() => undefined), {
    mostQuestions: 1,
  });
  late.failing = 1;
  await dialplan.letsThrough('1002', NUMBER, ['favorites']);
  const waiting = dialplan.caller({ number: NUMBER, callee: '1002' });
  await turn();
  await dialplan.caller({ number: NUMBER, callee: '1002' });
  clock.pass(SECOND);
  await waiting;
  expect(reports.map(([event]) => event)).toEqual(['dialplan.failed', 'dialplan.full', 'lookup.late']);
  expect(JSON.stringify(reports.map(([, fields]) => ({ ...fields, error: '' })))).not.toMatch(/2079460000|1002/);
});
