// The floor of the AMI intake: reads a socket and turns each message into an object of its headers, and does no more.
import { connect } from 'node:net';
import { aboutThisProcess, answering } from '../support/child.ts';
import { untilCount } from '../support/count.ts';
import type { OursOptions } from '../support/side.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as OursOptions;
let events = 0;
let rest = '';
const seen: Record<string, string>[] = [];

const socket = connect(options.ami?.port ?? 0, '127.0.0.1');
socket.setEncoding('utf8');
socket.on('data', (text: string) => {
  const messages = (rest + text).split('\r\n\r\n');
  rest = messages.pop() ?? '';
  for (const message of messages) {
    const headers: Record<string, string> = {};
    for (const line of message.split('\r\n')) {
      const colon = line.indexOf(': ');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 2);
    }
    seen[0] = headers; // kept for a moment, so that it is really made
    events += 1;
  }
});
await new Promise((resolve) => socket.once('connect', resolve));

answering({
  ...aboutThisProcess,
  events: () => events,
  untilEvents: untilCount(() => events),
});
