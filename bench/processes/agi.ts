// A FastAGI server: ours, with a dialplan port that knows the answer at once, or the floor, which waits for the empty line
// and sends the same four commands whatever was asked.
import { type AddressInfo, createServer } from 'node:net';
import { openAgiServer } from '../../src/server/agi-server.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { aboutThisProcess, answering } from '../support/child.ts';

const ANSWER = { name: 'Ada Lovelace', company: 'Analytical Engines', directory: 'company' } as const;

async function ours(): Promise<number> {
  const server = await openAgiServer({
    listen: { host: '127.0.0.1', port: 0 },
    token: '',
    dialplan: {
      caller: async () => ANSWER,
      presence: () => undefined,
      setStatus: async () => 'ok',
      letsThrough: async () => undefined,
    },
    report: () => undefined,
    metrics: new Metrics(),
  });
  return server.address.port;
}

async function floor(): Promise<number> {
  const commands = [
    `SET VARIABLE ROLLCALL_NAME "${ANSWER.name}"\n`,
    `SET VARIABLE ROLLCALL_COMPANY "${ANSWER.company}"\n`,
    `SET VARIABLE ROLLCALL_BOOK "${ANSWER.directory}"\n`,
    `SET VARIABLE CALLERID(name) "${ANSWER.name}"\n`,
  ];
  const server = createServer({ noDelay: true }, (socket) => {
    let sent = 0;
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      if (sent === 0) {
        text += chunk.toString('latin1');
        if (!text.endsWith('\n\n')) return;
      }
      const command = commands[sent++];
      if (command === undefined) socket.end();
      else socket.write(command);
    });
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve));
  return (server.address() as AddressInfo).port;
}

const port = process.argv[2] === 'ours' ? await ours() : await floor();

answering({ ...aboutThisProcess, port: () => port });
