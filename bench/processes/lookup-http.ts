// An HTTP server for lookups: ours, with a dialplan port that knows the answer at once, or the floor, which answers the same
// text whatever was asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openLookupServer } from '../../src/server/lookup-server.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { aboutThisProcess, answering } from '../support/child.ts';

const ANSWER = { name: 'Ada Lovelace', company: 'Analytical Engines', directory: 'company' } as const;

async function ours(): Promise<number> {
  const server = await openLookupServer({
    listen: { host: '127.0.0.1', port: 0 },
    token: '',
    dialplan: { caller: async () => ANSWER },
    report: () => undefined,
    metrics: new Metrics(),
    // As many on a connection as the floor takes.
    tuning: { requestsPerConnection: 0 },
  });
  return server.address.port;
}

async function floor(): Promise<number> {
  const server = createServer({ noDelay: true }, (_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(ANSWER.name);
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve));
  return (server.address() as AddressInfo).port;
}

const port = process.argv[2] === 'ours' ? await ours() : await floor();

answering({ ...aboutThisProcess, port: () => port });
