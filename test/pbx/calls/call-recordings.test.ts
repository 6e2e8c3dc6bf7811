import { describe, expect, test } from 'vitest';
import { type AmiMessage, header } from '../../../src/pbx/ami/message.ts';
import { CallWatchHouse, entryInWords, turns } from '../../support/call-watch-house.ts';
import { plainReading, recorded } from '../ami/recording.ts';

/** The live events of a recording, in their order. */
async function eventsOf(name: string): Promise<AmiMessage[]> {
  const messages = plainReading(await recorded(`../pbx/${name}.txt`));
  return messages.filter((message) => header(message, 'event') && header(message, 'actionid') === undefined);
}

/** What the watcher tells of these events: how the calls ended, and the states they were in. */
async function told(events: readonly AmiMessage[], prepare: (house: CallWatchHouse) => void = () => undefined) {
  const house = new CallWatchHouse();
  await house.begin();
  prepare(house);
  for (const event of events) {
    house.emit(event);
    house.clock.pass(10);
  }
  await turns();
  const states = house.open.map(({ state }) => state).filter((state, i, all) => state !== all[i - 1]);
  return { entries: house.entries.map(entryInWords).sort(), states, dropped: house.watch.counters.dropped };
}

/**
 * The events with those moved that Asterisk sends in another order each time: records come any time after what they tell of, and the channels of a
 * call hang up in any order.
 */
function shuffled(events: readonly AmiMessage[], seed: number): AmiMessage[] {
  const isLoose = (event: AmiMessage) => /^(Cdr|Hangup|DeviceStateChange)$/.test(header(event, 'event') ?? '');
  const loose = events.filter(isLoose);
  const first = events.findIndex(isLoose);
  const rest = [...events.slice(0, first), ...events.slice(first).filter((event) => !isLoose(event))];
  return [...rest, ...mixed(loose, seed)];
}

function mixed<T>(items: readonly T[], seed: number): T[] {
  const left = [...items];
  let state = seed;
  return items.map(() => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return left.splice(state % left.length, 1)[0] as T;
  });
}

const ordinary: readonly [name: string, states: readonly string[], entries: readonly string[]][] = [
  ['history-answered', ['calling', 'ringing', 'talking'], ['1005 out answered 1006', '1006 in answered 1005']],
  ['call-busy', ['calling'], ['1001 out busy 1002', '1002 in missed busy 1001']],
  ['call-declined', ['calling'], ['1001 out no_answer 1002', '1002 in missed declined 1001']],
  ['call-noanswer', ['calling', 'ringing'], ['1001 out no_answer 1002', '1002 in missed no_answer 1001']],
  ['call-cancelled', ['calling', 'ringing'], ['1001 out cancelled 1002', '1002 in missed cancelled 1001']],
];

describe.each(['16', '22'])('What Asterisk %s was recorded to say of calls', (version) => {
  test.each(ordinary)('%s', async (name, states, entries) => {
    const events = await eventsOf(`${version}/${name}`);
    expect(await told(events)).toEqual({ entries, states, dropped: 0 });
    for (let seed = 1; seed <= 20; seed += 1) {
      expect((await told(shuffled(events, seed))).entries).toEqual(entries);
    }
  });

  test('call-unregistered', async () => {
    const events = await eventsOf(`${version}/call-unregistered`);
    const away = ({ phones }: CallWatchHouse) => void phones.away.add('1004');
    const entries = ['1001 out failed 1004', '1004 in missed unregistered 1001'];
    for (let seed = 0; seed <= 5; seed += 1)
      expect((await told(shuffled(events, seed), away)).entries).toEqual(entries);
  });

  test('dnd-call-refused, whether it is known of the extension or said by the call record', async () => {
    const events = await eventsOf(`${version}/dnd-call-refused`);
    const entries = ['1001 in missed dnd 1002', '1002 out busy 1001'];
    const blocked = ({ phones }: CallWatchHouse) => void phones.blocked.add('1001');
    for (let seed = 0; seed <= 5; seed += 1) {
      expect((await told(shuffled(events, seed), blocked)).entries).toEqual(entries);
    }
    const record = events.findIndex((event) => header(event, 'event') === 'Cdr');
    const hangup = events.findIndex((event) => header(event, 'event') === 'Hangup');
    const early = events.filter((_, i) => i !== record).toSpliced(Math.min(hangup, record), 0, events[record] ?? {});
    expect((await told(early)).entries).toEqual(entries);
  });

  test('call-waiting-second', async () => {
    const entries = [
      '1001 out answered 1002',
      '1002 in answered 1001',
      '1002 in missed cancelled 1003',
      '1003 out cancelled 1002',
    ];
    expect((await told(await eventsOf(`${version}/call-waiting-second`))).entries).toEqual(entries);
  });

  test('originate-ok, as a call of the daemon and as one of another program', async () => {
    const events = await eventsOf(`../ami/${version}/originate-ok`);
    const order = { id: 'my-chan-1', owner: '1005', number: '+49 1006', at: Date.parse('2026-01-05T08:00:00.000Z') };
    const entries = ['1005 out answered +49 1006', '1006 in answered 1005'];
    expect(await told(events, ({ watch }) => watch.expect(order))).toEqual({
      entries,
      states: ['phone', 'calling', 'ringing', 'talking'],
      dropped: 0,
    });
    expect((await told(events)).entries).toEqual(['1005 out answered 1006', '1006 in answered 1005']);
  });

  test.each([
    ['originate-busy', '1005 out failed phone_busy 1006'],
    ['originate-decline', '1005 out cancelled phone_declined 1006'],
    ['originate-noanswer', '1005 out cancelled phone_no_answer 1006'],
  ])('%s', async (name, entry) => {
    const events = await eventsOf(`${version}/${name}`);
    const id = events.map((event) => header(event, 'uniqueid')).find((found) => found && found !== '<unknown>') ?? '';
    const order = { id, owner: '1005', number: '1006', at: 0 };
    const { entries, states } = await told(events, ({ watch }) => watch.expect(order));
    expect([states, entries]).toEqual([['phone'], [entry]]);
    expect((await told(events)).entries).toEqual([]);
  });

  test('originate-unregistered, of which there is no channel', async () => {
    const events = await eventsOf(`${version}/originate-unregistered`);
    const { entries, states } = await told(events, ({ watch }) => {
      watch.expect({ id: 'rollcall-1', owner: '1005', number: '1006', at: 0 });
      watch.giveUp('rollcall-1', 'phone_unreachable');
    });
    expect([states, entries]).toEqual([['phone'], ['1005 out failed phone_unreachable 1006']]);
  });

  test('dnd-on-by-code: a feature code is no call', async () => {
    const events = await eventsOf(`../ami/${version}/dnd-on-by-code`);
    expect(await told(events)).toMatchObject({ entries: [], states: [] });
  });
});
