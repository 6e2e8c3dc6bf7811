// A pooler in transaction mode before a PostgreSQL: many clients on one connection, which each has until its transaction ends. It lets everybody in.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

const NO_TLS = 'N';
const LET_IN = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const STARTUP_BYTES = 4;

export interface PaperPooler {
  readonly port: number;
  close(): Promise<void>;
}

/** `path`: the socket of a server that asks for no password. */
export async function openPaperPooler(path: string, user: string, database: string): Promise<PaperPooler> {
  const server = connect({ path });
  const said: Buffer[] = [];
  const waiting: { readonly client: Socket; readonly message: Buffer }[] = [];
  const clients = new Set<Socket>();
  let owner: Socket | undefined;
  let isUp = (): void => undefined;
  const up = new Promise<void>((resolve) => {
    isUp = resolve;
  });

  /** What the owner of the connection says goes through; without one the first that waits becomes it. */
  const pass = (): void => {
    for (let i = 0; i < waiting.length; ) {
      const { client, message } = waiting[i] as (typeof waiting)[0];
      owner ??= client;
      if (owner === client) {
        waiting.splice(i, 1);
        server.write(message);
      } else i += 1;
    }
  };
  server.write(startup(user, database));
  server.on(
    'data',
    inMessages((message) => {
      const type = String.fromCharCode(message[0] ?? 0);
      const isIdle = type === 'Z' && message[5] === 'I'.charCodeAt(0);
      if (owner) owner.write(message);
      else if ('SZ'.includes(type)) said.push(message);
      if (!isIdle) return;
      owner = undefined;
      isUp();
      pass();
    }),
  );
  await up;
  const greeting = Buffer.concat([LET_IN, ...said]);
  const listener = createServer((client) => {
    clients.add(client);
    client.on('error', () => client.destroy());
    const take = inMessages((message) => {
      if (message[0] === 'X'.charCodeAt(0)) return client.destroy();
      waiting.push({ client, message });
      pass();
    });
    let isIn = false;
    client.on('data', (bytes) => {
      if (isIn) return take(bytes);
      if (bytes.length === STARTUP_BYTES + 4) return client.write(NO_TLS);
      isIn = true;
      client.write(greeting);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    close: async () => {
      for (const socket of [...clients, server]) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function startup(user: string, database: string): Buffer {
  const words = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(2 * STARTUP_BYTES);
  head.writeInt32BE(head.length + words.length, 0);
  head.writeInt32BE(3 << 16, STARTUP_BYTES);
  return Buffer.concat([head, words]);
}

/** Takes bytes as they come and gives whole messages: a letter, a length, and the rest. */
function inMessages(hear: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1;
      hear(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
