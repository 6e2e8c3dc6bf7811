// Bytes that no Asterisk should send: the daemon lives, its memory stays bounded, and what is shown stays true.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FakeAmi } from '../support/fake-ami.ts';
import { allShow, watchers, withClients, withDaemon } from './house.ts';

const MB = 1024 * 1024;

describe('A hostile Asterisk', () => {
  const hint = ['Event: ExtensionStatus', 'Exten: 1001', 'Context: c', 'Hint: PJSIP/1001&Custom:DND1001', 'Status: 0'];
  const device = ['Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE'];
  const commands = 'ExtensionStateList DeviceStateList PresenceStateList DBGetTree DBGet Getvar Setvar Originate';
  let fake: FakeAmi;
  let connections = 0;
  beforeAll(async () => {
    fake = await FakeAmi.listen({
      lists: { ExtensionStateList: [hint], DeviceStateList: [device], PresenceStateList: [], DBGetTree: [] },
      answers: {
        ListCommands: ['Response: Success', ...commands.split(' ').map((name) => `${name}: x`)],
        DBGet: ['Response: Error', 'Message: Database entry not found'],
        Getvar: ['Response: Success', 'Value: '],
      },
    });
  });
  afterAll(() => fake.close());
  const daemon = withDaemon(() => ({ pbx: { ami: { port: fake.port, username: 'u', secret: 's' } } }));
  const logIn = withClients(daemon);

  const latest = async () => {
    connections = fake.connections.length;
    return fake.connection(connections);
  };
  const many = (count: number, one: (i: number) => string) => Array.from({ length: count }, (_, i) => one(i)).join('');

  const attacks: readonly [string, () => string | Buffer][] = [
    ['a line without an end', () => 'x'.repeat(20 * MB)],
    ['a header without an end', () => `Event: DeviceStateChange\r\nDevice: ${'y'.repeat(20 * MB)}`],
    ['a message of a million lines', () => `Event: A\r\n${'K: v\r\n'.repeat(1_000_000)}`],
    ['noise', () => Buffer.from(Array.from({ length: MB }, (_, i) => (i * 2_654_435_761) >>> 13))],
    [
      'bytes that are no UTF-8',
      () => Buffer.from('Event: DeviceStateChange\r\nDevice: PJSIP/\xff\xfe\xc3\r\nState: \xf0\r\n\r\n', 'latin1'),
    ],
    [
      'a hundred thousand devices that no hint has',
      () => many(100_000, (i) => `Event: DeviceStateChange\r\nDevice: PJSIP/evil${i}\r\nState: INUSE\r\n\r\n`),
    ],
    [
      'ten thousand presentities with long notes',
      () =>
        many(
          10_000,
          (i) =>
            `Event: PresenceStateChange\r\nPresentity: Custom:${i}\r\nStatus: away\r\nSubtype: \r\nMessage: ${'n'.repeat(900)}\r\n\r\n`,
        ),
    ],
    ['answers that nobody asked for', () => many(20_000, (i) => `Response: Success\r\nActionID: rc-1-a${i}\r\n\r\n`)],
    [
      'names that programs stumble over',
      () =>
        ['__proto__', 'constructor', 'Close', 'error', 'Event', 'toString']
          .map(
            (name) =>
              `Event: ${name}\r\n${name}: ${name}\r\n__proto__: x\r\nconstructor: y\r\nhasOwnProperty: z\r\n\r\n`,
          )
          .join(''),
    ],
    [
      'events without their headers',
      () =>
        'Event: DeviceStateChange\r\n\r\nEvent: ExtensionStatus\r\nExten: 1001\r\n\r\nEvent: PresenceStateChange\r\n\r\n',
    ],
    [
      'states that Asterisk does not have',
      () => 'Event: DeviceStateChange\r\nDevice: PJSIP/1001\r\nState: <script>\r\n\r\n',
    ],
  ];

  test.each(attacks)('that sends %s changes nothing and costs little', async (_, attack) => {
    const watcher = await logIn(watchers[0]);
    const shown = { line: 'idle', online: true, indicator: 'available' };
    await allShow([watcher], '1001', shown);
    const [pid, before, at] = [daemon().pid, await daemon().memory(), daemon().logs.length];
    const connection = await latest();
    connection.send(attack());
    connection.send('\r\n\r\n');
    // it is either taken, or the connection is given up and a new one listed
    connection.message('Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: RINGING');
    const cut = connection.closed.then(() => true);
    const taken = watcher
      .until(() => watcher.item('presence', '1001')?.['line'] === 'ringing', 'a call')
      .then(() => false);
    if (await Promise.race([cut, taken])) {
      taken.catch(() => undefined); // it did not come through
      await fake.connection(connections + 1);
      await daemon().line('pbx.snapshot', { from: at });
    } else {
      connection.message('Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE');
    }
    await watcher.until(() => watcher.item('pbx', 'pbx')?.['connected'] === true, 'the link');
    await allShow([watcher], '1001', shown);
    expect([...watcher.items('extensions').keys()]).toEqual(['1001']);
    expect(daemon().pid).toBe(pid);
    expect((await daemon().memory()) - before).toBeLessThan(120 * MB);
    expect(
      daemon()
        .logs.slice(at)
        .filter(({ level }) => level === 'fatal'),
    ).toEqual([]);
  });
});
