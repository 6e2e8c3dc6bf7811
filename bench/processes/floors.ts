// The floors: what a server must at least do to tell many clients something, with `ws` alone. `bare` sends a string to each
// client; `frames` builds the WebSocket frame once and writes the same bytes to each socket.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../src/protocol/frame.ts';
import { aboutThisProcess, answering, clockMicros, cpuMicros, type Question } from '../support/child.ts';

const server = createServer();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const clients = new Set<WebSocket>();
const raw = new Set<Socket>();
server.on('upgrade', (request, stream, head) => {
  const socket = stream as Socket;
  socket.setNoDelay(true);
  sockets.handleUpgrade(request, socket, head, (client) => {
    clients.add(client);
    raw.add(socket);
    client.on('message', () => client.send('{"ready":true}'));
    client.on('close', () => {
      clients.delete(client);
      raw.delete(socket);
    });
    client.on('error', () => client.terminate());
  });
});
await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, resolve));

function tell(question: Question, send: (text: string) => void): object {
  const cpu = cpuMicros();
  const at = clockMicros();
  for (let i = 0; i < Number(question['count']); i++) send(String(question['text']));
  return { at, cpu };
}

answering({
  ...aboutThisProcess,
  port: () => ({ port: (server.address() as AddressInfo).port }),
  bare: (question) =>
    tell(question, (text) => {
      for (const client of clients) client.send(text);
    }),
  frames: (question) =>
    tell(question, (text) => {
      const frame = textFrame(text);
      for (const socket of raw) socket.write(frame);
    }),
});
