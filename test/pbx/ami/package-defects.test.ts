// Every defect of asterisk-manager 0.2.0 that is known: first the bare package with it, then the link without it.
import { afterEach, expect, test, vi } from 'vitest';
import type { ActionFields } from '../../../src/pbx/ami/link-port.ts';
import { header } from '../../../src/pbx/ami/message.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { type House, linkReads, openHouse } from './house.ts';
import { rawFate, rawReads, rawWrites } from './raw-package.ts';

const open: House[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const house of open.splice(0)) await house.close();
});

async function house(...args: Parameters<typeof openHouse>): Promise<House> {
  const opened = await openHouse(...args);
  open.push(opened);
  return opened;
}

async function reads(bytes: string) {
  const result = await linkReads(bytes);
  open.push(result.house);
  return result;
}

test('the events wanted are chosen by an action of their own, since the header of the log-in has no effect', async () => {
  const { fake, told } = await house();
  const connection = await fake.connection(1);
  await told.up();
  const [login, events] = connection.actions;
  expect({ event: login?.['event'], events: login?.['events'] }).toEqual({ event: 'off', events: undefined });
  expect(events).toMatchObject({ action: 'Events', eventmask: 'call,cdr,user,system' });
});

test('a refused log-in is told, where the package waits for ever', async () => {
  const { reports, link } = await house({ login: 'Authentication failed' });
  expect(await reports.until('ami.refused')).toMatchObject({ reason: 'Authentication failed', username: 'rollcall' });
  await expect(link.action({ Action: 'Ping' })).rejects.toMatchObject({ kind: 'away' });
});

test('an action in a value runs with the package and never leaves the link', async () => {
  const injection = 'v\r\n\r\nAction: DBPut\r\nFamily: DND\r\nKey: 1\r\nVal: YES';
  expect(await rawWrites({ action: 'Setvar', variable: 'X', value: injection })).toContain('\r\n\r\nAction: DBPut\r\n');

  const { fake, link, told } = await house();
  await told.up();
  await expect(link.action({ Action: 'Setvar', Variable: 'X', Value: injection })).rejects.toMatchObject({
    kind: 'unsafe',
  });
  await link.action({ Action: 'Ping' });
  const connection = await fake.connection(1);
  expect(connection.actions.map((action) => action['action'])).toEqual(['login', 'Events', 'Ping']);
});

test('Variable and ChanVariable arrive as text, the repeated ones too', async () => {
  const bytes =
    'Event: VarSet\r\nVariable: SIPCALLID\r\nValue: 7\r\n\r\n' +
    'Event: Newchannel\r\nChanVariable: A=1\r\nChanVariable: A=2=3\r\n\r\n';
  expect((await rawReads(bytes)).events).toEqual([
    { event: 'VarSet', variable: { SIPCALLID: '' }, value: '7' },
    { event: 'Newchannel', chanvariable: { A: '2=3' } },
  ]);
  expect((await reads(bytes)).events).toEqual([
    { event: 'VarSet', variable: 'SIPCALLID', value: '7' },
    { event: 'Newchannel', chanvariable: ['A=1', 'A=2=3'] },
  ]);
});

test('a repeated header has one type for the reader', async () => {
  const bytes = 'Event: X\r\nOne: a\r\nTwo: a\r\nTwo: b\r\n\r\n';
  expect((await rawReads(bytes)).events).toEqual([{ event: 'X', one: 'a', two: ['a', 'b'] }]);
  const [event = {}] = (await reads(bytes)).events;
  expect([header(event, 'one'), header(event, 'two'), header(event, 'three')]).toEqual(['a', 'a', undefined]);
});

test('headers named after what every object has do not reach the prototype', async () => {
  const bytes = 'Event: X\r\nconstructor: c\r\n__proto__: p\r\nKept: k\r\n\r\n';
  const [raw = {}] = (await rawReads(bytes)).events;
  expect(Array.isArray(Object.getPrototypeOf(raw))).toBe(true);
  expect(raw['constructor']).toEqual([Object, 'c']);

  const { events, house: opened } = await reads(bytes);
  expect(events).toEqual([{ event: 'X', kept: 'k' }]);
  expect(Object.getPrototypeOf(events[0])).toBe(Object.prototype);
  expect(opened.link.counters.mended).toBe(1);
});

