import { describe, expect, it } from 'vitest';
import { openLookupEdge } from '../support/lookup-edge.ts';

const QUICK = { tuning: { headersMs: 150, requestMs: 300, keepAliveMs: 150, checkMs: 30 } };
const get = (target: string, ...headers: string[]) =>
  [
    'GET ',
    target,
    ' HTTP/1.1\r\nHost: a\r\nConnection: close\r\n',
    ...headers.map((line) => `${line}\r\n`),
    '\r\n',
  ].join('');
/** Body and names of the headers of one answer. */
function read(text: string): { readonly status: string; readonly headers: string[]; readonly body: string } {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  return { status, headers: lines.map((line) => line.replace(/:.*/, '')), body: rest.join('\r\n\r\n') };
}

describe('bytes that are no good request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['zeros', Buffer.alloc(100), 400],
    ['a space in another target', 'GET /look up?name=Bob HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['an escape in the target', 'GET /lookup?name=a\x1bb HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a line feed in the target', 'GET /lookup?name=a\nb HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a NUL in the target', 'GET /lookup?name=a\0b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a NUL in a header', 'GET /lookup HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400],
    ['two lengths', 'GET /lookup HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a space in the target and a NUL in a header', get('/lookup?name=a b', 'X: a\0b'), 400],
    ['a space in the target and a body', get('/lookup?name=a b', 'Content-Length: 0'), 400],
    ['a space in the target and a header without a name', get('/lookup?name=a b', ': x'), 400],
    ['a space in too long a target', get(`/lookup?name=a b${'y'.repeat(20_000)}`), 400],
    ['headers without end', `GET /lookup HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(10_000)}`, 431],
    ['one header too long', `GET /lookup HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['a name too long for any header', `GET /lookup?name=${'y'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431],
  ])('%s is answered with a status and no word that could become a name', async (_title, bytes, status) => {
    const edge = await openLookupEdge();
    const answer = read(await edge.answerTo(bytes));
    expect([answer.status.slice(0, 13), answer.body]).toEqual([`HTTP/1.1 ${status} `, '']);
    expect((await edge.ask('/lookup?name=Bob')).text).toBe('Bob');
    expect(edge.questions).toEqual([]);
  });

  it('CONNECT leads nowhere', async () => {
    const edge = await openLookupEdge();
    const answer = await edge.answerTo('CONNECT example.com:80 HTTP/1.1\r\nHost: example.com:80\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*\r\n\r\n$/s);
    expect((await edge.ask('/lookup?name=Bob')).text).toBe('Bob');
  });
});

