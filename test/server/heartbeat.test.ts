import { expect, it } from 'vitest';
import { textFrame } from '../../src/protocol/frame.ts';
import { type Edge, openEdge } from '../support/edge-server.ts';
import { frame, type RawClient } from '../support/raw-client.ts';

const HEARTBEAT = { tuning: { heartbeatMs: 50 } };

async function silentPeer(edge: Edge): Promise<RawClient> {
  const raw = await edge.raw();
  await raw.upgrade();
  return raw;
}

const pings = (raw: RawClient) => raw.frames().filter(({ opcode }) => opcode === 9).length;

it('a peer that answers nothing for two pings is dropped, one that answers stays', async () => {
  const edge = await openEdge(HEARTBEAT);
  const answering = await edge.connect();
  const silent = await silentPeer(edge);
  await edge.until(() => edge.accepted[1]?.closed === 1, 'the silent one is dropped');
  await silent.ended;
  expect(pings(silent)).toBe(2);
  expect(await answering.request('echo', {})).toEqual({});
  expect(edge.reports).toEqual([{ event: 'ws.dropped', fields: { reason: 'heartbeat', address: '127.0.0.1' } }]);
  expect(await edge.metric('rollcall_connections_dropped_total{reason="heartbeat"}')).toBe(1);
});

it('a peer that only sends messages stays', async () => {
  const edge = await openEdge(HEARTBEAT);
  const raw = await silentPeer(edge);
  for (let seen = 1; seen <= 6; seen++) {
    await raw.until(() => pings(raw) >= seen, 'a ping');
    raw.write(frame({ opcode: 1, payload: '{}' }));
  }
  expect(edge.accepted[0]?.closed).toBe(0);
});

it('a peer whose reading we paused stays: it cannot answer', async () => {
  const edge = await openEdge(HEARTBEAT);
  const raw = await silentPeer(edge);
  edge.accepted[0]?.socket.pause();
  await raw.until(() => pings(raw) >= 6, 'six pings');
  edge.accepted[0]?.socket.resume();
  await edge.until(() => edge.accepted[0]?.closed === 1, 'dropped once it could answer again');
});

it('a peer that takes what waits for it stays, though its answers do not come; one that takes nothing is dropped', async () => {
  const edge = await openEdge({ tuning: { heartbeatMs: 300 } });
  const [taking, stuck] = [await silentPeer(edge), await silentPeer(edge)];
  taking.socket.removeAllListeners('data').resume();
  stuck.socket.pause();
  const page = textFrame(JSON.stringify({ text: 'x'.repeat(10_000_000) }));
  edge.accepted[1]?.socket.write(page);
  // Looked at whenever a socket has drained: the one that takes always has something waiting.
  const stuckIsDropped = () => {
    if (edge.accepted[0]?.socket.buffered === 0) edge.accepted[0].socket.write(page);
    return edge.accepted[1]?.closed === 1;
  };
  await edge.until(stuckIsDropped, 'the stuck one is dropped');
  expect(edge.accepted[0]?.closed).toBe(0);
});

it('a peer that ended its side but never reads is not kept for ever', async () => {
  const edge = await openEdge(HEARTBEAT);
  const raw = await silentPeer(edge);
  raw.socket.pause();
  const socket = edge.accepted[0]?.socket;
  const page = textFrame(JSON.stringify({ text: 'x'.repeat(100_000) }));
  while (socket && socket.buffered < 5_000_000) socket.write(page);
  raw.socket.end();
  await edge.until(() => edge.accepted[0]?.closed === 1, 'the end');
  expect(await edge.metric('rollcall_connections')).toBe(0);
});
