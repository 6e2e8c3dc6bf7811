// HTTP answers written straight to a network socket: for upgrades that are refused and bytes that are no HTTP.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { SECURITY_HEADERS } from './headers.ts';

/** How long a refused peer may take to read its answer and go. */
const LEAVE_WITHIN_MS = 1_000;

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The error object of an HTTP answer, for what has no code of its own on the wire. */
export function httpError(status: number, reason: string, message: string): object {
  return { error: { code: status, message, data: { reason } } };
}

/** Answers, and drops the connection at the latest a second later. The socket needs a listener for errors already. */
export function refuse(socket: Socket, refusal: Refusal): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(httpError(refusal.status, refusal.reason, refusal.message));
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    ...refusal.headers,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LEAVE_WITHIN_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
