// How the lookup listener answers: a name on one line with 200, or a status with an empty body, because PBXs take every body for
// a name. Knows not what is asked.
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { LookupAnswer } from './lookup-desk.ts';

/** Name after value after name: what node writes fastest. `Rollcall-Outcome` is for eyes: why the name is what it is. */
function headersOf({ name, outcome }: LookupAnswer): string[] {
  return [
    ...['Content-Type', 'text/plain; charset=utf-8'],
    ...['Content-Length', String(Buffer.byteLength(name))],
    ...['Cache-Control', 'no-store'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['Rollcall-Outcome', outcome],
  ];
}

export function answer(response: ServerResponse, given: LookupAnswer): void {
  response.writeHead(200, headersOf(given));
  response.end(given.name);
}

export function refuse(response: ServerResponse, status: number, ...headers: string[]): void {
  response.writeHead(status, ['Content-Length', '0', ...headers]);
  response.end();
}

/** The same where node has made no response of it. */
export function answerSocket(socket: Socket, given: LookupAnswer): void {
  endWith(socket, 200, headersOf(given), given.name);
}

export function refuseSocket(socket: Socket, status: number): void {
  endWith(socket, status, ['Content-Length', '0'], '');
}

/** How long a peer may take to read its answer and go. */
const LEAVE_WITHIN_MS = 1_000;

function endWith(socket: Socket, status: number, headers: readonly string[], body: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = [...headers, 'Connection', 'close'].map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`));
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LEAVE_WITHIN_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
