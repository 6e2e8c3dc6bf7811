import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRequestFailure } from '../../client/failure.ts';
import { readFrame, readGone, readPage } from '../../client/frame.ts';

describe('a frame of the server', () => {
  test('is an answer, a refusal or a notification', () => {
    expect(readFrame('{"jsonrpc":"2.0","id":7,"result":{"a":1}}')).toEqual({
      kind: 'answer',
      id: 7,
      outcome: { result: { a: 1 } },
    });
    expect(readFrame('{"jsonrpc":"2.0","method":"sync.ready","params":{}}')).toEqual({
      kind: 'notice',
      method: 'sync.ready',
      params: {},
    });
    expect(readFrame('{"method":"later.made","id":3}')).toEqual({ kind: 'notice', method: 'later.made', params: {} });
  });

  test('carries what a refusal says, and leaves out what is wrong in it', () => {
    const said = {
      code: 409,
      message: 'changed',
      data: {
        reason: 'conflict',
        issues: [{ path: 'a', message: 'b' }, 'no issue', { path: 1 }],
        current: { id: 'x' },
        retryAfter: 2,
        more: true,
      },
    };
    const frame = readFrame(JSON.stringify({ jsonrpc: '2.0', id: null, error: said }));
    if (frame?.kind !== 'answer' || !('failure' in frame.outcome)) throw new Error('no refusal');
    const { failure } = frame.outcome;
    expect(isRequestFailure(failure)).toBe(true);
    expect({ ...failure, message: failure.message, id: frame.id }).toEqual({
      id: null,
      name: 'RequestFailure',
      message: 'changed',
      code: 409,
      reason: 'conflict',
      issues: [{ path: 'a', message: 'b' }],
      current: { id: 'x' },
      retryAfter: 2,
    });
    const bare = readFrame('{"id":1,"error":{"code":-32603,"message":"m","data":{"retryAfter":-1,"reason":5}}}');
    expect(bare).toMatchObject({ outcome: { failure: { code: -32603, reason: '', issues: [] } } });
  });

  test('is nothing in any other shape', () => {
    const wrong = [
      '',
      'hello',
      '[]',
      'null',
      '7',
      '"x"',
      '{}',
      '{"id":1}',
      '{"id":"1","result":{}}',
      '{"id":1,"result":null}',
      '{"id":1,"result":7}',
      '{"id":1,"error":"no"}',
      '{"id":1,"error":{"code":"401","message":"m"}}',
      '{"id":1,"error":{"code":401}}',
      '{"method":7}',
      '{"method":"sync.change","params":[]}',
      '{"method":"sync.change","params":null}',
    ];
    expect(wrong.filter((text) => readFrame(text) !== undefined)).toEqual([]);
    for (const data of [undefined, null, 7, new ArrayBuffer(2), new Uint8Array(3), {}]) {
      expect(readFrame(data)).toBeUndefined();
    }
  });

  test('is read from anything without a throw', () => {
    fc.assert(fc.property(fc.json(), (text) => void readFrame(text)));
    fc.assert(fc.property(fc.string(), (text) => void readFrame(text)));
    expect(readFrame('['.repeat(1_000_000))).toBeUndefined();
  });
});

describe('a page', () => {
  const good = { collection: 'books', put: [{ id: 'a', name: 'A' }], remove: ['b'], cursor: 'c' };

  test('has a cursor, or more to follow', () => {
    expect(readPage(good)).toEqual({ ...good, reset: false });
    expect(readPage({ ...good, reset: true, more: true, later: 1 })).toEqual({
      ...good,
      reset: true,
      cursor: undefined,
    });
  });

  test('is nothing in any other shape', () => {
    const wrong = [
      { ...good, collection: 7 },
      { ...good, put: {} },
      { ...good, put: [null] },
      { ...good, put: [{ name: 'A' }] },
      { ...good, put: [{ id: 7 }] },
      { ...good, remove: 'b' },
      { ...good, remove: [7] },
      { ...good, cursor: undefined },
      { ...good, cursor: 7 },
    ];
    expect(wrong.filter((params) => readPage(params) !== undefined)).toEqual([]);
  });

  test('that says a collection is gone names it; a reason that is not known yet counts as lost rights', () => {
    expect(readGone({ collection: 'users', why: 'deleted' })).toEqual({ collection: 'users', why: 'deleted' });
    expect(readGone({ collection: 'users', why: 'sold' })).toEqual({ collection: 'users', why: 'no_permission' });
    expect(readGone({ why: 'deleted' })).toBeUndefined();
  });
});
