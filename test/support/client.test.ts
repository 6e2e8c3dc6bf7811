import { describe, expect, it } from 'vitest';
import { textFrame } from '../../src/protocol/frame.ts';
import { RpcError } from './client.ts';
import { Mirrors } from './client-mirrors.ts';
import { openEdge } from './edge-server.ts';

const page = (more: object) => ({ collection: 'presence', put: [], remove: [], ...more });
const item = (id: string, n = 1) => ({ id, n });

function mirrorsOf(...changes: object[]): Mirrors {
  const mirrors = new Mirrors();
  mirrors.ask(['presence', 'contacts'], {});
  for (const change of changes) mirrors.change(change as Record<string, unknown>);
  return mirrors;
}

describe('the mirrors', () => {
  it('fold a snapshot in pages and changes after it', () => {
    const mirrors = mirrorsOf(
      page({ reset: true, more: true, put: [item('1'), item('2')] }),
      page({ more: true, put: [item('3')] }),
      page({ put: [item('4')], cursor: 'a' }),
      page({ put: [item('2', 2)], remove: ['1'], cursor: 'b' }),
    );
    expect(mirrors.violations).toEqual([]);
    expect([...(mirrors.byName.get('presence')?.items.values() ?? [])]).toEqual([item('2', 2), item('3'), item('4')]);
    expect(mirrors.cursors()).toEqual({ presence: 'b' });
  });

  it('keep only what a new snapshot brings, and hold no cursor until it is whole', () => {
    const mirrors = mirrorsOf(page({ reset: true, put: [item('1')], cursor: 'a' }), page({ reset: true, more: true }));
    expect([mirrors.byName.get('presence')?.items.size, mirrors.cursors()]).toEqual([0, {}]);
  });

  it('go on from a cursor with the items held, and begin anew without', () => {
    const mirrors = mirrorsOf(page({ reset: true, put: [item('1')], cursor: 'a' }));
    mirrors.ask(['presence'], { presence: 'a' });
    mirrors.change(page({ put: [item('2')], cursor: 'b' }));
    expect([mirrors.violations, mirrors.byName.get('presence')?.items.size]).toEqual([[], 2]);
    mirrors.ask(['presence'], {});
    expect(mirrors.byName.size).toBe(0);
  });

  it('drop a collection that is gone', () => {
    const mirrors = mirrorsOf(page({ collection: 'contacts:company', reset: true, put: [item('1')], cursor: 'a' }));
    mirrors.gone({ collection: 'contacts:company', why: 'no_permission' });
    expect(mirrors.byName.get('contacts:company')).toEqual({ items: new Map(), gone: 'no_permission' });
    expect([mirrors.violations, mirrors.cursors()]).toEqual([[], {}]);
  });

  it.each([
    ['a first page without reset', [page({ cursor: 'a' })]],
    ['a last page without a cursor', [page({ reset: true })]],
    ['a cursor before the last page', [page({ reset: true, more: true, cursor: 'a' })]],
    ['an item put twice', [page({ reset: true, put: [item('1'), item('1', 2)], cursor: 'a' })]],
    ['an item put and removed', [page({ reset: true, put: [item('1')], remove: ['1'], cursor: 'a' })]],
    ['what was not asked for', [page({ collection: 'users', reset: true, cursor: 'a' })]],
    ['an item without an id', [page({ reset: true, put: [{}], cursor: 'a' })]],
  ])('notice %s', (_title, changes) => {
    expect(mirrorsOf(...changes).violations.length).toBe(1);
  });
});

describe('the client', () => {
  it('misses no message and tells what it saw when it waits in vain', async () => {
    const edge = await openEdge({
      accept: (socket) => {
        socket.write(textFrame('{"jsonrpc":"2.0","method":"first","params":{}}'));
        return { received: () => {}, receivedBinary: () => {}, drained: () => {}, closed: () => {} };
      },
    });
    const client = await edge.connect();
    await client.until(({ messages }) => messages.length === 1);
    expect(client.messages).toEqual([{ jsonrpc: '2.0', method: 'first', params: {} }]);
    expect(client.bytesRead).toBeGreaterThan(50);
    await expect(client.until(() => false, 'never', 1)).rejects.toThrow(/^never: not within 1 ms\n.*"method":"first"/s);
    const waiting = client.until(() => false, 'never');
    client.cut();
    await expect(waiting).rejects.toThrow('never: the connection ended first');
  });

  it('throws the error of an answer with code and data', async () => {
    const error = { code: 404, message: 'not here', data: { reason: 'not_found' } };
    const edge = await openEdge({
      accept: (socket) => ({
        received: () => socket.write(textFrame(JSON.stringify({ jsonrpc: '2.0', id: 1, error }))),
        receivedBinary: () => {},
        drained: () => {},
        closed: () => {},
      }),
    });
    const client = await edge.connect();
    const thrown = await client.request('x').catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(RpcError);
    expect(thrown).toMatchObject(error);
  });

  it('fails whatever waits when the server breaks a rule', async () => {
    const edge = await openEdge({
      accept: (socket) => ({
        received: () => {
          const params = page({ reset: true });
          socket.write(textFrame(JSON.stringify({ jsonrpc: '2.0', method: 'sync.change', params })));
        },
        receivedBinary: () => {},
        drained: () => {},
        closed: () => {},
      }),
    });
    const client = await edge.connect();
    await expect(client.sync(['presence'])).rejects.toThrow(
      'the server broke a rule: the cursor belongs on the last page',
    );
  });
});