test('a line feed in a value forges headers and events with the package, and is a blank with the link', async () => {
  const bytes = 'Event: X\r\nName: Alice\nInjected: x\n\nEvent: Hangup\nChannel: PJSIP/1\r\n\r\n';
  expect((await rawReads(bytes)).events).toEqual([
    { event: 'X', name: 'Alice', injected: 'x' },
    { event: 'Hangup', channel: 'PJSIP/1' },
  ]);
  expect((await reads(bytes)).events).toEqual([
    { event: 'X', name: 'Alice Injected: x  Event: Hangup Channel: PJSIP/1' },
  ]);
});

test('actions in flight are rejected when the connection is lost, and none is lost in silence after it', async () => {
  const { fake, link, told } = await house({ answers: { Slow: null }, lists: {} });
  await told.up();
  const waiting = [...Array(50).keys()].map(() => link.action({ Action: 'Slow' }));
  const list = link.list({ Action: 'Slow' });
  const connection = await fake.connection(1);
  await connection.action('Slow', 51);
  connection.cut();
  const ends = await Promise.allSettled([...waiting, list]);
  expect(ends.map((end) => end.status === 'rejected' && end.reason.kind)).toEqual(Array(51).fill('away'));
  await expect(link.action({ Action: 'Ping' })).rejects.toMatchObject({ kind: 'away' });
});

test('the link comes back after each loss without the reconnect of the package', async () => {
  const { fake, told } = await house();
  for (const generation of [1, 2, 3]) {
    await told.up(generation);
    (await fake.connection(generation)).cut();
    await told.down(generation);
  }
  await told.up(4);
  expect(told.kinds).toEqual(['up 1', 'down 1', 'up 2', 'down 2', 'up 3', 'down 3', 'up 4']);
});

test('stop calls off a connection attempt that waits', async () => {
  const clock = new HandClock();
  const { fake, link, told } = await house({}, clock);
  await told.up();
  (await fake.connection(1)).cut();
  await told.down();
  expect(clock.waiting).toBe(1);
  link.stop();
  expect(clock.waiting).toBe(0);
  expect(link.counters.connects).toBe(1);
});

test('the partial message of a cut connection is not glued to the next one', async () => {
  const { fake, told } = await house();
  await told.up();
  const first = await fake.connection(1);
  first.send('Event: DeviceStateChange\r\nActionID: stale1\r\nDevice: PJS');
  first.end();
  await told.down();
  await told.up(2);
  (await fake.connection(2)).message('Event: Sentinel');
  await told.event('Sentinel');
  expect(told.messages).toEqual([{ event: 'Sentinel' }]);
});

test('an array is refused as a value, and the action of the caller stays as it was', async () => {
  expect(await rawWrites({ action: 'X', variable: ['a=1,2', 'b=3'] })).toContain('Variable: a=1,2,b=3\r\n');

  const { fake, link, told } = await house();
  await told.up();
  const array = { Action: 'X', Variable: ['a=1,2', 'b=3'] } as unknown as ActionFields;
  await expect(link.action(array)).rejects.toMatchObject({ kind: 'unsafe' });
  const mine: ActionFields = Object.freeze({ Action: 'X', Variable: Object.freeze({ a: '1,2', b: '3' }) });
  await link.action(mine);
  expect(mine).toEqual({ Action: 'X', Variable: { a: '1,2', b: '3' } });
  expect(await (await fake.connection(1)).action('X')).toMatchObject({ variable: 'a=1\\,2\nb=3' });
});

test('an event named like the inner workings of the package is left out', async () => {
  const names = ['Close', 'connect', 'end', 'Error', 'Response', 'ManagerEvent', 'asterisk', '1795282139692'];
  const bytes = names.map((name) => `Event: ${name}\r\n\r\n`).join('');
  const twice = (await rawReads(bytes)).events.filter((event) => event['event'] === 'ManagerEvent');
  expect(twice).toHaveLength(2);

  const { events, stayed, house: opened } = await reads(bytes);
  expect({ events, stayed }).toEqual({ events: [], stayed: true });
  expect(opened.link.counters.dropped).toBe(names.length);
});

