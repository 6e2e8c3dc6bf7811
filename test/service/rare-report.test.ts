import { expect, test } from 'vitest';
import { rareReport } from '../../src/service/rare-report.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { HandClock } from '../support/hand-clock.ts';

function open() {
  const clock = new HandClock();
  const said: [string, ReportFields | undefined][] = [];
  return { clock, said, tell: rareReport((event, fields) => said.push([event, fields]), 'lookup.late', clock) };
}

test('it is told at once, then once a minute with how often it was', () => {
  const { clock, said, tell } = open();
  tell();
  for (let n = 0; n < 5_000; n++) tell();
  expect(said).toEqual([['lookup.late', { times: 1 }]]);
  clock.pass(59_999);
  tell();
  expect(said).toHaveLength(1);
  clock.pass(1);
  tell({ open: 3 });
  tell();
  expect(said.slice(1)).toEqual([['lookup.late', { open: 3, times: 5_002 }]]);
});

test('a clock that was set back does not keep it silent', () => {
  const { clock, said, tell } = open();
  tell();
  clock.pass(-3_600_000);
  tell();
  expect(said).toHaveLength(2);
});
