import { expect, test } from 'vitest';
import { CallGaps } from '../../src/service/call-gaps.ts';
import { type CallRow, callId } from '../../src/service/call-row.ts';
import { type CallRecords, RECORDS_AT_ONCE } from '../../src/service/calls-port.ts';
import type { ReportFields } from '../../src/service/report.ts';
import type { CallGap } from '../../src/service/rows.ts';
import { turn } from '../support/board-house.ts';
import { RECORD_START, recorded, recordedPhones } from '../support/call-records.ts';
import { cheapCrypto } from '../support/cheap-crypto.ts';
import { FakeCalls, PaperRecords } from '../support/fake-calls.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

const { sha256 } = cheapCrypto();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Parts {
  readonly store?: MemoryStore;
  readonly clock?: HandClock;
  readonly records?: CallRecords | undefined;
  readonly days?: number;
}

/** The gaps of a daemon, which is started; over the store of an earlier one it is the daemon after a restart. */
function openGaps({ store = new MemoryStore(), clock = new HandClock(), records, days = 30 }: Parts = {}) {
  const calls = new FakeCalls();
  const reports: [string, ReportFields | undefined][] = [];
  const phones = { isKnown: true, extensionsOf: recordedPhones.extensionsOf };
  store.note([...['1001', '1002', '1003'].map((id) => ({ table: 'extensions' as const, id, value: { item: {} } }))]);
  const lookup = { find: async () => undefined };
  const report = (event: string, fields?: ReportFields) => void reports.push([event, fields]);
  const gaps = new CallGaps({ ...{ store, clock, calls, records, phones, lookup, report, sha256, days, site: '' } });
  gaps.start();
  return {
    ...{ store, clock, calls, reports, phones, gaps },
    watch: () => calls.tell({ kind: 'watching', at: clock.now() }),
    leave: () => calls.tell({ kind: 'away', at: clock.now() }),
    /** What clients are told. */
    told: () =>
      [...store.all('callGaps')].map(({ value }) => value as CallGap).map(({ from, until }) => `${from} ${until}`),
  };
}

type House = ReturnType<typeof openGaps>;

function at(ms: number): string {
  return new Date(RECORD_START + ms).toISOString();
}

/** A span in milliseconds after the start, as clients are told it. */
function span(from: number, until: number): string {
  return `${at(from)} ${at(until)}`;
}

/** Time passes, and what that brings is done. */
async function pass({ clock }: Pick<House, 'clock'>, ms: number): Promise<void> {
  clock.pass(ms);
  for (let n = 0; n < 60; n++) await turn();
}

/** The history of one extension, the earliest call first: `in 1001 answered 2+8`. */
async function historyOf(store: MemoryStore, scope: string): Promise<string[]> {
  const { rows } = await store.read({ table: 'calls', scope, since: null, removedSince: null, limit: 1_000 });
  const calls = rows.map(({ value }) => value as CallRow).sort((a, b) => (a.at < b.at ? -1 : 1));
  return calls.map(({ direction, number, disposition, reason, ring, talk }) =>
    [direction, number, disposition, ...(reason ? [reason] : []), `${ring}+${talk}`].join(' '),
  );
}

/** A record of a call that begins so many seconds after the start. */
function call(second: number, id: string, others: Parameters<typeof recorded>[0] = {}) {
  return recorded({ start: second, answer: second + 2, end: second + 10, id, ...others });
}

/** A daemon that was away for ten minutes, with these records of that time. */
async function afterAbsence(records: PaperRecords): Promise<House> {
  const before = openGaps({ records });
  before.watch();
  await pass(before, 5_000);
  await before.gaps.stop();
  before.clock.pass(10 * MINUTE);
  const house = openGaps({ store: before.store, clock: before.clock, records });
  house.watch();
  return house;
}

test('P145: a first start has no gap, and neither has a time that is watched', async () => {
  const house = openGaps();
  await pass(house, HOUR);
  house.watch();
  await pass(house, HOUR);
  house.watch();
  expect([house.told(), house.reports]).toEqual([[], []]);
});

