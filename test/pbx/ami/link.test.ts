// The life of the link at a fake manager: log-in, boot, loss and return, actions, lists, keep-alive.
import { afterEach, describe, expect, test } from 'vitest';
import { openLink } from '../../../src/pbx/ami/link.ts';
import { AmiError } from '../../../src/pbx/ami/link-port.ts';
import { systemClock } from '../../../src/service/clock.ts';
import { FakeAmi } from '../../support/fake-ami.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { type House, LOG_IN, openHouse, Reports, Told } from './house.ts';

/** Of the back-off, with a `random` that gives 0. */
const SHORTEST_MS = 50;

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const house of open.splice(0)) await house.close();
});

async function house(...args: Parameters<typeof openHouse>): Promise<House> {
  const opened = await openHouse(...args);
  open.push(opened);
  return opened;
}

/** The choice of events is answered when its time-out no longer waits beside those of the boot and of the ping. */
async function eventsChosen(clock: HandClock): Promise<void> {
  while (clock.waiting !== 2) await new Promise<void>((resolve) => setImmediate(resolve));
}

function kindOf(error: unknown): string {
  return error instanceof AmiError ? error.kind : String(error);
}

describe('the log-in', () => {
  test('the secret is sent only to a peer that has greeted as an Asterisk manager', async () => {
    const { fake, reports } = await house({ banner: 'SSH-2.0-OpenSSH_9.2\r\n' });
    expect(await reports.until('ami.dropped')).toMatchObject({
      reason: 'it does not greet with "Asterisk Call Manager"',
    });
    expect((await fake.connection(1)).received).toBe('');
  });

  test('up is told once log-in, choice of events and full boot are done, with the first generation', async () => {
    const { fake, link, told, reports } = await house({ booted: false });
    const connection = await fake.connection(1);
    await connection.action('Events');
    await reports.until('ami.booting');
    expect(link.generation).toBe(null);
    await expect(link.action({ Action: 'Ping' })).rejects.toMatchObject({ kind: 'away' });
    connection.message('Event: DeviceStateChange', 'Device: early');
    connection.boot();
    await told.up();
    expect(link.generation).toBe(1);
    expect(told.kinds).toEqual(['up 1']);
    expect(reports.named('ami.up')).toEqual([{ generation: 1, asterisk: 'Asterisk Call Manager/11.0.0' }]);
  });

  test('a wrong secret is told once and tried again only after a minute', async () => {
    const clock = new HandClock();
    const { fake, link, reports, told } = await house({ login: 'Authentication failed' }, clock);
    await reports.until('ami.refused');
    clock.pass(59_000);
    expect(link.counters).toMatchObject({ connects: 1, refusals: 1 });
    clock.pass(1_000);
    await (await fake.connection(2)).closed;
    await fake.connection(2);
    fake.script = { ...fake.script, login: 'accept' };
    clock.pass(60_000);
    await told.up();
    expect(reports.named('ami.refused')).toEqual([
      { host: '127.0.0.1', port: fake.port, username: 'rollcall', reason: 'Authentication failed' },
    ]);
    expect(JSON.stringify(reports.all)).not.toContain(LOG_IN.secret);
  });

  test('a user name that is still in use by a dead session is tried again soon', async () => {
    const { fake, told } = await house({ login: 'Login Already In Use' });
    await fake.connection(3);
    fake.script = { ...fake.script, login: 'accept' };
    await told.up();
  });

  test.each([
    ['greeting', { banner: null }, 4_000, 'no greeting within 4 s'],
    ['answer to the log-in', { login: 'silent' }, 10_000, 'no answer to the log-in within 10 s'],
    ['answer to the choice of events', { answers: { Events: null } }, 10_000, 'no answer to the choice of events'],
  ])('a peer that gives no %s is dropped and tried again', async (_what, script, ms, reason) => {
    const clock = new HandClock();
    const { fake, reports, told } = await house(script, clock);
    const connection = await fake.connection(1);
    if (!('banner' in script)) await connection.action('answers' in script ? 'Events' : 'login');
    clock.pass(ms - 1);
    expect(reports.named('ami.away')).toEqual([]);
    clock.pass(1);
    await reports.until('ami.away');
    expect(reports.named('ami.away')).toEqual([{ host: '127.0.0.1', port: fake.port, reason }]);
    await connection.closed;
    fake.script = { ...fake.script, banner: 'Asterisk Call Manager/5.0.4\r\n', login: 'accept', answers: {} };
    clock.pass(SHORTEST_MS);
    await told.up();
  });

  test('an Asterisk that refuses the choice of events is used all the same', async () => {
    const { told } = await house({ answers: { Events: ['Response: Error', 'Message: no'] } });
    await told.up();
  });

  test('settings that would forge the log-in are refused before anything is sent', () => {
    const deps = { clock: new HandClock(), report: () => {}, random: () => 0 };
    for (const wrong of [{ secret: 'a\r\nb' }, { username: 'a\nb' }, { port: 0 }, { port: 70_000 }, { host: '' }]) {
      const settings = { host: '127.0.0.1', port: 5038, ...LOG_IN, ...wrong };
      expect(() => openLink(settings, deps)).toThrow(AmiError);
    }
  });
});

