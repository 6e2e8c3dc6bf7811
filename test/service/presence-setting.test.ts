import { describe, expect, test } from 'vitest';
import { oneLine, setPresence } from '../../src/service/presence-setting.ts';
import { openBoard, outcomeOf, turn } from '../support/board-house.ts';
import { FakePbx, freshFacts } from '../support/fake-pbx.ts';

const AN_HOUR = '2026-01-05T09:00:00.000Z';

async function house({ obedient = true } = {}) {
  const pbx = new FakePbx();
  pbx.obedient = obedient;
  pbx.put(freshFacts('1001'), freshFacts('1002'));
  const made = openBoard({ pbx });
  pbx.snapshot();
  await made.started;
  made.commits.length = 0;
  const setAs = (extension: string, admin: boolean, wish: Parameters<typeof setPresence>[2]) =>
    setPresence(made, { extension, admin, contacts: true }, wish);
  return { ...made, setAs };
}

describe('a status that a client sets', () => {
  test('is answered as it is shown', async () => {
    const { set, board } = await house();
    const presence = await set('1001', { status: 'lunch', note: 'pizza', until: AN_HOUR });
    expect(presence).toEqual({
      id: '1001',
      status: 'lunch',
      note: 'pizza',
      until: AN_HOUR,
      line: 'idle',
      online: true,
      indicator: 'lunch',
      since: '2026-01-05T08:00:00.000Z',
    });
    expect(board.presence('1001')).toBe(presence);
  });

  test('is durable and shown when it is answered, and on the PBX later', async () => {
    const { set, pbx, store, written } = await house({ obedient: false });
    await set('1001', { status: 'away' });
    expect(written()).toEqual(['statuses 1001', 'presence 1001']);
    expect(store.get('statuses', '1001')?.value).toMatchObject({ chosen: { base: { status: 'away' } } });
    expect(pbx.facts('1001')?.presentity.state).toBe('not_set');
    pbx.orders[0]?.finish();
    expect(pbx.facts('1001')?.presentity.state).toBe('away');
  });

  test('P20: has a note of one line, without control characters', async () => {
    const { set, pbx } = await house();
    await set('1001', { status: 'away', note: ' back\r\nAction: Originate\u0000\u2028at\ttwo\ud800 ' });
    expect(pbx.facts('1001')?.presentity.message).toBe('back Action: Originate at two\ufffd');
  });

  test('with a note of nothing but control characters has none', async () => {
    const { set } = await house();
    expect(await set('1001', { status: 'away', note: '\r\n\u0007' })).not.toHaveProperty('note');
  });

  test('P23: may be set with the PBX away, and goes there when it is back', async () => {
    const { set, pbx } = await house();
    pbx.cut();
    expect(await set('1001', { status: 'lunch', note: 'pizza' })).toMatchObject({ status: 'lunch' });
    expect(pbx.orders).toEqual([]);
    pbx.snapshot();
    expect(pbx.facts('1001')?.presentity).toEqual({ state: 'away', subtype: 'lunch', message: 'pizza' });
  });

  test('P24: may be another one only for an administrator', async () => {
    const { set, setAs, board } = await house();
    await expect(set('1001', { status: 'lunch', extension: '1002' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(board.presence('1002')?.status).toBe('available');
    expect(await set('1001', { status: 'away', extension: '1001' })).toMatchObject({ id: '1001', status: 'away' });
    expect(await setAs('1001', true, { status: 'lunch', extension: '1002' })).toMatchObject({
      id: '1002',
      status: 'lunch',
    });
    expect(board.presence('1001')?.status).toBe('away');
  });

  test('P24: is not found for an extension that the PBX does not have', async () => {
    const { set, setAs, written } = await house();
    await expect(set('4711', { status: 'away' })).rejects.toMatchObject({ code: 'not_found' });
    for (const extension of ['4711', '__proto__', '']) {
      await expect(setAs('1001', true, { status: 'away', extension })).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(written()).toEqual([]);
  });

  test('cannot end in the past or now', async () => {
    const { set, written } = await house();
    for (const until of ['2026-01-05T08:00:00.000Z', '2020-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z']) {
      await expect(set('1001', { status: 'away', until })).rejects.toMatchObject({
        code: 'params',
        detail: { issues: [{ path: 'until', message: 'is in the past' }] },
      });
    }
    expect(written()).toEqual([]);
  });

  test('that cannot be stored changes nothing', async () => {
    const { set, store, board, pbx } = await house();
    store.fail();
    await expect(set('1001', { status: 'away' })).rejects.toMatchObject({ code: 'storage' });
    await expect(set('1001', { status: 'do_not_disturb' })).rejects.toMatchObject({ code: 'storage' });
    expect(board.presence('1001')?.status).toBe('available');
    expect(pbx.orders).toEqual([]);
  });

  test('waits behind at most 255 others of the same extension', async () => {
    const { set, pbx } = await house({ obedient: false });
    const many = Array.from({ length: 300 }, () => outcomeOf(set('1001', { status: 'do_not_disturb' })));
    await turn();
    const refused = many.filter((outcome) => outcome() === 'too_many');
    expect(refused).toHaveLength(300 - 256);
    expect(outcomeOf(set('1002', { status: 'away' }))()).toBe('waiting');
    for (const order of pbx.open) order.finish();
    await turn();
    expect(many.filter((outcome) => outcome() === 'waiting')).toEqual([]);
  });
});

describe('the end of a status', () => {
  test('P21: comes by itself, and the one before is back everywhere', async () => {
    const { set, board, clock, pbx } = await house();
    await set('1001', { status: 'business_trip', note: 'Turin' });
    await set('1001', { status: 'lunch', until: AN_HOUR });
    clock.pass(3_599_999);
    expect(board.presence('1001')?.status).toBe('lunch');
    clock.pass(1);
    expect(board.presence('1001')).toMatchObject({ status: 'business_trip', note: 'Turin', since: AN_HOUR });
    expect(pbx.facts('1001')?.presentity).toEqual({ state: 'xa', subtype: 'business_trip', message: 'Turin' });
    expect(clock.waiting).toBe(0);
  });

  test('that is further away than a timer can run is waited for', async () => {
    const { pbx, clock, store, set: _, ...first } = await house();
    first.board.stop();
    const longest = 2 ** 31 - 1;
    const after = clock.after.bind(clock);
    const waits: number[] = [];
    clock.after = (ms, fn) => {
      waits.push(ms);
      return after(Math.min(ms, longest), fn);
    };
    const { board, set } = openBoard({ pbx, clock, store });
    await set('1001', { status: 'away', until: '2026-03-31T08:00:00.000Z' });
    const days85 = 85 * 86_400_000;
    clock.pass(days85 - 1);
    expect(board.presence('1001')?.status).toBe('away');
    expect(waits.filter((ms) => ms > longest).length).toBeGreaterThan(1);
    clock.pass(1);
    expect(board.presence('1001')?.status).toBe('available');
  });

  test('of many extensions comes for each at its time, with one timer', async () => {
    const { set, board, clock } = await house();
    await set('1001', { status: 'away', until: AN_HOUR });
    await set('1002', { status: 'lunch', until: '2026-01-05T08:30:00.000Z' });
    expect(clock.waiting).toBe(1);
    const shown = () => ['1001', '1002'].map((number) => board.presence(number)?.status);
    clock.pass(1_800_000);
    expect(shown()).toEqual(['away', 'available']);
    clock.pass(1_800_000);
    expect(shown()).toEqual(['available', 'available']);
  });

  test('of a status that was replaced meanwhile does nothing', async () => {
    const { set, board, clock } = await house();
    await set('1001', { status: 'away', until: AN_HOUR });
    await set('1001', { status: 'lunch' });
    clock.pass(3_600_000);
    expect(board.presence('1001')?.status).toBe('lunch');
    expect(clock.waiting).toBe(0);
  });
});

describe('do not disturb', () => {
  test('P23: is answered only when the PBX refuses calls, and shown at once', async () => {
    const { set, board, pbx } = await house({ obedient: false });
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    expect(answered()).toBe('waiting');
    expect(board.presence('1001')?.status).toBe('do_not_disturb');
    pbx.orders[0]?.finish();
    await turn();
    expect(answered()).toMatchObject({ status: 'do_not_disturb' });
  });

  test('P23: with the PBX away is refused, on and off, and nothing is changed', async () => {
    for (const [before, status] of [
      ['lunch', 'do_not_disturb'],
      ['do_not_disturb', 'lunch'],
    ] as const) {
      const { set, board, pbx, clock, written } = await house();
      await set('1001', { status: before });
      await turn();
      pbx.cut();
      clock.pass(60_000);
      written();
      await expect(set('1001', { status })).rejects.toMatchObject({ code: 'pbx_away' });
      expect(written()).toEqual([]);
      expect(board.presence('1001')?.status).toBe(before);
    }
  });

  test('with the PBX away may have another note', async () => {
    const { set, pbx } = await house();
    await set('1001', { status: 'do_not_disturb' });
    pbx.cut();
    expect(await set('1001', { status: 'do_not_disturb', note: 'exam' })).toMatchObject({ note: 'exam' });
  });

  test('is refused when the PBX goes away while the disk is written', async () => {
    const { set, pbx, store, board } = await house();
    const commit = store.commit.bind(store);
    store.commit = (writes) => {
      store.commit = commit;
      pbx.cut();
      return commit(writes);
    };
    await expect(set('1001', { status: 'do_not_disturb' })).rejects.toMatchObject({ code: 'pbx_away' });
    expect(board.presence('1001')?.status).toBe('available');
    pbx.snapshot();
    expect(pbx.facts('1001')?.blocked).toBe(false);
  });

  test('that the PBX refuses is taken back, in the store as well', async () => {
    const { set, pbx, board, store, reports } = await house({ obedient: false });
    await set('1001', { status: 'lunch', note: 'pizza' });
    pbx.orders[0]?.finish();
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    pbx.orders[1]?.fail();
    await turn();
    expect(answered()).toBe('pbx_away');
    expect(board.presence('1001')).toMatchObject({ status: 'lunch', note: 'pizza' });
    expect(store.get('statuses', '1001')?.value).toMatchObject({
      chosen: { base: { status: 'lunch', note: 'pizza' } },
    });
    expect(store.get('statuses', '1001')?.value).not.toHaveProperty('chosen.dnd');
    expect(pbx.orders).toHaveLength(2);
    expect(reports.map(([event]) => event)).toEqual(['presence.order_failed']);
  });

  test('that the PBX takes by half is taken back there as well, and a refusal of that harms nobody', async () => {
    const { set, pbx, clock } = await house({ obedient: false });
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    pbx.orders[0]?.write('blocked');
    pbx.orders[0]?.fail();
    await turn();
    expect(answered()).toBe('pbx_away');
    pbx.orders[1]?.fail();
    await turn();
    clock.pass(10_000);
    pbx.orders[2]?.finish();
    await turn();
    expect(pbx.facts('1001')).toMatchObject({ blocked: false });
    expect(pbx.open.size).toBe(0);
  });

  test('that is refused to one client is not left on by another that was waiting', async () => {
    const { set, pbx, board } = await house({ obedient: false });
    const answers = (['do_not_disturb', 'do_not_disturb', 'away'] as const).map((status) =>
      outcomeOf(set('1001', { status })),
    );
    for (let n = 0; n < 4; n++) {
      await turn();
      for (const order of pbx.open) order.fail();
    }
    await turn();
    expect(answers.map((answer) => answer())).toMatchObject(['pbx_away', 'pbx_away', { status: 'away' }]);
    expect(board.presence('1001')?.status).toBe('away');
  });

  test('that is refused does not undo what somebody chose meanwhile', async () => {
    const { set, pbx, board } = await house({ obedient: false });
    const answered = outcomeOf(set('1001', { status: 'do_not_disturb' }));
    await turn();
    pbx.change('1001', { presentity: { state: 'xa', subtype: '', message: 'Turin' } });
    pbx.orders[0]?.fail();
    await turn();
    expect(answered()).toBe('pbx_away');
    expect(board.presence('1001')).toMatchObject({ status: 'business_trip', note: 'Turin' });
  });
});

describe('text of people on one line', () => {
  const lines: [string, string][] = [
    ['', ''],
    ['  a  b  ', 'a  b'],
    ['a\r\nb', 'a b'],
    ['a\u0085b\u2029c', 'a b c'],
    ['\u001b[31mred', '[31mred'],
    ['ÄÖ 😀 "x"', 'ÄÖ 😀 "x"'],
    ['half \ud83d', 'half \ufffd'],
  ];
  test.each(lines)('%j becomes %j', (given, line) => {
    expect(oneLine(given)).toBe(line);
  });
});