test('without records the time from the last watched moment on is told, also after a restart', async () => {
  const first = openGaps();
  first.watch();
  await pass(first, MINUTE);
  await first.gaps.stop();
  first.clock.pass(HOUR);
  const second = openGaps({ store: first.store, clock: first.clock });
  expect(second.told()).toEqual([]);
  await pass(second, 5_000);
  second.watch();
  const expected = [span(MINUTE, MINUTE + HOUR + 5_000)];
  expect(second.told()).toEqual(expected);
  const third = openGaps({ store: first.store, clock: first.clock });
  expect(third.told()).toEqual(expected);
});

test('a daemon that was killed does not know the last seconds before', async () => {
  const first = openGaps();
  first.watch();
  await pass(first, 17_000);
  const second = openGaps({ store: first.store, clock: first.clock });
  await pass(first, 0);
  second.watch();
  expect(second.told()).toEqual([span(10_000, 17_000)]);
});

test('a link that is lost makes a gap up to when calls are watched again; less than a tenth of a second is none', async () => {
  const house = openGaps();
  house.watch();
  await pass(house, MINUTE);
  house.leave();
  await pass(house, 99);
  house.watch();
  await pass(house, MINUTE);
  house.leave();
  house.leave();
  await pass(house, 1_000);
  house.leave();
  house.watch();
  expect(house.told()).toEqual([span(2 * MINUTE + 99, 2 * MINUTE + 1_099)]);
});

test('gaps that touch become one, and more than twenty as few as that', async () => {
  const house = openGaps();
  const lose = async (ms: number) => {
    house.leave();
    await pass(house, ms);
    house.watch();
  };
  house.watch();
  await lose(5_000);
  await pass(house, 500);
  await lose(5_000);
  expect(house.told()).toEqual([span(0, 10_500)]);
  for (let i = 0; i < 25; i++) {
    await pass(house, i === 20 ? 3_000 : HOUR);
    await lose(2_000);
  }
  expect(house.told().length).toBe(20);
  expect(house.told().at(-1)).toBe(span(house.clock.now() - RECORD_START - 2_000, house.clock.now() - RECORD_START));
  // The two that were three seconds apart are one.
  const long = house.told().filter(
    (gap) =>
      gap
        .split(' ')
        .map(Date.parse)
        .reduce((from, until) => until - from) === 7_000,
  );
  expect(long.length).toBe(1);
});

test('a gap is forgotten with the history of its time', async () => {
  const house = openGaps({ days: 1 });
  house.watch();
  house.leave();
  await pass(house, HOUR);
  house.watch();
  await pass(house, DAY - 20_000);
  expect(house.told()).toEqual([span(0, HOUR)]);
  await pass(house, 30_000);
  expect([house.told(), house.store.get('upkeep', 'call gaps')?.value]).toEqual([[], { gaps: [] }]);
});

test('a clock that was set back makes no gap', async () => {
  const first = openGaps({ clock: new HandClock('2026-01-06T08:00:00.000Z') });
  first.watch();
  await first.gaps.stop();
  const second = openGaps({ store: first.store, clock: new HandClock() });
  second.watch();
  expect(second.told()).toEqual([]);
});

test('calls of the gap come from the records, once, and the gap is not told', async () => {
  const records = new PaperRecords();
  records.records.push(
    call(60, 'pbx-1.0'),
    call(90, 'pbx-2.0', { from: '+442079460000', channel: 'PJSIP/trunk-00000004' }),
    call(120, 'pbx-3.0', { destinationChannel: '', answer: undefined, disposition: 'FAILED' }),
  );
  const house = await afterAbsence(records);
  expect(house.told()).toEqual([]);
  await pass(house, 5_000);
  expect(house.reports).toEqual([['calls.records_read', { entries: 5 }]]);
  expect(await historyOf(house.store, '1001')).toEqual(['out 1002 answered 2+8', 'out 1002 failed 10+0']);
  const expected = ['in 1001 answered 2+8', 'in +442079460000 answered 2+8', 'in 1001 missed unregistered 10+0'];
  expect(await historyOf(house.store, '1002')).toEqual(expected);
  await pass(house, 25_000);
  await pass(house, 10 * MINUTE);
  expect(await historyOf(house.store, '1002')).toEqual(expected);
  expect([house.told(), house.store.get('upkeep', 'call gaps')?.value, house.reports.length]).toEqual([
    [],
    { gaps: [] },
    1,
  ]);
});