describe('the full boot', () => {
  test('is waited for as long as it is not told', async () => {
    const clock = new HandClock();
    const { fake, told, reports } = await house({ booted: false }, clock);
    const connection = await fake.connection(1);
    await reports.until('ami.booting');
    await eventsChosen(clock);
    clock.pass(7_000);
    clock.pass(7_000);
    expect(told.kinds).toEqual([]);
    connection.boot();
    await told.up();
    expect(reports.named('ami.blind')).toEqual([]);
  });

  test('is assumed after 15 s, and said so, for a user who may not see it; if it comes later, it is an event', async () => {
    const clock = new HandClock();
    const { fake, told, reports } = await house({ booted: false }, clock);
    const connection = await fake.connection(1);
    await reports.until('ami.booting');
    await eventsChosen(clock);
    clock.pass(15_000);
    await told.up();
    expect(reports.named('ami.blind')).toEqual([{ username: 'rollcall' }]);
    connection.boot();
    await told.event('FullyBooted');
    expect(told.kinds).toEqual(['up 1', 'event 1']);
  });
});

describe('loss and return', () => {
  test('an Asterisk that is not there yet is told once and found when it comes', async () => {
    const probe = await FakeAmi.listen();
    const { port } = probe;
    await probe.close();
    const reports = new Reports();
    const settings = { host: '127.0.0.1', port, ...LOG_IN };
    const link = openLink(settings, { clock: systemClock, report: reports.report, random: () => 0 });
    open.push({ close: async () => link.stop() });
    const told = new Told(link);
    link.start();
    await reports.until('ami.connecting', 7);
    open.push(await FakeAmi.listen({}, port));
    await told.up();
    expect(reports.named('ami.away')).toEqual([
      { host: '127.0.0.1', port, reason: 'nothing listens there (ECONNREFUSED)' },
    ]);
    expect(link.counters.connects).toBe(reports.named('ami.connecting').length);
    expect(told.kinds.slice(0, 2)).toEqual(['failed', 'failed']);
  });

  test('no event of an old connection comes after its down', async () => {
    const { fake, told } = await house();
    await told.up();
    const connection = await fake.connection(1);
    const many = [...Array(2_000).keys()].map((n) => `Event: X\r\nN: ${n}\r\n\r\n`).join('');
    connection.send(`${many}Event: Y\r\n${'x'.repeat(70_000)}`);
    await told.up(2);
    (await fake.connection(2)).message('Event: Sentinel');
    await told.event('Sentinel');
    const kinds = told.kinds;
    expect(kinds.slice(kinds.indexOf('down 1'))).toEqual(['down 1', 'up 2', 'event 2']);
  });

  test('a peer that fails right after each log-in meets the growing wait, not the shortest one', async () => {
    const clock = new HandClock();
    const { fake, told, reports } = await house({}, clock);
    for (const generation of [1, 2, 3]) {
      await told.up(generation);
      (await fake.connection(generation)).cut();
      await told.down(generation);
      clock.pass(SHORTEST_MS);
    }
    await told.up(4);
    expect(reports.named('ami.connecting').map((fields) => fields['attempt'])).toEqual([1, 2, 3, 4]);
    clock.pass(10_000);
    (await fake.connection(4)).cut();
    await told.down(4);
    clock.pass(SHORTEST_MS);
    await told.up(5);
    expect(reports.named('ami.connecting').at(-1)).toMatchObject({ attempt: 2 });
  });

  test('stop tells down, rejects what waits and connects no more; start begins again', async () => {
    const { fake, link, told, reports } = await house({ answers: { Slow: null } });
    await told.up();
    const waiting = link.action({ Action: 'Slow' });
    const connection = await fake.connection(1);
    await connection.action('Slow');
    link.stop();
    link.stop();
    expect(told.kinds).toEqual(['up 1', 'down 1']);
    await expect(waiting).rejects.toMatchObject({ kind: 'away' });
    await connection.closed;
    expect(reports.named('ami.down')).toEqual([]);
    link.start();
    await told.up(2);
    expect(fake.connections).toHaveLength(2);
  });

  test('a listener that stops the link at down is obeyed', async () => {
    const clock = new HandClock();
    const { fake, link, told } = await house({}, clock);
    await told.up();
    link.subscribe((event) => event.kind === 'down' && link.stop());
    (await fake.connection(1)).cut();
    await told.down();
    expect(clock.waiting).toBe(0);
  });

  test('a listener that throws harms neither the link nor the other listeners', async () => {
    const { fake, link, told, reports } = await house();
    const stop = link.subscribe(() => {
      throw new TypeError('a bug');
    });
    await told.up();
    const connection = await fake.connection(1);
    connection.message('Event: X');
    await told.event('X');
    stop();
    connection.message('Event: Y');
    await told.event('Y');
    expect(reports.named('ami.listener_failed').map((fields) => String(fields['error']).split('\n')[0])).toContain(
      'TypeError: a bug',
    );
    expect(link.generation).toBe(1);
  });
});

