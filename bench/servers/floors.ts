// The floors: what a server must at least do to tell many clients something, with `ws` alone. `bare` sends a string to each
// client; `frames` builds the WebSocket frame once and writes the same bytes to each socket.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../src/protocol/frame.ts';
import { answering, clockMicros, cpuMicros } from '../support/child.ts';

const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const clients = new Set<WebSocket>();
const raw = new Set<Socket>();
server.on('upgrade', (request, socket, head) => {
  (socket as Socket).setNoDelay(true);
  sockets.handleUpgrade(request, socket, head, (client) => {
    clients.add(client);
    raw.add(socket as Socket);
    client.on('message', () => client.send('{"ready":true}'));
    client.on('close', () => {
      clients.delete(client);
      raw.delete(socket as Socket);
    });
    client.on('error', () => client.terminate());
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answering((question) => {
  if (question['do'] === 'port') return { port: (server.address() as AddressInfo).port };
  if (question['do'] === 'cpu') return { cpu: cpuMicros() };
  if (question['do'] === 'memory') {
    globalThis.gc?.();
    return { rss: process.memoryUsage().rss, heap: process.memoryUsage().heapUsed, clients: clients.size };
  }
  const texts = question['texts'] as string[];
  const cpu = cpuMicros();
  const at = clockMicros();
  if (question['do'] === 'bare') {
    for (const text of texts) for (const client of clients) client.send(text);
  } else if (question['do'] === 'frames') {
    for (const text of texts) {
      const frame = textFrame(text);
      for (const socket of raw) socket.write(frame);
    }
  }
  return { at, cpu };
});
