import { expect, test } from 'vitest';
import { hearsEvents, watchHearing } from '../../src/pbx/hearing.ts';
import { systemClock } from '../../src/service/clock.ts';
import { FakeLink } from '../support/fake-link.ts';
import { HandClock } from '../support/hand-clock.ts';

const DEVICE = 'Custom:rollcall-check';

function linkThat(hears: boolean): FakeLink {
  const link = new FakeLink();
  link.answer('Setvar', () => {
    if (hears) link.emit('DeviceStateChange', { device: DEVICE, state: 'INUSE' });
    return [{}];
  });
  link.up();
  return link;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a link that brings state changes hears', async () => {
  const link = linkThat(true);
  expect(await hearsEvents({ link, clock: systemClock })).toBe(true);
  expect(link.sent('Setvar').map((action) => action['Value'])).toEqual(['INUSE', 'UNAVAILABLE']);
});

test('a user who may not switch the device cannot be asked', async () => {
  const link = new FakeLink();
  link.up();
  expect(await hearsEvents({ link, clock: systemClock })).toBeUndefined();
});

test('a link that is silent is reported, once for each log-in', async () => {
  const link = new FakeLink();
  link.answer('Setvar', () => [{}]);
  const clock = new HandClock();
  const reports: string[] = [];
  const stop = watchHearing({ link, clock, report: (event) => reports.push(event) });
  for (const expected of [1, 2]) {
    link.up();
    await settled();
    clock.pass(3_000);
    await settled();
    expect(reports).toEqual(Array(expected).fill('pbx.deaf'));
    link.down();
  }
  stop();
  link.up();
  await settled();
  clock.pass(3_000);
  await settled();
  expect(reports).toHaveLength(2);
});

test('a link that hears is not reported', async () => {
  const link = linkThat(true);
  const clock = new HandClock();
  const reports: string[] = [];
  watchHearing({ link, clock, report: (event) => reports.push(event) });
  link.down();
  link.up();
  await settled();
  clock.pass(3_000);
  await settled();
  expect(reports).toEqual([]);
});
