import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { readTls } from '../../src/server/tls.ts';
import { OperatorError } from '../../src/service/operator-error.ts';
import { openEdge } from '../support/edge-server.ts';

const fixture = (name: string) => new URL(`../fixtures/tls/${name}`, import.meta.url).pathname;
const [cert, key, otherKey] = [fixture('cert.pem'), fixture('key.pem'), fixture('other-key.pem')];
const ca = readFileSync(cert);
const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The certificate that a server shows, and its answer to GET /healthz. */
function get(url: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(`${url}/healthz`, { ca, servername: 'localhost', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() }));
    })
      .on('error', reject)
      .end();
  });
}

it('an offer of another protocol than WebSocket is passed over', async () => {
  const edge = await openEdge({ listen: { tls: { cert, key } } });
  const { port } = edge.server.address;
  const socket = connectTls({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"status":"ok"\}$/s);
});

it('HTTP and WebSocket are served over TLS', async () => {
  const edge = await openEdge({ listen: { tls: { cert, key } } });
  expect(edge.server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await get(edge.server.url)).toEqual({ status: 200, body: '{"status":"ok"}' });
  const client = await edge.connect({ ca });
  const text = 'x'.repeat(100_000);
  await client.request('session.open', {});
  expect(await client.request('echo', { text })).toEqual({ text });
  await edge.until(() => edge.accepted[0]?.drained === 1, 'drained');
  const { socket } = edge.accepted[0] ?? {};
  expect([socket?.buffered, (socket?.sent ?? 0) > 100_000]).toEqual([0, true]);
  await edge.server.drain();
  expect((await client.closed).code).toBe(1001);
});

it('a peer that speaks no TLS or hangs up within the handshake does no harm', async () => {
  const edge = await openEdge({ listen: { tls: { cert, key } }, tuning: { headersMs: 200, checkMs: 50 } });
  for (const bytes of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', Buffer.alloc(1_000, 0x16), '']) {
    const raw = await edge.raw();
    raw.write(bytes);
    await raw.ended;
  }
  const cut = await edge.raw();
  cut.reset();
  const doubtful = connectTls({ ...edge.server.address, ca: [] });
  await new Promise((resolve) => doubtful.once('error', resolve));
  expect((await get(edge.server.url)).status).toBe(200);
});

it('a new certificate is read again on demand, and a broken one leaves the old in place', async () => {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  copyFileSync(cert, files.cert);
  copyFileSync(key, files.key);
  const edge = await openEdge({ listen: { tls: files } });
  edge.server.reloadTls();
  expect((await get(edge.server.url)).status).toBe(200);
  writeFileSync(files.cert, 'half a file');
  expect(() => edge.server.reloadTls()).toThrow(`listen.tls.cert: ${files.cert}: it holds no certificate in PEM form`);
  expect((await get(edge.server.url)).status).toBe(200);
});

describe('what is wrong with the files is said', () => {
  const junk = join(folder, 'junk.pem');
  writeFileSync(junk, 'nothing of the kind');

  it.each([
    [
      'no certificate file',
      { cert: '/nowhere/cert.pem', key },
      'listen.tls.cert: /nowhere/cert.pem: there is no such file',
    ],
    ['no key file', { cert, key: '/nowhere/key.pem' }, 'listen.tls.key: /nowhere/key.pem: there is no such file'],
    ['a folder', { cert: folder, key }, `listen.tls.cert: ${folder}: it is a folder`],
    ['a junk certificate', { cert: junk, key }, `listen.tls.cert: ${junk}: it holds no certificate in PEM form`],
    [
      'a junk key',
      { cert, key: junk },
      `listen.tls.key: ${junk}: it holds no private key in PEM form, or one with a passphrase`,
    ],
    [
      'the key of another certificate',
      { cert, key: otherKey },
      `listen.tls.key: ${otherKey}: this is not the key of the certificate in ${cert}`,
    ],
  ])('%s', async (_title, tls, message) => {
    expect(() => readTls(tls)).toThrow(new OperatorError(message));
    await expect(openEdge({ listen: { tls } })).rejects.toThrow(message);
  });

  it('good ones tell when the certificate ends', () => {
    expect(new Date(readTls({ cert, key }).expires).getUTCFullYear()).toBeGreaterThan(2100);
  });
});
