// How long the body of a request may take to come, where the server's own deadline is longer for the sake of uploads. Knows no
// route.
import type { IncomingMessage, Server } from 'node:http';
import { answerDeadline } from './answer-deadline.ts';

/** Bounds the bodies of all requests but those that `mayTakeLonger`. What is late is answered as the server answers its own deadline. */
export function boundBodies(server: Server, ms: number, mayTakeLonger: (request: IncomingMessage) => boolean): void {
  const deadline = answerDeadline(ms);
  server.prependListener('request', (request: IncomingMessage) => {
    if (!hasBody(request) || mayTakeLonger(request)) return;
    const came = deadline.begin(() => {
      if (request.complete || request.socket.destroyed) return;
      const late = Object.assign(new Error('the body took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      server.emit('clientError', late, request.socket);
    });
    request.once('close', came);
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
