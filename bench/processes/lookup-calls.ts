// Calls that ask an HTTP server for a name, as Asterisk's CURL does. Tells how long each took.
import { connect, type Socket } from 'node:net';
import { answering } from '../support/child.ts';

const REQUEST =
  'GET /lookup?number=%2B442079460000&name=LONDON%20GB&callee=1001&outside=1 HTTP/1.1\r\n' +
  'Host: 127.0.0.1:8089\r\nUser-Agent: asterisk-libcurl-agent/1.0\r\nAccept: */*\r\n\r\n';
const NAME = 'Ada Lovelace';

const opened = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', reject);
  });

/** Asks and waits for the name. */
function ask(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.endsWith(NAME)) done(resolve);
    };
    const ended = () => done(() => reject(new Error(`the connection ended: ${text}`)));
    const done = (then: () => void) => {
      socket.off('data', read);
      socket.off('close', ended);
      then();
    };
    socket.on('data', read);
    socket.on('close', ended);
    socket.write(REQUEST);
  });
}

/** Milliseconds, the connection included. */
async function call(port: number): Promise<number> {
  const begun = performance.now();
  const socket = await opened(port);
  await ask(socket);
  const time = performance.now() - begun;
  socket.destroy();
  return time;
}

answering({
  kept: async ({ port, requests }) => {
    const socket = await opened(Number(port));
    const times: number[] = [];
    for (let i = 0; i < Number(requests); i++) {
      const begun = performance.now();
      await ask(socket);
      times.push(performance.now() - begun);
    }
    socket.destroy();
    return times;
  },
  fresh: async ({ port, requests, atOnce }) => {
    const times: number[] = [];
    while (times.length < Number(requests)) {
      times.push(...(await Promise.all(Array.from({ length: Number(atOnce) }, () => call(Number(port))))));
    }
    return times;
  },
});