describe('good requests of a strange kind', () => {
  it.each([
    ['an absolute target', get('http://evil.example/lookup?name=Bob')],
    ['a double slash', get('//lookup?name=Bob')],
    ['an expectation', get('/lookup?name=Bob', 'Expect: 100-continue')],
    ['an unknown expectation', get('/lookup?name=Bob', 'Expect: wonders')],
    ['an upgrade', get('/lookup?name=Bob', 'Connection: Upgrade', 'Upgrade: websocket')],
    [
      'HTTP/2 offered',
      get('/lookup?name=Bob', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: x'),
    ],
    ['no host', 'GET /lookup?name=Bob HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['HTTP/1.0 without a host', 'GET /lookup?name=Bob HTTP/1.0\r\n\r\n'],
    ['a body that nobody asked for', get('/lookup?name=Bob', 'Content-Length: 3').concat('abc')],
    [
      'chunks that nobody asked for',
      get('/lookup?name=Bob', 'Transfer-Encoding: chunked').concat('3\r\nabc\r\n0\r\n\r\n'),
    ],
  ])('%s is answered as any other', async (_title, bytes) => {
    const edge = await openLookupEdge();
    const { status, body } = read(await edge.answerTo(bytes));
    expect([status, body]).toEqual(['HTTP/1.1 200 OK', 'Bob']);
  });

  it('a body of GET that never ends coming ends with the connection', async () => {
    const edge = await openLookupEdge();
    const raw = await edge.raw();
    raw.write('GET /lookup?name=Bob HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const pouring = setInterval(() => raw.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`), 1);
    await raw.ended;
    clearInterval(pouring);
    expect(raw.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nBob$/s);
  });

  it.each([
    ['encoded line ends', '/lookup?name=a%0D%0ASet-Cookie:%20x=1%0D%0A%0D%0Abody', 'a Set-Cookie: x=1 body'],
    ['an encoded NUL', '/lookup?name=a%00b', 'a b'],
    ['no good percent', '/lookup?name=100%&number=%zz', '100%'],
    ['encoded Latin-1', '/lookup?name=Bj%F6rn', 'Björn'],
    ['8 kB of name', `/lookup?name=${'y'.repeat(8_000)}`, 'y'.repeat(255)],
    ['8 kB of number', `/lookup?name=Bob&number=${'1'.repeat(8_000)}`, 'Bob'],
    ['thousands of parameters', `/lookup?${'name&'.repeat(2_000)}name=Bob`, ''],
  ])('%s come to one line of UTF-8 and to no header', async (_title, target, expected) => {
    const edge = await openLookupEdge();
    const raw = await edge.raw();
    raw.write(Buffer.from(get(target), 'latin1'));
    await raw.ended;
    const { status, headers, body } = read(raw.text);
    expect([status, Buffer.from(body, 'latin1').toString('utf8')]).toEqual(['HTTP/1.1 200 OK', expected]);
    expect(headers).toEqual([
      'Content-Type',
      'Content-Length',
      'Cache-Control',
      'X-Content-Type-Options',
      'Rollcall-Outcome',
      'Date',
      'Connection',
    ]);
  });

  it.each([
    ['a space', '/lookup?name=Ada Lovelace', 'Ada Lovelace'],
    ['more of them', '/lookup?number=020 7946&name=Bob B HTTP/1.1', 'Ada Lovelace'],
    ['bytes of UTF-8', '/lookup?name=Bj\xc3\xb6rn', 'Björn'],
    ['bytes of Latin-1', '/lookup?name=Bj\xf6rn', 'Björn'],
  ])('a name that a PBX did not encode, with %s, is read all the same', async (_title, target, expected) => {
    const edge = await openLookupEdge();
    const { status, headers, body } = read(await edge.answerTo(Buffer.from(get(target), 'latin1')));
    expect([status, Buffer.from(body, 'latin1').toString('utf8')]).toEqual(['HTTP/1.1 200 OK', expected]);
    expect(headers).toEqual([
      'Content-Type',
      'Content-Length',
      'Cache-Control',
      'X-Content-Type-Options',
      'Rollcall-Outcome',
      'Connection',
    ]);
  });

  it('who does not encode a name needs the token like everybody', async () => {
    const edge = await openLookupEdge({ token: 'a-token-of-the-pbx' });
    const target = '/lookup?number=7946&name=Bob B';
    expect(read(await edge.answerTo(get(target))).body).toBe('Bob B');
    expect(read(await edge.answerTo(get(`${target}&token=a-token-of-the-pbx`))).body).toBe('Ada Lovelace');
    expect(read(await edge.answerTo(get(target, 'authorization: Bearer a-token-of-the-pbx'))).body).toBe(
      'Ada Lovelace',
    );
    expect(edge.questions.length).toBe(2);
  });

  it('a request that is not encoded after another one is none, so that no answer comes twice', async () => {
    const edge = await openLookupEdge();
    const good = 'GET /lookup?name=Bob HTTP/1.1\r\nHost: a\r\n\r\n';
    for (const bytes of [
      good + get('/lookup?name=Ada L'),
      get('/lookup?name=Ada L') + good,
      `${get('/lookup?name=Ada L')}x`,
    ]) {
      expect(await edge.answerTo(bytes)).not.toMatch(/Ada L|Bob.*Bob/s);
    }
    const raw = await edge.raw();
    raw.write(good);
    await raw.until((text) => text.endsWith('Bob'));
    raw.write(get('/lookup?name=Ada L'));
    await raw.ended;
    expect(raw.text).toMatch(/Bob HTTP|BobHTTP\/1\.1 400 Bad Request/);
    expect(raw.text).not.toContain('Ada L');
  });

  it('more requests on a connection than it may carry get a status and no name', async () => {
    const edge = await openLookupEdge({ tuning: { ...QUICK.tuning, requestsPerConnection: 3 } });
    const text = await edge.answerTo('GET /lookup?name=n HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(5));
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '200', '200', '503', '503']);
    expect(text.match(/\r\n\r\nn/g)).toHaveLength(3);
  });
});

describe('slow peers', () => {
  it.each([
    ['says nothing', ''],
    ['stops within the headers', 'GET /lookup HTTP/1.1\r\nHost: a\r\nX-Slow: '],
    ['announces a body that does not come', 'POST /lookup HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n'],
    ['asks once and stays', 'GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('a peer that %s is let go, without a word that could become a name', async (_title, bytes) => {
    const edge = await openLookupEdge(QUICK);
    expect(read(await edge.answerTo(bytes)).body).toBe('');
  });

  it('a peer that sends a header a byte at a time is let go', async () => {
    const edge = await openLookupEdge(QUICK);
    const raw = await edge.raw();
    raw.write('GET /lookup?name=Bob HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const dripping = setInterval(() => raw.write('y'), 10);
    await raw.ended;
    clearInterval(dripping);
    expect([read(raw.text).status, read(raw.text).body]).toEqual(['HTTP/1.1 408 Request Timeout', '']);
  });

  it('a peer that asks and never takes the answers is let go', async () => {
    const edge = await openLookupEdge({ tuning: { idleMs: 200 } });
    const raw = await edge.raw();
    raw.socket.pause();
    const gone = new Promise((resolve) => raw.socket.once('close', resolve));
    const asking = setInterval(
      () => raw.write(`GET /lookup?name=${'y'.repeat(255)} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(900)),
      20,
    );
    await gone;
    clearInterval(asking);
    expect((await edge.ask('/lookup?name=Bob')).text).toBe('Bob');
  });
});
