// A request that offers to go on in another protocol than WebSocket is answered as if it had not: some HTTP clients offer
// HTTP/2 with each request, also with those that have a body.
import type { IncomingMessage, Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';

/** What made it an offer. */
const OFFER = new Set(['connection', 'upgrade', 'http2-settings']);

/** Has the server read the request once more, without its offer; the connection ends with the answer. `head`: what came behind its headers. */
export function declineUpgrade(server: Server, request: IncomingMessage, stream: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (!OFFER.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  lines.push('Connection: close', '', '');
  stream.unshift(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), head]));
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', stream);
}
