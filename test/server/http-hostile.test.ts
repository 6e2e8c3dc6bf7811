import { describe, expect, it } from 'vitest';
import { type Edge, NO_HTTP, openEdge } from '../support/edge-server.ts';

const QUICK = { tuning: { headersMs: 150, requestMs: 300, keepAliveMs: 150, checkMs: 30 } };

/** What the server answers to these bytes before it ends the connection. */
async function answer(edge: Edge, bytes: string | Buffer): Promise<string> {
  const raw = await edge.raw();
  raw.write(bytes);
  await raw.ended;
  return raw.text;
}

const LARGE = new Map([['/', { bytes: Buffer.alloc(200_000), gzip: undefined, headers: {} }]]);

describe('bytes that are no good request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['zeros', Buffer.alloc(100), 400],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n', 400],
    ['a control character in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n', 400],
    ['two lengths', 'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a wrong chunk', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(10_000)}`, 431],
    ['one header too long', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['a path too long', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
  ])('%s is answered and the connection ended', async (_title, bytes, status) => {
    const edge = await openEdge();
    expect((await answer(edge, bytes)).slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
    expect((await edge.fetch('/healthz')).status).toBe(200);
  });

  it('CONNECT leads nowhere', async () => {
    const edge = await openEdge();
    expect(await answer(edge, 'CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n')).toBe('');
    expect((await edge.fetch('/healthz')).status).toBe(200);
  });

  it.each([
    'GET //evil.example/ HTTP/1.0',
    'GET http://evil.example/healthz HTTP/1.0',
    'GET /../../etc/passwd HTTP/1.0',
    'GET * HTTP/1.0',
  ])('the target of %s reaches nothing it should not', async (line) => {
    const edge = await openEdge();
    const text = await answer(edge, `${line}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 (200 OK|400 Bad Request|404 Not Found)\r\n/);
    expect(text).not.toContain('root:');
  });

  it('a request of HTTP/1.0 without a host is served', async () => {
    const edge = await openEdge();
    expect(await answer(edge, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"status":"ok"\}$/s);
  });
});

describe('slow peers', () => {
  it.each([
    ['says nothing', ''],
    ['stops within the headers', 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: '],
  ])('a peer that %s is let go', async (_title, bytes) => {
    const edge = await openEdge(QUICK);
    expect(await answer(edge, bytes)).toMatch(/^(HTTP\/1\.1 408 Request Timeout\r\n|$)/);
  });

  it('a peer that sends a header a byte at a time is let go', async () => {
    const edge = await openEdge(QUICK);
    const raw = await edge.raw();
    raw.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const dripping = setInterval(() => raw.write('y'), 10);
    await raw.ended;
    clearInterval(dripping);
    expect(raw.text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('a body that never ends coming is let go', async () => {
    const edge = await openEdge(QUICK);
    const head =
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    expect(await answer(edge, head)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(edge.reports.map(({ event }) => event)).not.toContain('internal');
  });

  it('a kept connection without another request is let go', async () => {
    const edge = await openEdge(QUICK);
    expect(await answer(edge, 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('a peer that asks and never takes the answers is let go', async () => {
    const edge = await openEdge({ tuning: { idleMs: 200 }, http: { ...NO_HTTP, portal: LARGE } });
    const raw = await edge.raw();
    raw.socket.pause();
    const gone = new Promise((resolve) => raw.socket.once('close', resolve));
    raw.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500));
    // A socket that does not read learns of its end by writing.
    const asking = setInterval(() => raw.write('GET'), 50);
    await gone;
    clearInterval(asking);
    expect((await edge.fetch('/healthz')).status).toBe(200);
  });
});

describe('bodies', () => {
  it('a body too long is refused before it has come, and the connection ended', async () => {
    const edge = await openEdge();
    const head = 'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
    expect(await answer(edge, `${head}Content-Length: 4097\r\n\r\n{`)).toMatch(
      /^HTTP\/1\.1 413 .*\r\nConnection: close\r\n/is,
    );
    const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
    expect(await answer(edge, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk}1\r\nx\r\n`)).toMatch(
      /^HTTP\/1\.1 413 /,
    );
  });

  it('an endless body on a path that takes none ends with the connection', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    raw.write('POST /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const pouring = setInterval(() => raw.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`), 1);
    await raw.ended;
    clearInterval(pouring);
    expect(raw.text).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('a peer that goes away within its body is no bug of ours', async () => {
    const edge = await openEdge();
    const raw = await edge.raw();
    const head =
      'POST /api/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    raw.write(head);
    await edge.fetch('/healthz');
    raw.reset();
    await edge.until(() => edge.reports.some(({ event }) => event === 'http.client_error'), 'a report');
    await edge.fetch('/healthz');
    expect(edge.reports).toEqual([{ event: 'http.client_error', fields: { code: 'ECONNRESET' } }]);
  });
});
