// Calls that a PBX recorded while nobody watched, at a site whose extensions have digits in front of the numbers that it knows.
import { expect, test } from 'vitest';
import type { CallRecord } from '../../src/domain/call-record.ts';
import { fillGap } from '../../src/service/call-gap-filling.ts';
import { CallGaps } from '../../src/service/call-gaps.ts';
import { type CallRow, callId } from '../../src/service/call-row.ts';
import { turn } from '../support/board-house.ts';
import { RECORD_START, recorded, recordedPhones } from '../support/call-records.ts';
import { cheapCrypto } from '../support/cheap-crypto.ts';
import { FakeCalls, PaperRecords } from '../support/fake-calls.ts';
import { HandClock } from '../support/hand-clock.ts';
import type { MemoryStore } from '../support/memory-store.ts';
import { parisAndBerlin } from '../support/sites.ts';

const { sha256 } = cheapCrypto();
const MINUTE = 60_000;
const lookup = { find: async () => undefined };
const phones = { isKnown: true, extensionsOf: recordedPhones.extensionsOf };

function paper(...list: CallRecord[]): PaperRecords {
  const records = new PaperRecords();
  records.records.push(...list);
  return records;
}

async function historyOf(store: MemoryStore, scope: string): Promise<unknown[]> {
  const { rows } = await store.read({ table: 'calls', scope, since: null, removedSince: null, limit: 100 });
  return rows.map(({ id, value }) => {
    const { direction, number, disposition, outside, call } = value as CallRow;
    const isFoundAgain = id === callId(sha256, call, scope);
    return [direction, number, disposition, ...(outside ? ['outside'] : []), ...(isFoundAgain ? [] : ['lost'])].join(
      ' ',
    );
  });
}

test('go into the histories of those who took part, under their ids', async () => {
  const { store, paris } = parisAndBerlin();
  const outside = { source: '1002', channel: 'PJSIP/trunk-00000001' };
  const records = paper(
    recorded({ id: '1.1', start: 10, answer: 12, end: 20 }),
    recorded({ id: '1.2', start: 30, answer: 32, end: 40, to: '1001', ...outside }),
    recorded({ id: '1.3', start: 50, end: 60, destination: '2001', destinationChannel: 'PJSIP/trunk-00000002' }),
  );
  const gap = { from: RECORD_START, until: RECORD_START + MINUTE, records: 'waiting' } as const;
  const parts = { store, lookup, sha256, numbers: paris, phones: recordedPhones, oldest: () => 0 };
  expect(await fillGap(parts, records, gap, new AbortController().signal)).toBe(4);
  expect(await historyOf(store, '31001')).toEqual([
    'out 31002 answered',
    'in 1002 answered outside',
    'out 2001 no_answer',
  ]);
  expect(await historyOf(store, '31002')).toEqual(['in 31001 answered']);
  expect([await historyOf(store, '1001'), await historyOf(store, '1002')]).toEqual([[], []]);
});

test('are missed by extensions of the site alone, and not by one of another site whose id was dialled', async () => {
  const { store, paris, berlin } = parisAndBerlin();
  for (const numbers of [paris, berlin]) {
    const clock = new HandClock();
    const calls = new FakeCalls();
    const records = paper(
      recorded({ id: '1.3', start: 30, end: 40, destination: '2001', destinationChannel: 'PJSIP/trunk-00000002' }),
    );
    const report = () => undefined;
    const gaps = new CallGaps({
      ...{ store, clock, calls, records, phones, lookup, report, sha256, days: 30 },
      ...{ numbers, site: numbers.site.name },
    });
    gaps.start();
    calls.tell({ kind: 'watching', at: clock.now() }, { kind: 'away', at: clock.now() });
    clock.pass(MINUTE);
    calls.tell({ kind: 'watching', at: clock.now() });
    clock.pass(6_000);
    for (let n = 0; n < 60; n++) await turn();
    await gaps.stop();
  }
  expect([await historyOf(store, '31001'), await historyOf(store, '2001'), await historyOf(store, '1001')]).toEqual([
    ['out 2001 no_answer'],
    ['in 1001 missed'],
    ['out 2001 no_answer'],
  ]);
});