describe('actions', () => {
  test('answers find their askers, in whatever order they come', async () => {
    const { fake, link, told } = await house({ answers: { Ask: null } });
    await told.up();
    const connection = await fake.connection(1);
    const answers = [1, 2, 3].map((n) => link.action({ Action: 'Ask', N: String(n) }));
    for (const nth of [3, 1, 2]) {
      const action = await connection.action('Ask', nth);
      connection.answer(action, 'Response: Success', `Value: ${action['n']}`);
    }
    expect((await Promise.all(answers)).map((answer) => answer['value'])).toEqual(['1', '2', '3']);
  });

  test('a refusal rejects with what Asterisk said', async () => {
    const { link, told } = await house({
      answers: { DBGet: ['Response: Error', 'Message: Database entry not found'] },
    });
    await told.up();
    await expect(link.action({ Action: 'DBGet' })).rejects.toMatchObject({
      kind: 'refused',
      message: 'Asterisk refused DBGet: Database entry not found',
    });
    await expect(link.list({ Action: 'DBGet' })).rejects.toMatchObject({ kind: 'refused' });
  });

  test('an action without an answer times out, is counted, and its late answer is nobody’s', async () => {
    const clock = new HandClock();
    const { fake, link, told } = await house({ answers: { Slow: null } }, clock);
    await told.up();
    const end = link.action({ Action: 'Slow' }).catch(kindOf);
    const connection = await fake.connection(1);
    const slow = await connection.action('Slow');
    clock.pass(10_000);
    expect(await end).toBe('timeout');
    expect(link.counters.timeouts).toBe(1);
    connection.answer(slow, 'Response: Error', 'Message: too late');
    expect(await link.action({ Action: 'Ping' })).toMatchObject({ response: 'Success' });
  });

  test('more actions than can be held are refused, and none of those held is lost', async () => {
    const { fake, link, told } = await house({ answers: { Slow: null } });
    await told.up();
    const ends = [...Array(20_001).keys()].map(() => link.action({ Action: 'Slow' }).catch(kindOf));
    expect(await ends[20_000]).toBe('refused');
    (await fake.connection(1)).cut();
    expect(new Set(await Promise.all(ends.slice(0, 20_000)))).toEqual(new Set(['away']));
  });

  test('ActionIDs differ between generations', async () => {
    const { fake, link, told } = await house();
    const ids: unknown[] = [];
    for (const generation of [1, 2]) {
      await told.up(generation);
      ids.push((await link.action({ Action: 'Ping' }))['actionid']);
      (await fake.connection(generation)).cut();
      await told.down(generation);
    }
    expect(ids).toEqual(['rc0-1-a2', 'rc0-2-a2']);
  });
});

