// AMI intake: how fast a recording of a busy Asterisk goes through link, guard, asterisk-manager, facts, board and store,
// beside the most that Asterisk was seen to produce and beside a parser written by hand; and how long the longest turn of the
// event loop is while thousands of hints are read from a real Asterisk.
import { startAsterisk } from '../test/lab/asterisk.ts';
import { recorded } from '../test/pbx/ami/recording.ts';
import { FakeAmi } from '../test/support/fake-ami.ts';
import type { Benchmark } from './support/benchmark.ts';
import { type Child, clockMicros, startChild } from './support/child.ts';
import { median, printRatio, printValue } from './support/figures.ts';

/** Events a second, the most that Asterisk 22 produced when it was measured. */
const PEAK = 18_000;
const PASSES = 14;
/** The recording is of these: what changes in it is theirs. */
const NUMBERS = Array.from({ length: 1_000 }, (_, i) => String(20_000 + i));
const CALLS = ['22/call-answered.txt', '22/call-hold.txt', '22/history-busy.txt'];
/** Starts of which the longest turn is measured; the machine's other work is in each, so the middle one counts. */
const STARTS = 5;
const LOG_IN = { host: '127.0.0.1', username: 'bench', secret: 'bench' };

/** The intake alone, the intake with board and store behind it, and the floor. */
const READERS = ['facts', 'ours', 'parser'] as const;
type Reader = (typeof READERS)[number];

interface Speed {
  /** Events per second. */
  readonly rate: number;
  /** Microseconds of CPU per event. */
  readonly cpu: number;
}

export const intake: Benchmark = {
  name: 'intake',
  usage: '[ROUNDS [HINTS]]',
  what: 'events taken in per second, and the longest turn while many hints are read',
  async run([rounds = 5, hints = 10_000]) {
    const pass = [...(await changes()), ...(await calls())];
    const events = Array.from({ length: PASSES }, () => pass).flat();
    const speeds: Record<Reader, Speed[]> = { facts: [], ours: [], parser: [] };
    for (let i = 0; i < rounds; i++) for (const who of READERS) speeds[who].push(await speed(who, events));
    const middle = (who: Reader, of: keyof Speed) => median(speeds[who].map((one) => one[of]));
    const rate = { what: 'events taken in', ours: middle('ours', 'rate'), unit: 'per s' };
    printRatio({ ...rate, floor: PEAK, floorName: "Asterisk's own peak", goal: { least: 2 } });
    const cpu = { unit: 'µs', floor: middle('parser', 'cpu'), floorName: 'a parser by hand' };
    printRatio({ what: 'CPU per event', ours: middle('facts', 'cpu'), ...cpu });
    printRatio({ what: 'the same with board and store', ours: middle('ours', 'cpu'), ...cpu });
    const turns = await longestTurns(hints);
    printValue(`longest turn while ${hints} hints are read`, median(turns), 'ms', { most: 20 });
  },
};

/** What one Asterisk said while a thousand devices changed at once, as if the devices were phones. */
async function changes(): Promise<string[]> {
  const events = await liveEvents('22/volume-10000-endpoints.raw.gz');
  return events.map((event) => event.replace('Device: Custom:DND', 'Device: PJSIP/'));
}

async function calls(): Promise<string[]> {
  return (await Promise.all(CALLS.map(liveEvents))).flat();
}

/** The events of a recording that are part of no list and pass the daemon's mask. */
async function liveEvents(name: string): Promise<string[]> {
  const messages = (await recorded(name)).toString('utf8').split('\r\n\r\n');
  return messages.filter((text) => /^Event: /.test(text) && /\r\nPrivilege: (call|cdr|user),/.test(text));
}

/** Sends all events at once to a fresh process that follows this Asterisk. */
async function speed(who: Reader, events: readonly string[]): Promise<Speed> {
  const fake = await FakeAmi.listen({ lists: { ExtensionStateList: NUMBERS.map(hintOf) } });
  const options = { extensions: 0, ami: { ...LOG_IN, port: fake.port } };
  const child = startChild(who, [JSON.stringify(options)]);
  const before = await child.ask<number>({ do: 'cpu' });
  const seen = await child.ask<number>({ do: 'events' });
  const begun = clockMicros();
  (await fake.connection(1)).send(`${events.join('\r\n\r\n')}\r\n\r\n`);
  const { at } = await child.ask<{ at: number }>({ do: 'untilEvents', count: seen + events.length });
  const cpu = (await child.ask<number>({ do: 'cpu' })) - before;
  child.end();
  await fake.close();
  return { rate: (events.length * 1e6) / (at - begun), cpu: cpu / events.length };
}

function hintOf(number: string): string[] {
  const hint = `PJSIP/${number}&Custom:DND${number},CustomPresence:${number}`;
  return ['Event: ExtensionStatus', `Exten: ${number}`, 'Context: internal', `Hint: ${hint}`, 'Status: 0'];
}

/** Milliseconds of the longest turn from the log-in at a real Asterisk until everything is read, of each start. */
async function longestTurns(hints: number): Promise<number[]> {
  const extensions = Array.from({ length: hints }, (_, i) => {
    const number = String(100_000 + i);
    return { number, tech: 'Custom' as const, devices: [`Custom:bench${number}`] };
  });
  const asterisk = await startAsterisk({ version: '22', extensions });
  try {
    const { host, amiPort: port } = asterisk;
    const ami = { host, port, ...asterisk.users.daemon };
    const turns: number[] = [];
    for (let i = 0; i < STARTS; i++) {
      const child: Child = startChild('ours', [JSON.stringify({ extensions: 0, ami })]);
      const { read, millis } = await child.ask<{ read: number; millis: number }>({ do: 'longestTurn' });
      child.end();
      if (read !== hints) throw new Error(`only ${read} of ${hints} hints were read in time`);
      turns.push(millis);
    }
    return turns;
  } finally {
    await asterisk.dispose();
  }
}
