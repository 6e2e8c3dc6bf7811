import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TcpProxy } from './proxy.ts';

let server: Server;
let proxy: TcpProxy;
let accepted: Socket[];

beforeEach(async () => {
  accepted = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => socket.write(`echo ${chunk}`));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await TcpProxy.to(address.port);
});

afterEach(async () => {
  await proxy.close();
  for (const socket of accepted) socket.destroy();
  await new Promise((done) => server.close(done));
});

/** A client that collects what it gets. */
function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  const state = { socket, text: '', ended: '' };
  socket.on('data', (chunk) => {
    state.text += chunk;
  });
  socket.on('end', () => {
    state.ended ||= 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.ended ||= error.code ?? 'error';
  });
  return state;
}

test('carries both directions', async () => {
  const peer = client();
  peer.socket.write('hello');
  await expect.poll(() => peer.text).toBe('echo hello');
  expect(proxy.connections).toBe(1);
  accepted[0]?.end();
  await expect.poll(() => [peer.ended, proxy.connections]).toEqual(['end', 0]);
});

test('cuts connections and carries new ones', async () => {
  const peer = client();
  peer.socket.write('a');
  await expect.poll(() => peer.text).toBe('echo a');
  proxy.cut();
  await expect.poll(() => peer.ended).toBe('ECONNRESET');
  const next = client();
  next.socket.write('b');
  await expect.poll(() => next.text).toBe('echo b');
  next.socket.destroy();
});

test('refuses connections until it accepts again on the same port', async () => {
  const port = proxy.port;
  await proxy.refuse();
  const peer = client();
  await expect.poll(() => peer.ended).toBe('ECONNREFUSED');
  await proxy.accept();
  expect(proxy.port).toBe(port);
  const next = client();
  next.socket.write('b');
  await expect.poll(() => next.text).toBe('echo b');
  next.socket.destroy();
});

test('swallows everything, even the end, while half-open', async () => {
  const peer = client();
  peer.socket.write('a');
  await expect.poll(() => peer.text).toBe('echo a');
  proxy.swallow(true);
  peer.socket.write('lost');
  const gone = new Promise((done) => accepted[0]?.once('close', done));
  accepted[0]?.destroy();
  await gone;
  proxy.swallow(false);
  const next = client();
  next.socket.write('c');
  await expect.poll(() => next.text).toBe('echo c');
  expect([peer.text, peer.ended]).toEqual(['echo a', '']);
  peer.socket.destroy();
  next.socket.destroy();
});

test('stops reading, delays and slows down, and loses nothing', async () => {
  const peer = client();
  peer.socket.write('a');
  await expect.poll(() => peer.text).toBe('echo a');
  proxy.reading(false);
  const burst = 'x'.repeat(20_000_000);
  const server = accepted[0];
  expect(server?.write(burst)).toBe(false);
  const other = client();
  expect(peer.text).toBe('echo a');
  other.socket.destroy();
  proxy.pace({ delay: 1, bytesPerSecond: 50_000_000 });
  proxy.reading(true);
  await expect.poll(() => peer.text.length, { timeout: 10_000 }).toBe('echo a'.length + burst.length);
  proxy.pace();
  peer.socket.destroy();
});
