import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { SECURITY_HEADERS } from '../../src/server/headers.ts';
import type { HttpPorts } from '../../src/server/http.ts';
import { NO_HTTP, openEdge } from '../support/edge-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ALICE = { token: 'abc', tokenExpires: '2026-11-22T10:00:00Z', extension: '1001', name: 'Älice', admin: false };

function withSessions(sessions: Partial<HttpPorts['sessions']>): { http: HttpPorts } {
  return { http: { ...NO_HTTP, sessions: { ...NO_HTTP.sessions, ...sessions } } };
}

function error(code: number, message: string, data: object) {
  return { error: { code, message, data } };
}

describe('health', () => {
  it('/healthz says that the process lives', async () => {
    const edge = await openEdge();
    const response = await edge.fetch('/healthz');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    ['open', true, 200],
    ['open', false, 200],
    ['away', true, 503],
    ['failed', true, 503],
    ['closed', false, 503],
  ] as const)(
    '/readyz with the store %s and the PBX connected %s answers %s × naming both',
    async (store, connected, status) => {
      const edge = await openEdge({ http: { ...NO_HTTP, readiness: () => ({ store, pbx: { connected } }) } });
      const response = await edge.fetch('/readyz');
      expect(response.status).toBe(status);
      expect(await response.json()).toEqual({ ready: status === 200, store, pbx: { connected } });
    },
  );

  it.each([
    ['open', 200],
    ['away', 200],
    ['failed', 503],
    ['closed', 503],
  ] as const)(
    '/readyz?store=away with the store %s answers %s: who serves what he knows will do',
    async (store, status) => {
      const edge = await openEdge({ http: { ...NO_HTTP, readiness: () => ({ store, pbx: { connected: true } }) } });
      const answers = await Promise.all(['/readyz?store=away', '/readyz?store=closed'].map((path) => edge.fetch(path)));
      const expected = { ready: status === 200, store, pbx: { connected: true } };
      expect([answers[0]?.status, await answers[0]?.json(), answers[1]?.status]).toEqual([
        status,
        expected,
        store === 'open' ? 200 : 503,
      ]);
    },
  );

  it('/metrics is text for Prometheus', async () => {
    const edge = await openEdge();
    const response = await edge.fetch('/metrics');
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE rollcall_connections gauge\nrollcall_connections 0\n');
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('every answer', () => {
  it.each([
    ['GET', '/', 404],
    ['HEAD', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/ws', 426],
    ['GET', '/nothing', 404],
    ['GET', '/api/nothing', 404],
    ['POST', '/healthz', 405],
    ['GET', '/api/session', 405],
    ['OPTIONS', '/api/session', 405],
    ['DELETE', '/api/session', 401],
    ['POST', '/api/session', 415],
  ])('%s %s is %s with the headers of security', async (method, path, status) => {
    const edge = await openEdge();
    const response = await edge.fetch(path, { method });
    expect(response.status).toBe(status);
    const expected = Object.fromEntries(
      Object.entries(SECURITY_HEADERS).map(([name, value]) => [name.toLowerCase(), value]),
    );
    expect(Object.fromEntries(response.headers)).toMatchObject(expected);
    expect(response.headers.get('cache-control')).toBe(path.startsWith('/api/') ? 'no-store' : null);
    if (method === 'HEAD') expect(await response.text()).toBe('');
  });

  it('says in JSON what is not there, and which methods are', async () => {
    const edge = await openEdge();
    const missing = await edge.fetch('/constructor');
    expect(await missing.json()).toEqual(error(404, 'there is nothing here', { reason: 'not_found' }));
    const wrong = await edge.fetch('/api/session', { method: 'PUT' });
    expect(wrong.headers.get('allow')).toBe('POST, DELETE');
    expect(await wrong.json()).toEqual(error(405, 'use POST, DELETE', { reason: 'method_not_allowed' }));
  });

  it('counts requests without letting a peer invent labels', async () => {
    const edge = await openEdge();
    for (const path of ['/a', '/b', '/toString']) await edge.fetch(path);
    expect(await edge.metric('rollcall_http_requests_total{route="other",status="404"}')).toBe(3);
  });
});

describe('POST /api/session', () => {
  it('hands over the log-in with the address of the peer and answers the session', async () => {
    const seen: unknown[] = [];
    const edge = await openEdge(
      withSessions({
        logIn: async (credentials) => {
          seen.push(credentials);
          return ALICE;
        },
      }),
    );
    const body = JSON.stringify({ login: '1001', password: 'pässword' });
    const response = await edge.fetch('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
    });
    expect(seen).toEqual([{ login: '1001', password: 'pässword', address: '127.0.0.1' }]);
    expect([response.status, await response.json()]).toEqual([200, ALICE]);
  });

  it('takes the address from a trusted proxy only', async () => {
    for (const [trustedProxies, address] of [
      [[], '127.0.0.1'],
      [['127.0.0.0/8'], '203.0.113.9'],
    ] as const) {
      const seen: string[] = [];
      const sessions = withSessions({
        logIn: async (credentials) => {
          seen.push(credentials.address);
          return ALICE;
        },
      });
      const edge = await openEdge({ ...sessions, listen: { trustedProxies } });
      const headers = { ...JSON_TYPE, 'x-forwarded-for': '1.1.1.1, 203.0.113.9' };
      await edge.fetch('/api/session', { method: 'POST', headers, body: '{"login":"1001","password":"x"}' });
      expect(seen).toEqual([address]);
    }
  });

  it.each([
    ['refused', new Failure('unauthorized', 'the log-in was refused'), 401, 401, { reason: 'unauthorized' }, null],
    [
      'throttled',
      new Failure('too_many', 'wait', { retryAfter: 2.3 }),
      429,
      429,
      { reason: 'too_many', retryAfter: 2.3 },
      '3',
    ],
    ['not stored', new Failure('storage', 'full'), 507, 507, { reason: 'storage' }, null],
  ])('a log-in that is %s is told as such', async (_title, failure, status, code, data, retryAfter) => {
    const edge = await openEdge(withSessions({ logIn: () => Promise.reject(failure) }));
    const response = await edge.fetch('/api/session', {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"login":"1001","password":"x"}',
    });
    expect([response.status, await response.json()]).toEqual([status, error(code, failure.message, data)]);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
  });

  it.each([
    ['no JSON', '{"login":', 400, -32700],
    ['no object', '[]', 400, -32602],
    ['no password', '{"login":"1001"}', 400, -32602],
    ['a wrong type', '{"login":1001,"password":"x"}', 400, -32602],
    ['a key too many', '{"login":"1001","password":"x","admin":true}', 400, -32602],
    ['a login too long', JSON.stringify({ login: '1'.repeat(256), password: 'x' }), 400, -32602],
    ['too long a body', JSON.stringify({ login: '1001', password: 'x'.repeat(4_096) }), 413, 413],
  ])('a body with %s is answered without asking for a log-in', async (_title, body, status, code) => {
    const edge = await openEdge();
    const response = await edge.fetch('/api/session', { method: 'POST', headers: JSON_TYPE, body });
    const answer = (await response.json()) as { error: { code: number } };
    expect([response.status, answer.error.code]).toEqual([status, code]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data'])(
    'a body of type %s is refused, so that no plain form of a page gets here',
    async (type) => {
      const edge = await openEdge();
      const response = await edge.fetch('/api/session', {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{}',
      });
      expect([response.status, await response.json()]).toEqual([
        415,
        error(415, 'send application/json', { reason: 'unsupported_media_type' }),
      ]);
    },
  );

  it('refuses pages from elsewhere', async () => {
    const edge = await openEdge({ listen: { origins: ['https://phones.example.com'] } });
    const headers = { ...JSON_TYPE, origin: 'https://evil.example' };
    const response = await edge.fetch('/api/session', {
      method: 'POST',
      headers,
      body: '{"login":"1","password":"x"}',
    });
    const message = 'pages of this origin may not connect; see listen.origins';
    expect([response.status, await response.json()]).toEqual([403, error(403, message, { reason: 'origin' })]);
  });

  it('answers a bug without its details and reports it with an id', async () => {
    const edge = await openEdge(withSessions({ logIn: () => Promise.reject(new TypeError('secret detail')) }));
    const response = await edge.fetch('/api/session', {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"login":"1001","password":"x"}',
    });
    const id = edge.reports[0]?.fields['id'];
    expect([response.status, await response.json()]).toEqual([
      500,
      error(-32603, `internal error ${id}`, { reason: 'internal' }),
    ]);
    expect(edge.reports).toEqual([
      {
        event: 'internal',
        fields: { id, where: 'POST /api/session', error: expect.stringContaining('secret detail') },
      },
    ]);
  });
});

describe('DELETE /api/session', () => {
  it('ends the log-in of the token', async () => {
    const seen: string[] = [];
    const edge = await openEdge(
      withSessions({
        logOut: async (token) => {
          seen.push(token);
        },
      }),
    );
    const response = await edge.fetch('/api/session', {
      method: 'DELETE',
      headers: { authorization: 'Bearer abc-_1' },
    });
    expect([response.status, await response.text(), seen]).toEqual([204, '', ['abc-_1']]);
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['no token', { authorization: 'Bearer' }],
    ['two words', { authorization: 'Bearer a b' }],
    ['a token too long', { authorization: `Bearer ${'a'.repeat(257)}` }],
  ])('with %s is refused', async (_title, headers) => {
    const edge = await openEdge();
    const response = await edge.fetch('/api/session', { method: 'DELETE', headers });
    expect([response.status, response.headers.get('www-authenticate'), await response.json()]).toEqual([
      401,
      'Bearer',
      error(401, 'a bearer token is needed', { reason: 'unauthorized' }),
    ]);
  });

  it('with a token that is none is refused', async () => {
    const logOut = () => Promise.reject(new Failure('unauthorized', 'the log-in was refused'));
    const edge = await openEdge(withSessions({ logOut }));
    const response = await edge.fetch('/api/session', { method: 'DELETE', headers: { authorization: 'Bearer abc' } });
    expect(response.status).toBe(401);
  });
});
