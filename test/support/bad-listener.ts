// Listeners that let a caller down, each in its own way: what the dialplan must get over when the daemon is not well.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';

export interface BadListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Takes connections and does with each of them what `meet` says. Without it: nothing, for ever. */
export async function listener(meet: (socket: Socket) => void = () => undefined): Promise<BadListener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    meet(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A port where nobody listens any more. */
export async function nobody(): Promise<BadListener> {
  const gone = await listener();
  await gone.close();
  return { port: gone.port, close: () => Promise.resolve() };
}

/** Reads a request and closes without a word, as a process that is killed in the middle of it. */
export function cutsOff(): Promise<BadListener> {
  return listener((socket) => socket.once('data', () => socket.destroy()));
}

/** Never comes to an end: goes on with harmless AGI commands or header lines, ten in a second. */
export function goesOn(): Promise<BadListener> {
  return listener((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('NOOP: x\n'), 100);
    socket.once('close', () => clearInterval(timer));
  });
}

const frozenProgram = `require('node:net').createServer(() => {}).listen({ port: 0, host: '127.0.0.1',
  backlog: Number(process.argv[1]) }, function () { console.log(this.address().port); })`;

/** A process that listens and is stopped. With `full` its backlog is full too, so that it does not even take connections. */
export async function frozen({ full = false } = {}): Promise<BadListener> {
  const child = spawn(process.execPath, ['-e', frozenProgram, full ? '1' : '511'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((done) => child.stdout.once('data', (text: Buffer) => done(Number(text))));
  child.kill('SIGSTOP');
  const waiting = full ? await fill(port) : [];
  return {
    port,
    close: async () => {
      for (const socket of waiting) socket.destroy();
      await ended(child);
    },
  };
}

/** Connects until a connection is not taken: the kernel takes as many as the backlog holds at once. */
async function fill(port: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    sockets.push(socket);
    const taken = new Promise<boolean>((done) => socket.once('connect', () => done(true)));
    const patience = new Promise<boolean>((done) => setTimeout(() => done(false), 200));
    if (!(await Promise.race([taken, patience]))) return sockets;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('close', () => done());
    child.kill('SIGKILL');
  });
}