test('the name of an event keeps its letters', async () => {
  const { events, house: opened } = await reads('Event: DeviceStateChange\r\n\r\n');
  expect(events).toEqual([{ event: 'DeviceStateChange' }]);
  expect(opened.told.events.at(1)).toMatchObject({ kind: 'event', name: 'DeviceStateChange' });
});

test('nothing is printed to the console', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { fake, told } = await house();
  await told.up();
  (await fake.connection(1)).cut();
  await told.up(2);
  expect(printed).not.toHaveBeenCalled();
});

test('a process that reads decent bytes by the bare package outlives them', async () => {
  expect(await rawFate('Event: X\r\n\r\n')).toBe('alive');
});

test('an event called rawevent sends the package round in circles for ever, and the link nowhere', async () => {
  const bytes = 'Event: RawEvent\r\n\r\n';
  expect(await rawFate(bytes)).toBe('stuck');
  expect(await reads(bytes)).toMatchObject({ events: [], stayed: true });
});

test.each(['rawevent', 'RAWEVENT', 'newListener', 'error', 'connect', 'managerevent', '__proto__', 'x'])(
  'an answer with the foreign ActionID %s does nothing',
  async (id) => {
    const { events, stayed } = await reads(`Response: Success\r\nActionID: ${id}\r\n\r\n`);
    expect({ events, stayed }).toEqual({ events: [], stayed: true });
  },
);

test('an answer with the ActionID rawevent ends the process that uses the bare package', async () => {
  expect(await rawFate('Response: Success\r\nActionID: rawevent\r\n\r\n')).toBe('crashed');
});

test('a UserEvent with two UserEvent headers ends the process with the package, and is read by its first with the link', async () => {
  const bytes = 'Event: UserEvent\r\nUserEvent: A\r\nUserEvent: B\r\n\r\n';
  expect(await rawFate(bytes)).toBe('crashed');
  expect(await reads(bytes)).toMatchObject({ events: [{ event: 'UserEvent', userevent: 'A' }], stayed: true });
});

test('an answer that "follows" makes the package deaf, and the link drops that answer alone', async () => {
  const bytes = 'Response: Follows\r\nPrivilege: Command\r\n\r\n';
  expect(await rawFate(bytes)).toBe('stuck');
  const { stayed, house: opened } = await reads(bytes);
  expect({ stayed, dropped: opened.link.counters.dropped }).toEqual({ stayed: true, dropped: 1 });
});

test('a long run of blanks in a header name keeps the package busy for seconds, and the link not at all', async () => {
  const bytes = `Event: X\r\n${`a${' '.repeat(60_000)}b\r\n`.repeat(10)}Kept: k\r\n\r\n`;
  expect(await rawFate(bytes)).toBe('stuck');
  expect((await reads(bytes)).events).toEqual([{ event: 'X', kept: 'k' }]);
});

test('a second Response header does not leave the action without its answer', async () => {
  const bytes = 'Response: Success\r\nActionID: 1\r\nResponse: Error\r\n\r\n';
  expect((await rawReads(bytes)).responses).toEqual([]);

  const { fake, link, told } = await house({ answers: { Odd: null } });
  await told.up();
  const answer = link.action({ Action: 'Odd' });
  const connection = await fake.connection(1);
  connection.answer(await connection.action('Odd'), 'Response: Success', 'Response: Error', 'Kept: k');
  expect(await answer).toMatchObject({ response: 'Success', kept: 'k' });
});

test('an OriginateResponse is an event for the link, not the answer that its Response header makes it for the package', async () => {
  const lines = ['Event: OriginateResponse', 'ActionID: 7', 'Response: Failure', 'Reason: 0'];
  expect((await rawReads(`${lines.join('\r\n')}\r\n\r\n`)).responses).toHaveLength(1);

  const { fake, link, told } = await house({ answers: { Originate: null } });
  await told.up();
  const answer = link.action({ Action: 'Originate', Channel: 'PJSIP/1', Async: 'true' });
  const connection = await fake.connection(1);
  const asked = await connection.action('Originate');
  const id = `ActionID: ${asked['actionid']}`;
  connection.message('Event: OriginateResponse', id, 'Response: Failure', 'Reason: 0');
  connection.answer(asked, 'Response: Success', 'Message: Originate successfully queued');
  expect(await answer).toMatchObject({ response: 'Success' });
  expect(await told.event('OriginateResponse')).toMatchObject({ response: 'Failure', reason: '0' });
});
