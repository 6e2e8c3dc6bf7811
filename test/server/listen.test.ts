import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { descriptorLimit } from '../../src/server/descriptors.ts';
import { defaultTuning } from '../../src/server/tuning.ts';
import { openEdge } from '../support/edge-server.ts';
import { openRaw } from '../support/raw-client.ts';

it('a port in use, a foreign address and a name that is none are told in one line', async () => {
  const edge = await openEdge();
  const { port } = edge.server.address;
  await expect(openEdge({ listen: { port } })).rejects.toThrow(
    `cannot listen on 127.0.0.1 port ${port}: another program listens there; stop it or set another listen.port`,
  );
  await expect(openEdge({ listen: { host: '192.0.2.1' } })).rejects.toThrow(
    'cannot listen on 192.0.2.1 port 0: this machine does not have this address; set listen.host to one it has',
  );
  await expect(openEdge({ listen: { host: 'no-such-name.invalid' } })).rejects.toThrow(
    'cannot listen on no-such-name.invalid port 0: ',
  );
});

it('the address is told as it is used in a URL', async () => {
  const edge = await openEdge({ listen: { host: '::1' } });
  expect(edge.server.url).toBe(`http://[::1]:${edge.server.address.port}`);
  await edge.connect();
  expect(edge.accepted[0]?.socket.address).toBe('::1');
});

it('clients leave descriptors for files, however few there are', () => {
  const connections = (descriptors: number) => {
    const { connections, admission } = defaultTuning(descriptors);
    return [connections, admission.total];
  };
  expect(connections(Number.POSITIVE_INFINITY)).toEqual([21_000, 18_900]);
  expect(connections(1_024)).toEqual([768, 692]);
  expect(connections(100)).toEqual([64, 58]);
});

it('the limit of descriptors is read where the system tells it', () => {
  expect(descriptorLimit()).toBeGreaterThan(0);
  expect(descriptorLimit('/nowhere/limits')).toBe(Number.POSITIVE_INFINITY);
});

it('a process without a free descriptor lives on, and serves again when some are free', async () => {
  const script = new URL('../support/edge-process.ts', import.meta.url).pathname;
  const command = `ulimit -n 100; exec "${process.execPath}" --import tsx "${script}"`;
  const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.stdin.end();
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  const target = { host: '127.0.0.1', port };
  const flood = await Promise.all(Array.from({ length: 200 }, () => openRaw(target)));
  // The last to come found no descriptor; the first ones are still there.
  await Promise.any(flood.map(({ ended }) => ended));
  expect(child.exitCode).toBeNull();
  for (const raw of flood) raw.reset();
  await Promise.all(flood.map(({ ended }) => ended));
  const response = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await response.json()).toEqual({ status: 'ok' });
  child.stdin.end();
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});
