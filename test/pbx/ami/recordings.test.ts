// What comes out of guard and package equals a plain reading of what real Asterisks sent, however the bytes are cut.
import { describe, expect, test } from 'vitest';
import { newCounters } from '../../../src/pbx/ami/counters.ts';
import { type AmiMessage, header } from '../../../src/pbx/ami/message.ts';
import { openTransport } from '../../../src/pbx/ami/transport.ts';
import { FakeAmi } from '../../support/fake-ami.ts';
import { plainReading, recorded } from './recording.ts';

const NAMES = [
  'initial-sync',
  'presence',
  'call-answered',
  'call-hold',
  'dnd-on-by-code',
  'originate-ok',
  'reload',
  'login-plain',
  'history-busy',
  'message-from-phone',
];

/** The ActionIDs that the players of the recordings gave. */
const IDS = /^[a-z]+\d+$/;

/** Everything that a transport reads while these bytes are played in pieces of `size`; 0 plays them in one. */
async function played(bytes: Buffer, size: number): Promise<AmiMessage[]> {
  const fake = await FakeAmi.listen({ banner: null });
  const read: AmiMessage[] = [];
  const settings = { host: '127.0.0.1', port: fake.port, username: 'u', secret: 's' };
  const ended = new Promise<void>((resolve) => {
    openTransport(
      settings,
      { ids: '[a-z]+\\d+', counters: newCounters() },
      {
        greeted: () => {},
        heard: () => {},
        reply: (message) => read.push(message),
        event: (_name, message) => read.push(message),
        lost: () => resolve(),
      },
    );
  });
  const connection = await fake.connection(1);
  if (size === 0) connection.send(bytes);
  else await connection.dribble(bytes, size);
  connection.end();
  await ended;
  await fake.close();
  return read;
}

/** As the link sees it: foreign ActionIDs are left out, and an answer without an ActionID is nobody's. */
function asSeen(messages: ReturnType<typeof plainReading>): typeof messages {
  return messages
    .map(({ actionid, ...rest }) => (typeof actionid === 'string' && IDS.test(actionid) ? { ...rest, actionid } : rest))
    .filter((message) => message['event'] !== undefined || message['actionid'] !== undefined);
}

describe.each(['22', '16'])('Asterisk %s', (version) => {
  test.each(NAMES)('the recording %s is read whole and right', async (name) => {
    const bytes = await recorded(`${version}/${name}.txt`);
    const expected = asSeen(plainReading(bytes));
    expect(expected.length).toBeGreaterThan(5);
    expect(await played(bytes, 0)).toEqual(expected);
  });

  test.each([1, 7, 1_009])('pieces of %i bytes, which cut line ends and letters, change nothing', async (size) => {
    const bytes = await recorded(`${version}/initial-sync.txt`);
    expect(bytes.toString('utf8')).toContain('Алиса Née');
    expect(await played(bytes, size)).toEqual(asSeen(plainReading(bytes)));
  });
});

test('of the snapshot of 10,000 endpoints no event is lost, doubled or moved', async () => {
  const all = await recorded('22/volume-10000-endpoints.raw.gz');
  const bytes = all.subarray(0, all.indexOf('\r\n\r\n', 5_000_000) + 4);
  const subjects = /^(?:Event|Exten|Device|Presentity|ObjectName|Key): (.*)\r$/gm;
  const expected = [...bytes.toString('utf8').matchAll(subjects)].map(([, value]) => value);
  expect(expected.length).toBeGreaterThan(50_000);
  const names = ['event', 'exten', 'device', 'presentity', 'objectname', 'key'];
  const read = (await played(bytes, 0)).flatMap((message) => names.flatMap((name) => header(message, name) ?? []));
  expect(read.length).toBe(expected.length);
  expect(read.findIndex((value, n) => value !== expected[n])).toBe(-1);
});