test('a row is written as a call that was followed would be, named for its owner', async () => {
  const records = new PaperRecords();
  records.records.push(call(60, 'pbx-1.0'));
  const house = await afterAbsence(records);
  await pass(house, 5_000);
  const row = (await house.store.find('calls', [callId(sha256, 'pbx-1.0', '1002')])).values().next().value;
  expect(row?.value).toEqual({
    ...{ owner: '1002', call: 'pbx-1.0', at: at(60_000), direction: 'in', number: '1001' },
    ...{ disposition: 'answered', ring: 2, talk: 8 },
  });
});

test('records that are written late are found', async () => {
  const records = new PaperRecords();
  const house = await afterAbsence(records);
  await pass(house, 5_000);
  records.records.push(call(60, 'pbx-1.0'));
  await pass(house, 25_000);
  records.records.push(call(70, 'pbx-2.0'));
  await pass(house, 5 * MINUTE);
  records.records.push(call(80, 'pbx-3.0'));
  await pass(house, HOUR);
  expect((await historyOf(house.store, '1002')).length).toBe(2);
});

test('the restart of a daemon in the middle of it begins again', async () => {
  const records = new PaperRecords();
  const house = await afterAbsence(records);
  await pass(house, 5_000);
  await house.gaps.stop();
  records.records.push(call(60, 'pbx-1.0'));
  house.clock.pass(HOUR);
  const again = openGaps({ store: house.store, clock: house.clock, records });
  again.watch();
  await pass(again, 5_000);
  expect((await historyOf(house.store, '1002')).length).toBe(1);
});

test('nothing is read while it is not known whose the phones are', async () => {
  const records = new PaperRecords();
  records.records.push(call(60, 'pbx-1.0'));
  const house = await afterAbsence(records);
  house.phones.isKnown = false;
  await pass(house, 5_000);
  await pass(house, 10 * MINUTE);
  expect(await historyOf(house.store, '1002')).toEqual([]);
  house.phones.isKnown = true;
  await pass(house, 30_000);
  expect((await historyOf(house.store, '1002')).length).toBe(1);
});

test('records that cannot be read are reported once, the gap is told, and both end when they can', async () => {
  const records = new PaperRecords();
  records.records.push(call(60, 'pbx-1.0'));
  records.refusal = new Error('the file is not there');
  const house = await afterAbsence(records);
  await pass(house, 5_000);
  const gap = [span(5_000, 5_000 + 10 * MINUTE)];
  expect(house.told()).toEqual(gap);
  await pass(house, 5 * MINUTE);
  await pass(house, 5 * MINUTE);
  expect([house.told(), house.reports]).toEqual([gap, [['calls.records_unread', { error: 'the file is not there' }]]]);
  const again = openGaps({ store: house.store, clock: house.clock, records });
  expect(again.told()).toEqual(gap);
  records.refusal = undefined;
  await pass(house, 5 * MINUTE);
  expect([house.told(), house.reports.at(-1)]).toEqual([[], ['calls.records_read', { entries: 2 }]]);
  expect((await historyOf(house.store, '1002')).length).toBe(1);
});

test('a store that takes nothing is tried again', async () => {
  const records = new PaperRecords();
  records.records.push(call(60, 'pbx-1.0'));
  const house = await afterAbsence(records);
  const { store } = house;
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new Error('the disk is full'));
  await pass(house, 5_000);
  expect(house.told().length).toBe(1);
  store.commit = commit;
  await pass(house, 5 * MINUTE);
  expect([house.told(), (await historyOf(store, '1002')).length]).toEqual([[], 1]);
});