describe('lists', () => {
  const items = [
    ['Event: ExtensionStatus', 'Exten: 1001', 'Status: 0'],
    ['Event: ExtensionStatus', 'Exten: 1002', 'Status: 4'],
  ];

  test('all items up to the end come as one list, and none as an event', async () => {
    const { fake, link, told } = await house({ lists: { ExtensionStateList: items, DeviceStateList: [] } });
    await told.up();
    const list = await link.list({ Action: 'ExtensionStateList' });
    expect(list.map((item) => [item['event'], item['exten'], item['status']])).toEqual([
      ['ExtensionStatus', '1001', '0'],
      ['ExtensionStatus', '1002', '4'],
    ]);
    expect(await link.list({ Action: 'DeviceStateList' })).toEqual([]);
    (await fake.connection(1)).message('Event: Sentinel');
    await told.event('Sentinel');
    expect(told.kinds).toEqual(['up 1', 'event 1']);
  });

  test('a list that is answered in a sentence, without start and end, is empty', async () => {
    const answers = { VoicemailUsersList: ['Response: Success', 'Message: There are no voicemail users.'] };
    const { link, told } = await house({ answers });
    await told.up();
    expect(await link.list({ Action: 'VoicemailUsersList' })).toEqual([]);
  });

  test('a long list and what follows it are read whole though the connection ends right behind them', async () => {
    const { fake, link, told } = await house({ answers: { DeviceStateList: null } });
    await told.up();
    const list = link.list({ Action: 'DeviceStateList' });
    const connection = await fake.connection(1);
    const asked = await connection.action('DeviceStateList');
    const names = Array.from({ length: 5_000 }, (_, i) => `PJSIP/${i}`);
    const id = `ActionID: ${asked['actionid']}`;
    const items = names.map((name) => `Event: DeviceStateChange\r\n${id}\r\nDevice: ${name}\r\nState: INUSE\r\n\r\n`);
    const complete = `Event: DeviceStateListComplete\r\n${id}\r\nEventList: Complete\r\n\r\n`;
    connection.send(`${items.join('')}${complete}Event: Shutdown\r\nShutdown: Cleanly\r\n\r\n`);
    connection.end();
    expect((await list).map((item) => item['device'])).toEqual(names);
    await told.down();
    const kinds = told.events.map((event) => (event.kind === 'event' ? event.name : event.kind));
    expect(kinds).toEqual(['up', 'Shutdown', 'down']);
  });

  test('live events between the items stay events', async () => {
    const { fake, link, told } = await house({ answers: { DeviceStateList: null } });
    await told.up();
    const list = link.list({ Action: 'DeviceStateList' });
    const connection = await fake.connection(1);
    const asked = await connection.action('DeviceStateList');
    connection.answer(asked, 'Response: Success', 'EventList: start');
    connection.answer(asked, 'Event: DeviceStateChange', 'Device: listed');
    connection.message('Event: DeviceStateChange', 'Device: live');
    connection.answer(asked, 'Event: DeviceStateListComplete', 'EventList: Complete', 'ListItems: 7');
    expect((await list).map((item) => item['device'])).toEqual(['listed']);
    expect(told.messages).toEqual([{ event: 'DeviceStateChange', device: 'live' }]);
  });

  test('a list that stops coming times out 30 s after its last item, and its late items are no events', async () => {
    const clock = new HandClock();
    const { fake, link, told } = await house({ answers: { Slow: null } }, clock);
    await told.up();
    const end = link.list({ Action: 'Slow' }).catch(kindOf);
    const connection = await fake.connection(1);
    const slow = await connection.action('Slow');
    connection.answer(slow, 'Response: Success', 'EventList: start');
    connection.message('Event: First');
    await told.event('First');
    for (const n of [1, 2, 3]) {
      // Less than the ping needs to find the peer dead; the answers to pings keep it alive.
      clock.pass(7_000);
      connection.answer(slow, 'Event: Item', `N: ${n}`);
      connection.message('Event: After', `N: ${n}`);
      await told.until((event) => event.kind === 'event' && event.message['n'] === String(n) && event.name === 'After');
    }
    for (const n of [4, 5, 6, 7]) {
      clock.pass(7_000);
      connection.message('Event: Beat', `N: ${n}`);
      await told.until((event) => event.kind === 'event' && event.message['n'] === String(n));
    }
    expect(link.counters.timeouts).toBe(0);
    clock.pass(2_000);
    expect(await end).toBe('timeout');
    connection.answer(slow, 'Event: Item', 'N: 8');
    connection.message('Event: Sentinel');
    await told.event('Sentinel');
    expect(told.events.some((event) => event.kind === 'event' && event.name === 'Item')).toBe(false);
  });

  test('a list longer than can be held is refused', async () => {
    const { fake, link, told } = await house({ answers: { Endless: null } });
    await told.up();
    const end = link.list({ Action: 'Endless' }).catch(kindOf);
    const connection = await fake.connection(1);
    const { actionid } = await connection.action('Endless');
    const item = `Event: Item\r\nActionID: ${actionid}\r\nText: ${'x'.repeat(60_000)}\r\n\r\n`;
    for (let n = 0; n < 1_200; n += 1) connection.send(item);
    expect(await end).toBe('refused');
    expect(await link.action({ Action: 'Ping' })).toMatchObject({ response: 'Success' });
  });
});

