// Answers to bytes that are no HTTP request, or too slow or too big a one. Nothing of what came is repeated.
import type { Socket } from 'node:net';
import { type Refusal, refuse } from './refusal.ts';

const BAD_REQUEST: Refusal = { status: 400, reason: 'bad_request', message: 'this is no HTTP request' };

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'headers_too_large', message: 'the headers are too long' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'too_large', message: 'the chunk extensions are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'timeout', message: 'the request took too long' },
};

/** For the event `clientError`: answers what the parser found, and drops a connection that broke or spoke no TLS. */
export function answerGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  const code = error.code ?? '';
  if (code.startsWith('HPE_') || code.startsWith('ERR_HTTP_')) refuse(socket, REFUSALS[code] ?? BAD_REQUEST);
  else socket.destroy();
}