/** Rows as the history writes them of calls that were followed. */
async function told(
  store: MemoryStore,
  ...rows: (Partial<CallRow> & { owner: string; call: string })[]
): Promise<void> {
  const writes = rows.map((row) => {
    const how = { direction: 'in' as const, number: '1001', disposition: 'missed' as const, ring: 10, talk: 0 };
    const value: CallRow = { at: at(60_000), ...how, ...row };
    return { table: 'calls' as const, id: callId(sha256, row.call, row.owner), value };
  });
  await store.commit(writes);
}

test('what the history knows of the end of a call stands, and how long it was is taken from the record', async () => {
  const records = new PaperRecords();
  records.records.push(call(60, 'pbx-1.0'), call(70, 'pbx-2.0'), call(80, 'pbx-3.0'), call(90, 'pbx-4.0'));
  const house = await afterAbsence(records);
  await told(
    house.store,
    { owner: '1002', call: 'pbx-1.0', reason: 'declined', at: at(60_000) },
    { owner: '1002', call: 'pbx-2.0', disposition: 'answered', talk: 3, at: at(70_000) },
    { owner: '1002', call: 'pbx-3.0', disposition: 'answered', talk: 0, at: at(80_000) },
  );
  await house.store.commit([
    {
      table: 'calls',
      id: callId(sha256, 'pbx-4.0', '1002'),
      value: {
        owner: '1002',
        call: 'pbx-4.0',
        at: at(90_000),
        direction: 'out',
        number: '7',
        state: 'phone',
        ring: 0,
        talk: 0,
      },
    },
  ]);
  await pass(house, 5_000);
  expect(await historyOf(house.store, '1002')).toEqual([
    'in 1001 missed declined 10+0',
    'in 1001 answered 2+8',
    'in 1001 answered 2+8',
    'out 7  0+0',
  ]);
});

test('a call that ended while nobody watched, of which nothing was known, is told as it was', async () => {
  const records = new PaperRecords();
  records.records.push(
    call(60, 'pbx-1.0'),
    call(80, 'pbx-2.0', { answer: undefined, disposition: 'BUSY' }),
    call(100, 'pbx-3.0', { answer: undefined }),
  );
  const house = await afterAbsence(records);
  const known = { name: 'Ann' };
  await told(
    house.store,
    { owner: '1002', call: 'pbx-1.0', ring: 0, at: at(60_000), known },
    { owner: '1002', call: 'pbx-2.0', ring: 0, at: at(80_000) },
    { owner: '1002', call: 'pbx-3.0', ring: 1, at: at(100_000) },
  );
  await pass(house, 5_000);
  expect(await historyOf(house.store, '1002')).toEqual([
    'in 1001 answered 2+8',
    'in 1001 missed busy 10+0',
    'in 1001 missed 10+0',
  ]);
  const [first] = (await house.store.find('calls', [callId(sha256, 'pbx-1.0', '1002')])).values();
  expect(first?.value).toMatchObject({ known });
});

test('a call that was watched to its end is not told otherwise', async () => {
  const records = new PaperRecords();
  records.records.push(call(-30, 'pbx-1.0'));
  const house = await afterAbsence(records);
  await told(house.store, { owner: '1002', call: 'pbx-1.0', at: at(-30_000) });
  await pass(house, 5_000);
  expect(await historyOf(house.store, '1002')).toEqual(['in 1001 missed 10+0']);
});

test('records without linked ids are compared by who called whom and when', async () => {
  const unlinked = (second: number, id?: string) => {
    const { linkedId: _, uniqueId: __, ...record } = call(second, '');
    return { ...record, channel: `PJSIP/1001-000000${second}`, ...(id === undefined ? {} : { uniqueId: id }) };
  };
  const records = new PaperRecords();
  records.records.push(unlinked(60, 'pbx-9.1'), unlinked(80), unlinked(90));
  const house = await afterAbsence(records);
  await told(
    house.store,
    { owner: '1002', call: 'pbx-1.0', at: at(58_500) },
    { owner: '1002', call: 'pbx-2.0', at: at(80_000) },
    { owner: '1002', call: 'pbx-3.0', at: at(87_900) },
    { owner: '1001', call: 'pbx-3.0', at: at(90_000), direction: 'out', number: '1003' },
  );
  for (const ms of [5_000, 25_000, 10 * MINUTE]) await pass(house, ms);
  expect(await historyOf(house.store, '1002')).toEqual([
    ...['in 1001 missed 10+0', 'in 1001 missed 10+0', 'in 1001 missed 10+0'],
    'in 1001 answered 2+8',
  ]);
  expect((await historyOf(house.store, '1001')).length).toBe(4);
});

