// AMI intake: events a second through link, guard, asterisk-manager and facts, from a recording of a busy Asterisk, beside
// the most that Asterisk was seen to produce; and the longest stall while 10,000 hints are read from a real one.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { startAsterisk } from '../test/lab/asterisk.ts';
import { FakeAmi } from '../test/support/fake-ami.ts';
import type { Benchmark } from './support/benchmark.ts';
import { clockMicros } from './support/child.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { endSides, openSide } from './support/side.ts';

const RECORDING = new URL('../test/fixtures/ami/22/volume-10000-endpoints.raw.gz', import.meta.url);
/** Events a second, the most that Asterisk 22 produced when it was measured. */
const PEAK = 18_000;

export const intake: Benchmark = {
  name: 'intake',
  usage: '[ROUNDS [HINTS]]',
  what: 'events of Asterisk a second, and the stall of a large snapshot',
  async run([rounds = 3, hints = 10_000]) {
    const recording = gunzipSync(readFileSync(RECORDING));
    const rates: number[] = [];
    for (let i = 0; i < rounds; i++) rates.push(await rate(recording));
    const figure = { what: 'events taken in', ours: median(rates), floor: PEAK, unit: 'events/s' };
    printRatio({ ...figure, floorName: 'the peak of Asterisk', goal: { least: 2 } });
    await stall(hints);
  },
};

async function rate(recording: Buffer): Promise<number> {
  const fake = await FakeAmi.listen();
  const ami = { host: '127.0.0.1', port: fake.port, username: 'bench', secret: 'bench' };
  const side = await openSide('ours', { extensions: 0, ami });
  const connection = await fake.connection(1);
  const before = await side.server.ask<number>({ do: 'events' });
  const begun = clockMicros();
  connection.send(recording);
  let seen = before;
  for (let still = 0; still < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = await side.server.ask<number>({ do: 'events' });
    still = now > before && now === seen ? still + 1 : 0;
    if (now !== seen) last = clockMicros();
    seen = now;
  }
  endSides(side);
  await fake.close();
  return ((seen - before) * 1e6) / (last - begun);
}

let last = 0;

async function stall(hints: number): Promise<void> {
  const extensions = Array.from({ length: hints }, (_, i) => {
    const number = String(100_000 + i);
    return { number, tech: 'Custom' as const, devices: [`Custom:bench${number}`] };
  });
  const asterisk = await startAsterisk({ version: '22', extensions });
  const { host, amiPort: port } = asterisk;
  const side = await openSide('ours', { extensions: hints, ami: { host, port, ...asterisk.users.daemon } });
  const longest = await side.server.ask<number>({ do: 'stall' });
  endSides(side);
  await asterisk.dispose();
  printValue(`longest stall while ${hints} hints are read`, longest, 'ms', { most: 20 });
}
