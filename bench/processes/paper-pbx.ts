// An Asterisk manager on paper, with so many extensions whose phones ring when asked to; every daemon that logs in is told.
import { FakeAmi } from '../../test/support/fake-ami.ts';
import { answering, clockMicros, type Question } from '../support/child.ts';
import { FIRST_NUMBER } from '../support/log-ins.ts';

const count = Number(process.argv[2] ?? 1);
const numbers = Array.from({ length: count }, (_, i) => String(FIRST_NUMBER + i));
const states = new Map(numbers.map((number) => [number, 'NOT_INUSE']));
const ACTIONS = [
  ...[
    'ListCommands',
    'ExtensionStateList',
    'DeviceStateList',
    'PresenceStateList',
    'DBGet',
    'DBGetTree',
    'DBPut',
    'DBDel',
  ],
  ...['Getvar', 'Setvar', 'Originate', 'CoreShowChannels', 'VoicemailUsersList'],
];

const hints = numbers.map((number) => [
  ...['Event: ExtensionStatus', `Exten: ${number}`, 'Context: internal', 'Status: 0', 'StatusText: Idle'],
  `Hint: PJSIP/${number}&Custom:DND${number},CustomPresence:${number}`,
]);
const devices = () =>
  [...states].map(([number, state]) => ['Event: DeviceStateChange', `Device: PJSIP/${number}`, `State: ${state}`]);

const ami = await FakeAmi.listen({
  answers: { ListCommands: ['Response: Success', ...ACTIONS.map((action) => `${action}: x (Priv: all)`)] },
  lists: {
    ...{
      ExtensionStateList: hints,
      PresenceStateList: [],
      DBGetTree: [],
      CoreShowChannels: [],
      VoicemailUsersList: [],
    },
    get DeviceStateList() {
      return devices();
    },
  },
});

/** So many phones ring, or stop to. */
function ring(question: Question): { at: number } {
  const some = numbers.slice(0, Number(question['count']));
  for (const number of some) states.set(number, states.get(number) === 'RINGING' ? 'NOT_INUSE' : 'RINGING');
  const events = some.map(
    (number) =>
      `Event: DeviceStateChange\r\nPrivilege: call,all\r\nDevice: PJSIP/${number}\r\nState: ${states.get(number)}\r\n\r\n`,
  );
  const text = events.join('');
  const at = clockMicros();
  for (const connection of ami.connections) connection.send(text);
  return { at };
}

answering({ port: () => ami.port, ring });
