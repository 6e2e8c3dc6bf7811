import { Agent, get } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLookupServer } from '../../src/server/lookup-server.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { CallerName } from '../../src/service/dialplan-port.ts';
import { ADA, openLookupEdge } from '../support/lookup-edge.ts';

const TOKEN = 'a-token-of-the-pbx';
const INTERNAL: CallerName = { name: 'Ada at work', company: '', directory: 'extension' };

describe('a lookup over HTTP', () => {
  it('answers the name found as plain text on one line, and says how it came to it', async () => {
    const edge = await openLookupEdge();
    const { status, text, headers } = await edge.ask('/lookup?number=%2B44207946&name=Somebody&callee=1001&outside=1');
    expect({ status, text }).toEqual({ status: 200, text: 'Ada Lovelace' });
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '12',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'rollcall-outcome': 'company',
    });
    expect(edge.questions).toEqual([{ number: '+44207946', callee: '1001', outside: true }]);
    expect(edge.reports).toEqual([]);
  });

  it.each([
    ['/lookup?number=123&name=Bob%20B', 'Bob B', 'none'],
    ['/lookup?number=123', '', 'none'],
    ['/lookup?name=Bob', 'Bob', 'none'],
    ['/lookup', '', 'none'],
    ['/lookup/?number=7946', 'Ada Lovelace', 'company'],
    ['//lookup?number=7946', 'Ada Lovelace', 'company'],
    ['/lookup?number=+447946', 'Ada Lovelace', 'company'],
    ['/lookup?number=7946&keep=extension&name=Bob', 'Ada Lovelace', 'company'],
  ])('%s is answered with "%s"', async (path, text, outcome) => {
    const edge = await openLookupEdge();
    const answer = await edge.ask(path);
    expect([answer.status, answer.text, answer.headers['rollcall-outcome']]).toEqual([200, text, outcome]);
    expect(await edge.counted(outcome)).toBe(1);
  });

  it('is what a CallerID Lookup Source of FreePBX asks, as it is set up there', async () => {
    const edge = await openLookupEdge();
    // Path `lookup`, query `number=[NUMBER]&name=[NAME]`, user and password in the URL.
    const headers = { 'user-agent': 'asterisk-libcurl-agent/1.0', accept: '*/*' };
    expect((await edge.ask('/lookup?number=%2B442079467946&name=%2B442079467946', headers)).text).toBe('Ada Lovelace');
    expect((await edge.ask('/lookup?number=anonymous&name=Anonymous', headers)).text).toBe('Anonymous');
  });

  it('keeps the name of a colleague who has one, where that is wanted', async () => {
    const edge = await openLookupEdge({ caller: async () => INTERNAL });
    const texts = [];
    for (const query of ['name=Ada', 'name=Ada&keep=extension', 'keep=extension', 'name=%20&keep=extension']) {
      texts.push((await edge.ask(`/lookup?number=1001&${query}`)).text);
    }
    expect(texts).toEqual(['Ada at work', 'Ada', 'Ada at work', 'Ada at work']);
    expect(await edge.counted('extension')).toBe(4);
  });

  it('makes one line of a name, whatever it holds', async () => {
    const edge = await openLookupEdge({
      caller: async () => ({ ...ADA, name: ` "A,\r\nb" \${X}\u2028\0\u001b[0m 😀${'x'.repeat(300)}` }),
    });
    const { text, headers } = await edge.ask('/lookup?number=1');
    expect(text).toBe(`"A, b" \${X} [0m 😀${'x'.repeat(238)}`);
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('answers HEAD with the headers alone', async () => {
    const edge = await openLookupEdge();
    const response = await fetch(`${edge.url}/lookup?number=7946`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '12', '']);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/lookups', 404],
    ['GET', '/healthz', 404],
    ['GET', '/metrics', 404],
    ['POST', '/', 404],
    ['POST', '/lookup?number=7946&name=Bob', 405],
    ['PUT', '/lookup', 405],
    ['DELETE', '/lookup', 405],
    ['OPTIONS', '/lookup', 405],
  ])('%s %s is %i with an empty body, which no PBX takes for a name', async (method, path, status) => {
    const edge = await openLookupEdge();
    const response = await fetch(edge.url + path, { method });
    expect([response.status, await response.text(), response.headers.get('content-type')]).toEqual([status, '', null]);
    expect(response.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD' : null);
    expect(edge.questions).toEqual([]);
  });

  it('rejects with the error of the system where it cannot listen', async () => {
    const edge = await openLookupEdge();
    const open = (listen: { host: string; port: number }) =>
      openLookupServer({
        listen,
        token: '',
        dialplan: { caller: async () => undefined },
        report: () => undefined,
        metrics: new Metrics(),
      });
    await expect(open(edge.address)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(open({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('listens on IPv6 too', async () => {
    const edge = await openLookupEdge({ host: '::1' });
    expect(edge.address.host).toBe('::1');
    expect((await edge.ask('/lookup?number=7946')).text).toBe('Ada Lovelace');
  });
});

describe('the token', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

  it.each([
    ['in the query', `&token=${TOKEN}`, {}],
    ['as bearer', '', { authorization: `Bearer ${TOKEN}` }],
    ['as the password of any user', '', basic(`pbx:${TOKEN}`)],
    ['in the header beside a wrong one in the query', '&token=x', { authorization: `Bearer ${TOKEN}` }],
  ])('shown %s lets ask', async (_title, query, headers) => {
    const edge = await openLookupEdge({ token: TOKEN });
    expect((await edge.ask(`/lookup?number=7946${query}`, headers)).text).toBe('Ada Lovelace');
  });

  it.each([
    ['none', '', {}],
    ['an empty one', '&token=', {}],
    ['a wrong one', '&token=a-token-of-the-pbX', {}],
    ['the beginning of it', '&token=a-token-of-the', {}],
    ['more than it', `&token=${TOKEN}x`, {}],
    ['a wrong one before it', `&token=x&token=${TOKEN}`, {}],
    ['it as a user without a password', '', basic(`${TOKEN}:`)],
    ['it in another scheme', '', { authorization: `Token ${TOKEN}` }],
  ])('%s shown: nothing is looked up, and the name given is given back', async (_title, query, headers) => {
    const edge = await openLookupEdge({ token: TOKEN });
    const answer = await edge.ask(`/lookup?number=7946&name=Bob${query}`, headers);
    expect([answer.status, answer.text, answer.headers['rollcall-outcome']]).toEqual([200, 'Bob', 'refused']);
    expect(edge.questions).toEqual([]);
    expect(await edge.counted('refused')).toBe(1);
  });

  it('that is wrong is reported once in a while, and neither it nor the number is said', async () => {
    const edge = await openLookupEdge({ token: TOKEN });
    for (let i = 0; i < 20; i++) await edge.ask(`/lookup?number=0207946000${i}&token=wrong-token-${i}`);
    expect(edge.reports).toEqual([{ event: 'lookup.refused', fields: { way: 'http', times: 1 } }]);
    expect(await edge.counted('refused')).toBe(20);
  });
});

describe('a lookup that goes wrong', () => {
  it('gives the name back when the answer does not come in time', async () => {
    const edge = await openLookupEdge({ caller: () => new Promise(() => {}), tuning: { answerMs: 50 } });
    const answer = await edge.ask('/lookup?number=7946&name=Bob');
    expect([answer.status, answer.text, answer.headers['rollcall-outcome']]).toEqual([200, 'Bob', 'late']);
    expect(await edge.counted('late')).toBe(1);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('of +442079460000'))],
    [
      'throws',
      () => {
        throw new TypeError('of +442079460000');
      },
    ],
  ])('gives the name back when the port %s, and reports the fault once in a while', async (_title, caller) => {
    const edge = await openLookupEdge({ caller });
    for (let i = 0; i < 3; i++) {
      const answer = await edge.ask('/lookup?number=7946&name=Bob');
      expect([answer.status, answer.text, answer.headers['rollcall-outcome']]).toEqual([200, 'Bob', 'failed']);
    }
    expect(edge.reports).toEqual([
      {
        event: 'lookup.failed',
        fields: { way: 'http', error: expect.stringContaining('lookup-server.test.ts'), times: 1 },
      },
    ]);
    expect(await edge.counted('failed')).toBe(3);
  });

  it('does not pile up: above a limit names are given back at once, and below it lookups go on', async () => {
    const waiting: Array<(caller: CallerName) => void> = [];
    const edge = await openLookupEdge({
      caller: () => new Promise((resolve) => waiting.push(resolve)),
      tuning: { lookups: 2 },
    });
    const first = [edge.ask('/lookup?number=1'), edge.ask('/lookup?number=2')];
    while (edge.questions.length < 2) await edge.ask('/lookup');
    const busy = await edge.ask('/lookup?number=3&name=Bob');
    expect([busy.text, busy.headers['rollcall-outcome']]).toEqual(['Bob', 'busy']);
    for (const answer of waiting.splice(0)) answer(ADA);
    expect((await Promise.all(first)).map(({ text }) => text)).toEqual(['Ada Lovelace', 'Ada Lovelace']);
    const next = edge.ask('/lookup?number=4');
    while (waiting.length === 0) await edge.ask('/lookup');
    waiting[0]?.(ADA);
    expect((await next).text).toBe('Ada Lovelace');
    expect(edge.reports).toEqual([{ event: 'lookup.busy', fields: { way: 'http', lookups: 2, times: 1 } }]);
  });

  it('a peer that goes away before its answer harms nobody', async () => {
    const waiting: Array<(caller: CallerName) => void> = [];
    const edge = await openLookupEdge({ caller: () => new Promise((resolve) => waiting.push(resolve)) });
    const raw = await edge.raw();
    raw.write('GET /lookup?number=1 HTTP/1.1\r\nHost: a\r\n\r\n');
    while (waiting.length === 0) await edge.ask('/lookup');
    raw.reset();
    await raw.ended;
    waiting[0]?.(ADA);
    expect((await edge.ask('/lookup?name=Bob')).text).toBe('Bob');
  });
});

describe('connections', () => {
  it('are kept for the next question', async () => {
    const edge = await openLookupEdge();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ports = new Set<number | undefined>();
    for (let i = 0; i < 50; i++) {
      ports.add(
        await new Promise((resolve, reject) => {
          get({ ...edge.address, path: '/lookup?number=7946', agent }, (response) => {
            const port = response.socket.localPort;
            response.resume().on('end', () => resolve(port));
          }).on('error', reject);
        }),
      );
    }
    expect(ports.size).toBe(1);
    expect(await edge.counted('company')).toBe(50);
  });

  it('carry questions that are sent ahead, answered in their order', async () => {
    const edge = await openLookupEdge();
    const requests = Array.from({ length: 100 }, (_, i) => `GET /lookup?name=n${i} HTTP/1.1\r\nHost: a\r\n\r\n`);
    requests.push('GET /lookup?number=7946 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const text = await edge.answerTo(requests.join(''));
    const bodies = text
      .split('\r\n\r\n')
      .slice(1)
      .map((part) => part.replace(/HTTP\/1\.1.*$/s, ''));
    expect(bodies).toEqual([...Array.from({ length: 100 }, (_, i) => `n${i}`), 'Ada Lovelace']);
  });

  it('2,000 at once are all answered', async () => {
    const edge = await openLookupEdge({ tuning: { connections: 2_500 } });
    const answers = await Promise.all(
      Array.from({ length: 2_000 }, (_, i) => edge.ask(`/lookup?number=${i % 2 ? 7946 : 1}&name=n${i}`)),
    );
    const wrong = answers.filter(({ text }, i) => text !== (i % 2 ? 'Ada Lovelace' : `n${i}`));
    expect(wrong).toEqual([]);
  });

  it('beyond their limit give way when nothing is asked on them, so that whoever asks is answered; reported once in a while', async () => {
    const edge = await openLookupEdge({ tuning: { connections: 2 } });
    const [silent, kept] = [await edge.raw(), await edge.raw()];
    for (const raw of [silent, kept]) {
      raw.write('GET /lookup?name=a HTTP/1.1\r\nHost: a\r\n\r\n');
      await raw.until((text) => text.endsWith('\r\n\r\na'));
    }
    for (const name of ['b', 'c']) {
      const answer = await edge.answerTo(`GET /lookup?name=${name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 200 .*\r\n\r\n${name}$`, 's'));
    }
    await silent.ended;
    expect(edge.reports).toEqual([{ event: 'lookup.full', fields: { way: 'http', connections: 2, times: 1 } }]);
    kept.reset();
  });

  it('beyond their limit are dropped at once when all before are being answered', async () => {
    const waiting: Array<(caller: CallerName) => void> = [];
    const caller = () => new Promise<CallerName>((resolve) => waiting.push(resolve));
    const edge = await openLookupEdge({ caller, tuning: { connections: 2 } });
    const asking = [await edge.raw(), await edge.raw()];
    for (const raw of asking) raw.write('GET /lookup?number=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await edge.answerTo('')).toBe('');
    for (const resolve of waiting) resolve(ADA);
    for (const raw of asking) {
      await raw.ended;
      expect(raw.text).toMatch(/\r\n\r\nAda Lovelace$/);
    }
  });

  it('are answered, not broken, when the listener is closed; idle ones are ended', async () => {
    const waiting: Array<(caller: CallerName) => void> = [];
    const edge = await openLookupEdge({ caller: () => new Promise((resolve) => waiting.push(resolve)) });
    const idle = await edge.raw();
    idle.write('GET /lookup?name=a HTTP/1.1\r\nHost: a\r\n\r\n');
    await idle.until((text) => text.endsWith('\r\n\r\na'));
    const asking = await edge.raw();
    asking.write('GET /lookup?number=1 HTTP/1.1\r\nHost: a\r\n\r\n');
    while (waiting.length === 0) await edge.ask('/lookup');
    const closed = edge.close();
    await idle.ended;
    waiting[0]?.(ADA);
    await closed;
    await asking.ended;
    expect(asking.text).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n\r\nAda Lovelace$/s);
  });

  it('that are not answered do not keep the listener from closing', async () => {
    const edge = await openLookupEdge({ caller: () => new Promise(() => {}), tuning: { closeMs: 50 } });
    const asking = await edge.raw();
    asking.write('GET /lookup?number=1 HTTP/1.1\r\nHost: a\r\n\r\n');
    while (edge.questions.length === 0) await edge.ask('/lookup');
    await edge.close();
    await asking.ended;
    expect(asking.text).toBe('');
  });
});
