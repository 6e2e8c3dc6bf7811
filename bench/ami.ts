// From Asterisk to the last client: a device changes on a real Asterisk 22, and the time until the last client knows, beside
// the fan-out alone.
import { openAmi } from '../test/lab/ami.ts';
import { startAsterisk } from '../test/lab/asterisk.ts';
import type { Benchmark } from './support/benchmark.ts';
import { clockMicros } from './support/child.ts';
import { median, percentile, printRatio } from './support/figures.ts';
import { endSides, gather, hellosFor, openSide, sampleMessage, tellAll } from './support/side.ts';

const EXTENSIONS = 100;
const PHONE = 'Custom:bench100000';
const WARM_UP = 20;

export const ami: Benchmark = {
  name: 'ami',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'from an event of a real Asterisk to the last client',
  async run([clients = 1_000, rounds = 100]) {
    const extensions = Array.from({ length: EXTENSIONS }, (_, i) => {
      const number = String(100_000 + i);
      return { number, tech: 'Custom' as const, devices: [`Custom:bench${number}`] };
    });
    const asterisk = await startAsterisk({ version: '22', extensions });
    const console = await openAmi(asterisk, 'admin');
    const { host, amiPort: port } = asterisk;
    const real = await openSide('ours', { extensions: EXTENSIONS, ami: { host, port, ...asterisk.users.daemon } });
    const played = await openSide('ours', { extensions: EXTENSIONS });
    for (const side of [real, played]) await gather(side, await hellosFor(side, clients));
    const text = await sampleMessage(played);
    const millis = { real: [] as number[], alone: [] as number[] };
    for (let i = -WARM_UP; i < rounds; i++) {
      const { last } = await tellAll(played, 1, clients, text);
      await real.audience.ask({ do: 'expect', group: 'all', marks: 1 });
      const begun = clockMicros();
      await console.setvar(`DEVICE_STATE(${PHONE})`, i % 2 === 0 ? 'INUSE' : 'NOT_INUSE');
      const arrived = await real.audience.ask<{ last: number }>({ do: 'arrived' });
      if (i < 0) continue;
      millis.alone.push(last / 1000);
      millis.real.push((arrived.last - begun) / 1000);
    }
    console.close();
    endSides(real, played);
    await asterisk.dispose();
    for (const [share, name] of [
      [0.5, 'p50'],
      [0.99, 'p99'],
    ] as const) {
      const of = (values: readonly number[]) => (share === 0.5 ? median(values) : percentile(values, share));
      const what = `from Setvar at Asterisk to the last of ${clients} clients, ${name}`;
      const figure = { what, ours: of(millis.real), floor: of(millis.alone), unit: 'ms', floorName: 'fan-out alone' };
      printRatio({ ...figure, ...(share === 0.5 ? { goal: { most: 2 } } : {}) });
    }
  },
};
