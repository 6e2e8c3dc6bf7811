import { describe, expect, test } from 'vitest';
import { TAG_LENGTH, TAG_PLACE } from '../../src/sync/cursor.ts';
import { changeFrame, type Frame, goneFrame, plainFrame, READY_FRAME, stamp } from '../../src/sync/frames.ts';
import { Outbox } from '../../src/sync/outbox.ts';
import { FakeSocket } from '../support/fake-socket.ts';
import { readFrames } from '../support/read-frames.ts';

const TAG = 'abcdefghijkl';
const LISTENER = { received: () => {}, receivedBinary: () => {}, drained: () => {}, closed: () => {} };

/** The message that a receiver with this tag gets. */
function stamped(frame: Frame, tag = TAG): unknown {
  const bytes = Buffer.alloc(frame.bytes.length);
  stamp(frame, tag, bytes, 0);
  return JSON.parse(readFrames(bytes)[0] ?? '');
}

describe('frames of sync', () => {
  test('are whole messages of the protocol', () => {
    const frame = changeFrame({ collection: 'presence', put: ['{"id":"1"}', '{"id":"2"}'], remove: ['3'], held: 'z' });
    expect(stamped(frame)).toEqual({
      jsonrpc: '2.0',
      method: 'sync.change',
      params: { collection: 'presence', put: [{ id: '1' }, { id: '2' }], remove: ['3'], cursor: `${TAG}z` },
    });
    expect(stamped(goneFrame('users', 'no_permission'))).toEqual({
      jsonrpc: '2.0',
      method: 'sync.gone',
      params: { collection: 'users', why: 'no_permission' },
    });
    expect(stamped(READY_FRAME)).toEqual({ jsonrpc: '2.0', method: 'sync.ready', params: {} });
  });

  test('P31: have reset and more only when they are meant, and no cursor on a page with more', () => {
    const page = changeFrame({ collection: 'presence', reset: true, more: true, put: [], remove: [] });
    expect(page.tagAt).toBe(-1);
    expect(stamped(page)).toMatchObject({
      params: { collection: 'presence', reset: true, more: true, put: [], remove: [] },
    });
    expect(stamped(page)).not.toHaveProperty('params.cursor');
    expect(stamped(changeFrame({ collection: 'p', put: [], remove: [], held: '0' }))).toEqual({
      jsonrpc: '2.0',
      method: 'sync.change',
      params: { collection: 'p', put: [], remove: [], cursor: `${TAG}0` },
    });
  });

  test('of lists carry what is held in the cursor', () => {
    const frame = changeFrame({ collection: 'books', put: [], remove: [], held: ':company=x' });
    expect(stamped(frame)).toMatchObject({ params: { cursor: `${TAG}:company=x` } });
  });

  test('are stamped in the cursor and nowhere else, whatever an item holds', () => {
    const item = JSON.stringify({ id: '1', note: TAG_PLACE.repeat(20) });
    const framed = (padding: number) =>
      changeFrame({ collection: TAG_PLACE, put: [item, `"${'~'.repeat(padding)}"`], remove: [TAG_PLACE], held: '1' });
    // With 0x7e7e bytes of payload the frame's own header ends in tildes.
    const awkward = 0x7e7e - (framed(0).bytes.length - 4);
    expect(framed(awkward).bytes.subarray(1, 4)).toEqual(Buffer.from('~~~'));
    for (const padding of [0, 100, awkward, 70_000]) {
      const frame = framed(padding);
      expect(stamped(frame)).toEqual({
        jsonrpc: '2.0',
        method: 'sync.change',
        params: {
          collection: TAG_PLACE,
          put: [{ id: '1', note: TAG_PLACE.repeat(20) }, '~'.repeat(padding)],
          remove: [TAG_PLACE],
          cursor: `${TAG}1`,
        },
      });
    }
  });

  test('stay as they are when they are stamped, for the next receiver', () => {
    const frame = changeFrame({ collection: 'presence', put: [], remove: ['1'], held: '1' });
    const other = 'z'.repeat(TAG_LENGTH);
    expect([stamped(frame), stamped(frame, other)]).toMatchObject([
      { params: { cursor: `${TAG}1` } },
      { params: { cursor: `${other}1` } },
    ]);
  });
});

