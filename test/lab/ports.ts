// Free ports for a lab, outside the range from which the system serves outgoing connections, so that a port stays free
// while its Asterisk is down.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const first = 20_000;
const last = 29_999;

/** Different ports of 127.0.0.1 on which neither TCP nor UDP is bound at the moment of asking. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries > 200) throw new Error('no free ports found between 20000 and 29999');
    const port = randomInt(first, last + 1);
    if (!found.includes(port) && (await isFreeForTcp(port)) && (await isFreeForUdp(port))) found.push(port);
  }
  return found;
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket('udp4');
    socket.once('error', () => done(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => done(true)));
  });
}
