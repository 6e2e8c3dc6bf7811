// asterisk-manager as it is, without guard and link, to show what they are there for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import createConnection from 'asterisk-manager';
import { FakeAmi } from '../../support/fake-ami.ts';

type Raw = Readonly<Record<string, unknown>>;

/** What the bare package makes of a connection on which these bytes come after the greeting. */
export async function rawReads(bytes: string): Promise<{ events: Raw[]; responses: Raw[] }> {
  const fake = await FakeAmi.listen();
  const connection = createConnection(null, '127.0.0.1', 'u', 's', false);
  const events: Raw[] = [];
  const responses: Raw[] = [];
  connection.on('response', (message) => responses.push(message));
  const ended = new Promise<void>((resolve) => {
    connection.on('managerevent', (message) => {
      if (message['event'] === 'Sentinel') resolve();
      else events.push(message);
    });
  });
  connection.connect(fake.port, '127.0.0.1');
  const peer = await fake.connection(1);
  peer.send(bytes);
  peer.message('Event: Sentinel');
  await ended;
  await fake.close();
  return { events, responses };
}

/** What the bare package writes for an action. */
export async function rawWrites(fields: Raw): Promise<string> {
  const fake = await FakeAmi.listen();
  const connection = createConnection(null, '127.0.0.1', 'u', 's', false);
  connection.connect(fake.port, '127.0.0.1');
  const peer = await fake.connection(1);
  await new Promise<void>((resolve) => connection.login(() => resolve()));
  connection.action(fields);
  connection.action({ action: 'sentinel' });
  await peer.action('sentinel');
  const login = peer.received.indexOf('\r\n\r\n') + 4;
  await fake.close();
  return peer.received.slice(login, peer.received.lastIndexOf('Action: sentinel'));
}

const CHILD = `
const net = require('node:net');
const server = net.createServer((socket) => {
  const bytes = require('node:fs').readFileSync(0, 'utf8');
  socket.write('Asterisk Call Manager/11.0.0\\r\\n' + bytes + 'Event: Sentinel\\r\\n\\r\\n');
}).listen(0, '127.0.0.1', () => {
  const manager = require('asterisk-manager')(null, '', 'u', 's', false);
  manager.on('managerevent', (event) => {
    if (event.event === 'Sentinel') setImmediate(() => process.exit(0));
  });
  manager.connect(server.address().port, '127.0.0.1');
  process.stdout.write('connecting');
});
`;
const STUCK_MS = 1_500;

/** Whether a process of its own that reads these bytes by the bare package outlives them. */
export async function rawFate(bytes: string): Promise<'alive' | 'crashed' | 'stuck'> {
  const child = spawn(process.execPath, ['-e', CHILD], { stdio: ['pipe', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  child.stdin.end(bytes);
  await once(child.stdout, 'data');
  const patience = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
  const [code, signal] = await exit;
  clearTimeout(patience);
  if (signal !== null) return 'stuck';
  return code === 0 ? 'alive' : 'crashed';
}