describe('an outbox', () => {
  const change = changeFrame({ collection: 'presence', put: [], remove: ['1'], held: '1' });

  test('hands everything over in one write, in order', () => {
    const socket = new FakeSocket(() => LISTENER);
    const outbox = new Outbox(socket);
    outbox.push(change, TAG);
    outbox.push(plainFrame('{"id":1}'), '');
    outbox.push(READY_FRAME, '');
    expect(socket.writes).toBe(0);
    outbox.flush();
    outbox.flush();
    expect(socket.writes).toBe(1);
    expect(socket.received).toMatchObject([{ params: { cursor: `${TAG}1` } }, { id: 1 }, { method: 'sync.ready' }]);
  });

  test('writes large frames without a cursor by themselves and uncopied, in their place', () => {
    const socket = new FakeSocket(() => LISTENER);
    const outbox = new Outbox(socket);
    const large = plainFrame(JSON.stringify({ id: 'large', text: 'x'.repeat(20_000) }));
    const stampedLarge = changeFrame({ collection: 'p', put: [`"${'x'.repeat(20_000)}"`], remove: [], held: '2' });
    const frames = [plainFrame('{"id":1}'), change, large, large, READY_FRAME, stampedLarge];
    for (const frame of frames) outbox.push(frame, TAG);
    outbox.flush();
    expect(socket.received).toMatchObject([
      { id: 1 },
      { params: { cursor: `${TAG}1` } },
      { id: 'large' },
      { id: 'large' },
      { method: 'sync.ready' },
      { params: { cursor: `${TAG}2` } },
    ]);
    expect(socket.chunks.map((chunk) => chunk === large.bytes)).toEqual([false, true, true, false]);
  });

  test('writes a lone frame without a cursor as it is, uncopied', () => {
    const socket = new FakeSocket(() => LISTENER);
    const outbox = new Outbox(socket);
    const frame = plainFrame('{}');
    outbox.push(frame, '');
    outbox.flush();
    expect(socket.chunks[0]).toBe(frame.bytes);
  });

  test('never hands over the bytes that other receivers share, which it stamps', () => {
    const socket = new FakeSocket(() => LISTENER);
    const outbox = new Outbox(socket);
    outbox.push(change, TAG);
    outbox.flush();
    expect(socket.chunks[0]).not.toBe(change.bytes);
    expect(socket.received).toMatchObject([{ params: { cursor: `${TAG}1` } }]);
    expect(change.bytes.includes(TAG_PLACE)).toBe(true);
  });

  test('uses a stamped copy again only when the network has taken it', () => {
    const quick = new FakeSocket(() => LISTENER);
    const slow = new FakeSocket(() => LISTENER);
    slow.slow = true;
    const tags = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(TAG_LENGTH));
    for (const [i, socket] of [quick, quick, slow, quick].entries()) {
      const outbox = new Outbox(socket);
      outbox.push(change, tags[i] as string);
      outbox.flush();
    }
    slow.take();
    const cursors = (socket: FakeSocket) => socket.received.map(({ params }) => params?.['cursor']);
    expect([cursors(quick), cursors(slow)]).toEqual([[`${tags[0]}1`, `${tags[1]}1`, `${tags[3]}1`], [`${tags[2]}1`]]);
    expect(quick.chunks[1]).toBe(quick.chunks[0]);
    expect(slow.chunks[0]).toBe(quick.chunks[0]);
    expect(quick.chunks[2]).not.toBe(slow.chunks[0]);
  });

  test('is full with more than 256 KiB, its own and those of the socket together', () => {
    const socket = new FakeSocket(() => LISTENER);
    socket.slow = true;
    const outbox = new Outbox(socket);
    outbox.push(plainFrame('x'.repeat(200_000)), '');
    expect(outbox.full).toBe(false);
    outbox.flush();
    expect(outbox.full).toBe(false);
    outbox.push(plainFrame('x'.repeat(100_000)), '');
    expect(outbox.full).toBe(true);
  });
});
