// Who may use /api, and what is there.
import { describe, expect, it } from 'vitest';
import { Rate } from '../../src/server/api-token.ts';
import { SECURITY_HEADERS } from '../../src/server/headers.ts';
import { ADMIN, openApi, refusal } from '../support/api-edge.ts';
import { HandClock } from '../support/hand-clock.ts';

const REFUSED = refusal(401, 'unauthorized', 'the log-in was refused');
const NO_TOKEN = refusal(401, 'unauthorized', 'a bearer token is needed');

/** Every route that needs a token. */
const ROUTES = [
  ['GET', '/api/presence'],
  ['GET', '/api/imports'],
  ['GET', '/api/imports/i1/errors.csv'],
  ['GET', '/api/imports/i1/errors.vcf'],
  ['POST', '/api/imports/i1/undo'],
  ['GET', '/api/books/company/contacts.csv'],
  ['GET', '/api/books/company/contacts.vcf'],
  ['POST', '/api/books/company/import'],
] as const;

describe('P120: the token', () => {
  it.each(ROUTES)('%s %s without one is refused, and nothing is asked', async (method, path) => {
    const api = await openApi();
    const response = await api.fetch(path, { method, headers: { cookie: 'token=alice; session=alice' } });
    expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toEqual([
      401,
      'Bearer',
      NO_TOKEN,
    ]);
    expect([api.imports.asked, api.imports.runs, api.addresses]).toEqual([[], [], []]);
  });

  it.each(ROUTES)('%s %s with one that has ended is refused at once', async (method, path) => {
    const api = await openApi();
    expect((await api.ask(path, { method })).status).not.toBe(401);
    const before = api.imports.asked.length + api.imports.runs.length;
    api.tokens.delete('alice');
    const response = await api.ask(path, { method });
    expect([response.status, await response.json()]).toEqual([401, REFUSED]);
    expect(api.imports.asked.length + api.imports.runs.length).toBe(before);
  });

  it.each([
    ['in the query', '/api/imports?token=alice&access_token=alice', {}],
    ['of another scheme', '/api/imports', { authorization: 'Basic alice' }],
    ['with more behind it', '/api/imports', { authorization: 'Bearer alice bob' }],
    ['in a cookie', '/api/imports', { cookie: 'Authorization=Bearer alice' }],
    ['too long', '/api/imports', { authorization: `Bearer ${'a'.repeat(257)}` }],
  ])('%s is none', async (_title, path, headers) => {
    const api = await openApi();
    const response = await api.fetch(path, { headers });
    expect([response.status, await response.json()]).toEqual([401, NO_TOKEN]);
  });

  it('is looked up with the address it is used from', async () => {
    const api = await openApi({ listen: { trustedProxies: ['127.0.0.0/8'] } });
    await api.ask('/api/imports', { headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(api.addresses).toEqual(['203.0.113.9']);
  });

  it('decides who asks: the words of others do not', async () => {
    const api = await openApi();
    await api.ask('/api/imports', { headers: { 'x-user': '1000', 'x-forwarded-user': '1000', from: '1000' } });
    expect(api.imports.asked).toEqual([['list', '1001']]);
  });
});

describe('P121: the board over all extensions', () => {
  it('is for administrators', async () => {
    const api = await openApi();
    const response = await api.ask('/api/presence', { token: 'admin' });
    const item = {
      ...{ id: '1001', name: 'Alice', status: 'do_not_disturb', line: 'idle', online: true },
      ...{ indicator: 'do_not_disturb', since: '2026-11-21T12:00:00.000Z' },
    };
    const pbx = { id: 'pbx', connected: true, since: '2026-11-21T12:00:00.000Z' };
    expect([response.status, await response.json()]).toEqual([200, { pbx, presence: [item] }]);
  });

  it('is nobody else’s, nor an administrator’s who is none any more', async () => {
    const api = await openApi();
    const message = 'the board over all extensions is for administrators';
    api.tokens.set('admin', { ...ADMIN, admin: false });
    for (const token of ['alice', 'admin']) {
      const response = await api.ask('/api/presence', { token });
      expect([response.status, await response.json()]).toEqual([403, refusal(403, 'forbidden', message)]);
    }
  });
});

describe('what is not there', () => {
  it.each([
    ['DELETE', '/api/imports', 'GET, HEAD'],
    ['POST', '/api/presence', 'GET, HEAD'],
    ['GET', '/api/imports/i1/undo', 'POST'],
    ['PUT', '/api/books/company/contacts.csv', 'GET, HEAD'],
    ['GET', '/api/books/company/import', 'POST'],
    ['OPTIONS', '/api/books/company/import', 'POST'],
    ['PATCH', '/api/imports/i1/errors.vcf', 'GET, HEAD'],
  ])('%s %s is 405 with the methods there are, with and without a token', async (method, path, allowed) => {
    const api = await openApi();
    for (const response of [await api.ask(path, { method }), await api.fetch(path, { method })]) {
      expect([response.status, response.headers.get('allow'), await response.json()]).toEqual([
        405,
        allowed,
        refusal(405, 'method_not_allowed', `use ${allowed}`),
      ]);
    }
  });

  it.each([
    '/api',
    '/api/',
    '/api/books',
    '/api/books/company',
    '/api/books/company/contacts',
    '/api/books/company/contacts.xlsx',
    '/api/books/company/contacts.csv/',
    '/api/books//contacts.csv',
    '/api/books/a/b/contacts.csv',
    '/api/imports/',
    '/api/imports/i1',
    '/api/imports/i1/errors',
    '/API/imports',
    '/api/__proto__',
    '/api/constructor',
  ])('%s is 404', async (path) => {
    const api = await openApi();
    const response = await api.ask(path);
    expect([response.status, await response.json()]).toEqual([404, refusal(404, 'not_found', 'there is nothing here')]);
  });

  it.each([
    ['a book that is somebody else’s', 'personal:1002'],
    ['a book that there is not', 'nothing'],
    ['an encoded slash', 'company%2Fcontacts'],
    ['another folder', '%2e%2e'],
    ['another folder, encoded twice', '%252e%252e'],
    ['a NUL', 'company%00'],
    ['a line break', 'company%0d%0aX-Injected:%201'],
    ['bytes that are no text', '%ff%fe'],
    ['half an encoded byte', 'company%2'],
    ['what is invisible', 'company%E2%80%AE'],
    ['too much', 'a'.repeat(65)],
  ])('P122: a path that names %s is 404', async (_title, book) => {
    const api = await openApi();
    for (const [method, path] of [
      ['GET', `/api/books/${book}/contacts.csv`],
      ['POST', `/api/books/${book}/import`],
      ['GET', `/api/imports/${book}/errors.csv`],
      ['POST', `/api/imports/${book}/undo`],
    ] as const) {
      const response = await api.ask(path, { method, body: method === 'POST' ? 'x' : null });
      const { error } = (await response.json()) as { error: { code: number } };
      expect([path, response.status, error.code]).toEqual([path, 404, 404]);
    }
  });

  it.each(['/api/books/../imports', '/api/books/%2e%2e/imports', '/api/./imports'])(
    'P122: dots in %s lead to what a browser would ask for, and need the token all the same',
    async (path) => {
      const api = await openApi();
      const raw = await api.raw();
      raw.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      await raw.ended;
      expect(raw.text).toMatch(/^HTTP\/1\.1 401 /);
    },
  );
});

describe('pages of other sites', () => {
  /** What a page can send without asking first: forms, images, scripts, simple fetches. */
  it.each([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a form with a file', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['a form of text', { 'content-type': 'text/plain' }],
    ['a page without an origin', { origin: 'null' }],
    ['a page of elsewhere', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page that says another method', { 'x-http-method-override': 'DELETE', 'x-method-override': 'PUT' }],
    ['cookies of any kind', { cookie: 'session=alice' }],
  ])('P123: %s gets nothing in', async (_title, headers: Record<string, string>) => {
    const api = await openApi();
    for (const path of ['/api/books/company/import', '/api/imports/i1/undo']) {
      const response = await api.fetch(path, { method: 'POST', headers, body: 'Name,Mobile' });
      expect([path, response.status]).toEqual([path, 401]);
    }
    expect([api.imports.runs, api.imports.asked]).toEqual([[], []]);
  });

  it('P123: a page of elsewhere is told that it may not ask, and no answer is opened to it', async () => {
    const api = await openApi();
    const asked = await api.fetch('/api/books/company/import', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    const given = await api.ask('/api/imports', { headers: { origin: 'https://evil.example' } });
    for (const response of [asked, given]) {
      const names = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect([names, response.headers.get('set-cookie')]).toEqual([[], null]);
      expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
    expect(asked.status).toBe(405);
  });

  it.each(['null', 'https://evil.example', 'https://phones.example.com.evil.example'])(
    'P41: with listen.origins set the origin %s may not ask, token or not',
    async (origin) => {
      const api = await openApi({ listen: { origins: ['https://phones.example.com'] } });
      const response = await api.ask('/api/imports', { headers: { origin } });
      const message = 'pages of this origin may not connect; see listen.origins';
      expect([response.status, await response.json()]).toEqual([403, refusal(403, 'origin', message)]);
    },
  );

  it('P123: a name that was made to lead here opens nothing', async () => {
    const api = await openApi();
    const raw = await api.raw();
    raw.write('GET /api/imports HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: pbx\r\nConnection: close\r\n\r\n');
    await raw.ended;
    expect(raw.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(raw.text).not.toContain('evil.example');
  });

  it('P123: another method in a header changes nothing', async () => {
    const api = await openApi();
    const response = await api.ask('/api/imports', { headers: { 'x-http-method-override': 'POST' } });
    expect([response.status, await response.json()]).toEqual([200, { imports: [] }]);
  });
});

describe('P124: how often', () => {
  it('a user may ask so many times a second, whatever others do', async () => {
    const clock = new HandClock();
    const api = await openApi({ clock, limits: { requestsPerSecond: 2 } });
    const statuses = async (token: string, count: number) => {
      const seen: number[] = [];
      for (let n = 0; n < count; n += 1) seen.push((await api.ask('/api/imports', { token })).status);
      return seen;
    };
    expect([await statuses('alice', 3), await statuses('bob', 1)]).toEqual([[200, 200, 429], [200]]);
    const refused = await api.ask('/api/imports');
    expect([refused.headers.get('retry-after'), await refused.json()]).toEqual([
      '1',
      refusal(429, 'too_many', 'at most 2 requests a second', { retryAfter: 1 }),
    ]);
    clock.pass(500);
    expect(await statuses('alice', 2)).toEqual([200, 429]);
  });

  it('keeps only those who asked within the last second', () => {
    let now = 0;
    const rate = new Rate(20, () => now);
    for (let n = 0; n < 1_000; n += 1) rate.take(String(n));
    expect(rate.size).toBe(1_000);
    now = 999;
    rate.take('0');
    expect(rate.size).toBe(1_000);
    now = 1_000;
    rate.take('1');
    expect(rate.size).toBe(2);
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/api/imports', 200],
    ['HEAD', '/api/imports', 200],
    ['GET', '/api/imports/none/errors.csv', 404],
    ['POST', '/api/imports/i1/undo', 200],
    ['GET', '/api/books/company/contacts.csv', 200],
    ['GET', '/api/presence', 403],
    ['POST', '/api/books/company/import', 200],
  ])('%s %s is %s with the headers of security, and kept by nobody', async (method, path, status) => {
    const api = await openApi();
    const response = await api.ask(path, { method });
    const expected = Object.entries(SECURITY_HEADERS).map(([name, value]) => [name.toLowerCase(), value]);
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      ...Object.fromEntries(expected),
      'cache-control': 'no-store',
    });
    await response.arrayBuffer();
  });

  it('is counted under its route, never under an id', async () => {
    const api = await openApi();
    for (const id of ['a', 'b', 'c']) await api.ask(`/api/imports/${id}/errors.csv`);
    for (const book of ['company', 'personal:1002']) await (await api.ask(`/api/books/${book}/contacts.csv`)).text();
    const count = (route: string, status: number) =>
      api.metric(`rollcall_http_requests_total{route="${route}",status="${status}"}`);
    expect([
      await count('/api/imports/{id}/errors.csv', 404),
      await count('/api/books/{book}/contacts.csv', 200),
      await count('/api/books/{book}/contacts.csv', 404),
      await count('other', 404),
    ]).toEqual([3, 1, 1, undefined]);
  });
});