describe('keep-alive', () => {
  test('a quiet link is pinged, and stays up when the ping is answered', async () => {
    const clock = new HandClock();
    const { fake, link, told } = await house({}, clock);
    await told.up();
    const connection = await fake.connection(1);
    clock.pass(8_000);
    clock.pass(8_000);
    await connection.action('Ping', 1);
    await link.action({ Action: 'Ask' });
    clock.pass(8_000);
    clock.pass(8_000);
    await connection.action('Ping', 2);
    expect(told.kinds).toEqual(['up 1']);
  });

  test('a half-open link is noticed within 30 s and replaced', async () => {
    const clock = new HandClock();
    const { fake, link, told, reports } = await house({ answers: { Ping: null } }, clock);
    await told.up();
    const connection = await fake.connection(1);
    clock.pass(24_000);
    await told.down();
    expect(told.kinds).toEqual(['up 1', 'down 1']);
    expect(link.generation).toBe(null);
    expect(reports.named('ami.down')).toEqual([{ generation: 1, reason: 'no answer to a ping within 8 s' }]);
    await connection.closed;
    clock.pass(SHORTEST_MS);
    await told.up(2);
  });

  test('a peer that sends events but answers nothing is dropped in the end', async () => {
    const clock = new HandClock();
    const { fake, link, told } = await house({ answers: { Ping: null, Slow: null } }, clock);
    await told.up();
    const end = link.action({ Action: 'Slow' }).catch(kindOf);
    const connection = await fake.connection(1);
    await connection.action('Slow');
    for (let n = 1; n <= 8; n += 1) {
      connection.message('Event: Beat', `N: ${n}`);
      await told.until(
        (event) => event.kind === 'down' || (event.kind === 'event' && event.message['n'] === String(n)),
      );
      clock.pass(5_000);
    }
    expect(await end).toBe('timeout');
    expect(told.kinds.at(-1)).toBe('down 1');
  });
});
