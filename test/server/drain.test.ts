import { expect, it } from 'vitest';
import { textFrame } from '../../src/protocol/frame.ts';
import { returnAfter } from '../../src/server/return-time.ts';
import { type Accepted, openEdge } from '../support/edge-server.ts';
import { openRaw, upgradeRequest } from '../support/raw-client.ts';

it('every client is closed with 1001 and its own time to come back', async () => {
  const edge = await openEdge();
  const clients = await Promise.all(Array.from({ length: 50 }, () => edge.connect()));
  await edge.server.drain();
  const endings = await Promise.all(clients.map(({ closed }) => closed));
  expect(endings.map(({ code }) => code)).toEqual(clients.map(() => 1001));
  const waits = endings.map(({ reason }) => Number(/^retry-after=(\d+)$/.exec(reason)?.[1]));
  expect(new Set(waits).size).toBe(50);
  expect([Math.min(...waits) >= 500, Math.max(...waits) <= 2_500]).toEqual([true, true]);
  expect(edge.accepted.map(({ closed }) => closed)).toEqual(clients.map(() => 1));
  await expect(openRaw(edge.server.address)).rejects.toThrow('ECONNREFUSED');
});

it.each([
  [1, 2_000],
  [50, 2_000],
  [1_000, 2_000],
  [10_000, 20_000],
])('%i clients are spread over %i ms and no two come at the same time', (clients, spread) => {
  for (const random of [() => 0, () => 0.999_999, Math.random]) {
    const waits = Array.from({ length: clients }, (_, i) => returnAfter(i, clients, random()));
    expect(new Set(waits).size).toBe(clients);
    expect([Math.min(...waits) >= 500, Math.max(...waits) < 500 + spread]).toEqual([true, true]);
  }
});

it('what was written before is still delivered', async () => {
  const edge = await openEdge();
  const client = await edge.connect();
  const page = textFrame(JSON.stringify({ text: 'x'.repeat(500_000) }));
  for (let i = 0; i < 4; i++) edge.accepted[0]?.socket.write(page);
  await edge.server.drain();
  expect((await client.closed).code).toBe(1001);
  expect(client.messages.length).toBe(4);
});

it('who does not leave in time is dropped, and who asks meanwhile is told to come later', async () => {
  const edge = await openEdge({ tuning: { drainMs: 300 } });
  const [client, stuck, late] = [await edge.connect(), await edge.raw(), await edge.raw()];
  await stuck.upgrade();
  // A request has begun on it, so that it is not idle.
  late.write(upgradeRequest());
  const socket = (edge.accepted.at(-1) as Accepted).socket;
  stuck.socket.pause();
  const page = textFrame(JSON.stringify({ text: 'x'.repeat(100_000) }));
  while (socket.buffered < 2_000_000) socket.write(page);
  const drained = edge.server.drain();
  expect((await client.closed).code).toBe(1001);
  late.write('\r\n');
  await late.ended;
  expect(late.text).toMatch(/^HTTP\/1\.1 503 .*"message":"shutting down"/s);
  await drained;
  expect(edge.accepted.map(({ closed }) => closed)).toEqual([1, 1]);
});

it('a server without clients drains at once, and both ends may be asked for twice', async () => {
  const edge = await openEdge();
  await Promise.all([edge.server.drain(), edge.server.drain()]);
  await edge.server.close();
  await edge.server.close();
});

it('close drops all at once', async () => {
  const edge = await openEdge();
  const [client, idle] = [await edge.connect(), await edge.raw()];
  await edge.server.close();
  expect((await client.closed).code).toBe(1006);
  await idle.ended;
});
