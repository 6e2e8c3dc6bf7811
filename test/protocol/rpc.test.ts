import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure, type FailureCode } from '../../src/domain/failure.ts';
import { CLOSE_CODES, ERROR_CODES } from '../../src/protocol/codes.ts';
import { errorBody, errorText, notificationText, readFrame, resultText } from '../../src/protocol/rpc.ts';

/** What a frame is refused with: the failure's code, and the id that could be read. */
function refusal(text: string): [FailureCode, string | number | null] | 'accepted' {
  const incoming = readFrame(text);
  return incoming.kind === 'invalid' ? [incoming.failure.code, incoming.id] : 'accepted';
}

describe('a frame that is a request', () => {
  test('is read with id, method and params', () => {
    expect(readFrame('{"jsonrpc":"2.0","id":7,"method":"presence.set","params":{"status":"away"}}')).toEqual({
      kind: 'request',
      request: { id: 7, method: 'presence.set', params: { status: 'away' } },
    });
  });

  test('without params has empty ones', () => {
    expect(readFrame('{"jsonrpc":"2.0","id":"a","method":"session.ping"}')).toEqual({
      kind: 'request',
      request: { id: 'a', method: 'session.ping', params: {} },
    });
  });

  test('without an id is a notification', () => {
    const incoming = readFrame('{"jsonrpc":"2.0","method":"session.ping"}');
    expect(incoming).toEqual({ kind: 'request', request: { method: 'session.ping', params: {} } });
    expect(incoming.kind === 'request' && 'id' in incoming.request).toBe(false);
  });

  test.each([0, -1, 1.5, '', 'x'.repeat(128)])('P13: may have the id %j', (id) => {
    expect(refusal(JSON.stringify({ jsonrpc: '2.0', id, method: 'm' }))).toBe('accepted');
  });

  test('may be named like something that every object has', () => {
    for (const method of ['__proto__', 'constructor', 'toString']) {
      expect(readFrame(JSON.stringify({ jsonrpc: '2.0', id: 1, method }))).toMatchObject({ request: { method } });
    }
  });
});

describe('a frame that is no request', () => {
  const hostile: [string, string, [FailureCode, string | number | null]][] = [
    ['empty', '', ['parse', null]],
    ['not JSON', '{', ['parse', null]],
    ['two messages', '{} {}', ['parse', null]],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"m"}]', ['request', null]],
    ['an empty batch', '[]', ['request', null]],
    ['null', 'null', ['request', null]],
    ['a number', '1', ['request', null]],
    ['a text', '"session.open"', ['request', null]],
    ['without a version', '{"id":1,"method":"m"}', ['request', 1]],
    ['of another version', '{"jsonrpc":"1.0","id":1,"method":"m"}', ['request', 1]],
    ['with the version as a number', '{"jsonrpc":2.0,"id":1,"method":"m"}', ['request', 1]],
    ['without a method', '{"jsonrpc":"2.0","id":"a"}', ['request', 'a']],
    ['with a method that is no text', '{"jsonrpc":"2.0","id":"a","method":["m"]}', ['request', 'a']],
    ['with a huge method', `{"jsonrpc":"2.0","id":"a","method":"${'m'.repeat(65)}"}`, ['request', 'a']],
    ['with null as id', '{"jsonrpc":"2.0","id":null,"method":"m"}', ['request', null]],
    ['with an object as id', '{"jsonrpc":"2.0","id":{},"method":"m"}', ['request', null]],
    ['with an endless id', '{"jsonrpc":"2.0","id":1e999,"method":"m"}', ['request', null]],
    ['with a huge id', `{"jsonrpc":"2.0","id":"${'x'.repeat(129)}","method":"m"}`, ['request', null]],
    ['with null as params', '{"jsonrpc":"2.0","id":1,"method":"m","params":null}', ['request', 1]],
    ['with a text as params', '{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}', ['request', 1]],
    [
      'with its members in the prototype only',
      '{"__proto__":{"jsonrpc":"2.0","id":1,"method":"m"}}',
      ['request', null],
    ],
    ['nested and never closed', '{"a":'.repeat(500), ['parse', null]],
    ['nested 130,000 times', `${'['.repeat(130_000)}${']'.repeat(130_000)}`, ['request', null]],
    ['nested 40,000 times and never closed', '{"a":'.repeat(40_000), ['request', null]],
    ['nested behind a bracket in a text', `["]\\"]",${'['.repeat(3_000)}${']'.repeat(3_001)}`, ['request', null]],
  ];
  test.each(hostile)('(%s) is refused', (_, text, expected) => {
    expect(refusal(text)).toEqual(expected);
  });

  test('is a long one, but not because of brackets in its texts or beside each other', () => {
    const params = { note: `\\"${'['.repeat(5_000)}`, list: Array(2_000).fill([{}]), more: '{'.repeat(100) };
    expect(refusal(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'm', params }))).toBe('accepted');
  });

  test('never makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .jsonValue()
            .map((value) => JSON.stringify({ ...{ jsonrpc: '2.0' }, id: value, method: value, params: value })),
        ),
        (text) => {
          expect(['request', 'invalid']).toContain(readFrame(text).kind);
        },
      ),
    );
  });
});

describe('what the server says', () => {
  test('is a result with the id of the request', () => {
    expect(JSON.parse(resultText('a"b', { n: 1 }))).toEqual({ jsonrpc: '2.0', id: 'a"b', result: { n: 1 } });
    expect(JSON.parse(resultText(0, {}))).toEqual({ jsonrpc: '2.0', id: 0, result: {} });
  });

  test('is a notification', () => {
    expect(JSON.parse(notificationText('sync.ready', {}))).toEqual({
      jsonrpc: '2.0',
      method: 'sync.ready',
      params: {},
    });
  });

  test('is an error with its code, its reason and only the details there are', () => {
    const issues = [{ path: 'until', message: 'is in the past' }];
    expect(JSON.parse(errorText(3, new Failure('params', 'no', { issues })))).toEqual({
      jsonrpc: '2.0',
      id: 3,
      error: { code: -32602, message: 'no', data: { reason: 'params', issues } },
    });
    expect(JSON.parse(errorText(null, new Failure('parse', 'no JSON')))).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: { code: -32700, message: 'no JSON', data: { reason: 'parse' } },
    });
  });

  test('names the reason of a failure where it has one', () => {
    expect(errorBody(new Failure('conflict', 'taken', { reason: 'email_taken', retryAfter: 2 }))).toEqual({
      code: 409,
      message: 'taken',
      data: { reason: 'email_taken', retryAfter: 2 },
    });
  });

  test('gives no cause away', () => {
    const failure = new Failure('storage', 'nothing can be stored', {}, { cause: new Error('/secret/path') });
    expect(errorText(1, failure)).not.toContain('secret');
  });
});

describe('the numbers of the wire', () => {
  test('are those of the protocol', () => {
    expect(ERROR_CODES).toEqual({
      parse: -32700,
      request: -32600,
      method: -32601,
      params: -32602,
      internal: -32603,
      unauthorized: 401,
      forbidden: 403,
      not_found: 404,
      conflict: 409,
      too_large: 413,
      too_many: 429,
      pbx_away: 503,
      storage: 507,
    });
    expect(CLOSE_CODES).toEqual({
      normal: 1000,
      shuttingDown: 1001,
      tooBig: 1009,
      tooSlow: 1013,
      notJsonRpc: 4400,
      unauthorized: 4401,
      openTimeout: 4408,
      loggedOut: 4409,
      tooMany: 4429,
    });
  });
});
