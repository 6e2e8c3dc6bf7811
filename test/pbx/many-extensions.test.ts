import { expect, test } from 'vitest';
import { extensionFilter, selectExtensions } from '../../src/pbx/extension-list.ts';
import { PaperPbx, paperSettings } from '../support/paper-pbx.ts';

const MANY = 10_000;

/** CPU milliseconds of the longest turn of the loop while `work` goes on; a busy machine stretches time, not this. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let going = true;
  let last = process.cpuUsage();
  const look = () => {
    const { user, system } = process.cpuUsage(last);
    last = process.cpuUsage();
    longest = Math.max(longest, (user + system) / 1_000);
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await work();
  going = false;
  return longest;
}

test('Ten thousand extensions are read, checked and named without holding the loop for long', async () => {
  const house = new PaperPbx();
  for (let i = 0; i < MANY; i += 1) {
    const number = String(10_000 + i);
    house.asterisk.addExtension(number, i % 2 === 0 ? 'NOT_INUSE' : 'UNAVAILABLE');
    house.asterisk.devices.set(`Custom:DND${number}`, i % 3 === 0 ? 'BUSY' : 'UNAVAILABLE');
    house.asterisk.presentities.set(`CustomPresence:${number}`, ['away', 'lunch', 'until two']);
    house.asterisk.variables.set(`PJSIP_ENDPOINT(${number},callerid)`, `"User ${number}" <${number}>`);
    if (i % 3 === 0) house.asterisk.astdb.set(`DND/${number}`, 'YES');
  }
  let snapshot: ReadonlyMap<string, unknown> = new Map();
  const first = await longestTurn(async () => {
    snapshot = await house.begin();
  });
  expect(snapshot.size).toBe(MANY);
  expect(snapshot.get('10000')).toEqual({
    number: '10000',
    name: 'User 10000',
    line: 'idle',
    blocked: true,
    lamps: { 'Custom:DND10000': 'on' },
    presentity: { state: 'away', subtype: 'lunch', message: 'until two' },
  });
  const check = await longestTurn(async () => {
    house.clock.pass(300_000);
    await house.snapshot();
  });
  // The goal is 20 ms, which bench/ measures; here the paper Asterisk's own work and the compiler's are counted too. In one
  // piece the work takes several times as long.
  expect(Math.max(first, check)).toBeLessThan(120);
}, 60_000);

test('Of more extensions than are kept, the first are kept and the rest counted', async () => {
  const line = (number: number) => ({ number: String(number), context: 'a', hintText: 'PJSIP/1', status: 0 });
  const listed = Array.from({ length: 100 }, (_, i) => line(1_000 + i));
  const list = await selectExtensions(listed, extensionFilter(paperSettings.extensions), [], 30);
  expect([list.lines.size, list.left, list.twice]).toEqual([30, 70, false]);
});