test('a call just before the gap that the history has under another name is not told again', async () => {
  const records = new PaperRecords();
  records.records.push(call(-20, 'pbx-5.0'), call(-40, 'pbx-6.0'));
  const house = await afterAbsence(records);
  await told(house.store, { owner: '1002', call: 'pbx-1.0', at: at(-21_000) });
  await pass(house, 5_000);
  expect(await historyOf(house.store, '1002')).toEqual(['in 1001 answered 2+8', 'in 1001 missed 10+0']);
});

test('a call just after another one to the same number is a call of its own', async () => {
  const records = new PaperRecords();
  records.records.push(call(-6, 'pbx-1.0', { end: 4 }), call(-5, 'pbx-2.0', { end: 4 }));
  const house = await afterAbsence(records);
  await told(house.store, { owner: '1002', call: 'pbx-1.0', at: at(-6_000) });
  await pass(house, 5_000);
  expect(await historyOf(house.store, '1002')).toEqual(['in 1001 missed 10+0', 'in 1001 answered 2+7']);
});

test('of a long absence only what the history keeps is written, some thousand calls at a time', async () => {
  const records = new PaperRecords();
  const days = Array.from({ length: 40 }, (_, day) => call(day * 86_400, `pbx-${day}.0`));
  records.records.push(...days, ...Array.from({ length: 1_000 }, (_, i) => call(39 * 86_400 + i, `pbx-x${i}.0`)));
  const before = openGaps({ records });
  before.watch();
  await before.gaps.stop();
  before.clock.pass(40 * DAY);
  const house = openGaps({ store: before.store, clock: before.clock, records });
  house.watch();
  await pass(house, 5_000);
  for (let n = 0; n < 200; n++) await turn();
  const { rows } = await house.store.read({
    table: 'calls',
    scope: '1002',
    since: null,
    removedSince: null,
    limit: 5_000,
  });
  expect(rows.length).toBe(1_000 + 29);
});

test('more records than are given at once are read in parts', async () => {
  const foreign = recorded({ from: '7', to: '8', channel: 'PJSIP/trunk-00000001' });
  const many = Array.from({ length: RECORDS_AT_ONCE + 1 }, (_, i) => {
    const end = RECORD_START + 600_000 + i * 100;
    return { ...foreign, start: end - 1_000, end, linkedId: `pbx-9.${i}` };
  });
  const all = [call(60, 'pbx-1.0'), ...many, call(3_000, 'pbx-2.0')];
  const asked: number[] = [];
  const few: CallRecords = {
    read: async (from, until) => {
      asked.push(until - RECORD_START);
      return all.filter(({ end }) => end >= from && end <= until).slice(-RECORDS_AT_ONCE);
    },
    close: async () => undefined,
  };
  const first = openGaps({ records: few });
  first.watch();
  await first.gaps.stop();
  first.clock.pass(HOUR);
  const house = openGaps({ store: first.store, clock: first.clock, records: few });
  house.watch();
  await pass(house, 5_000);
  expect(asked).toEqual([HOUR + MINUTE, 600_000 + 200 + MINUTE]);
  expect((await historyOf(house.store, '1002')).length).toBe(2);
});

test('a daemon that stops breaks off and leaves the gap for the next', async () => {
  const records = new PaperRecords();
  const house = await afterAbsence(records);
  records.read = () =>
    new Promise((_, reject) => {
      records.close = async () => reject(new Error('closed'));
    });
  house.clock.pass(5_000);
  await house.gaps.stop();
  expect([house.reports, house.store.get('upkeep', 'call gaps')?.value]).toEqual([
    [],
    { gaps: [{ from: at(5_000), until: at(5_000 + 10 * MINUTE) }] },
  ]);
  expect(house.clock.waiting).toBe(0);
});
