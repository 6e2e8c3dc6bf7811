import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ControlClient, connectControl } from '../../src/cli/control-client.ts';
import { remoteOperations } from '../../src/cli/remote-operations.ts';
import { Failure } from '../../src/domain/failure.ts';
import { controlPath } from '../../src/server/control.ts';
import { OperatorError } from '../../src/service/operator-error.ts';

let folder: string;
let server: Server | undefined;
const open: (ControlClient | Socket)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-client-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) 'destroy' in one ? one.destroy() : one.close();
  const closing = server;
  server = undefined;
  if (closing) await new Promise((resolve) => closing.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Connects to something that answers each line with what `answer` makes of it. */
async function connect(
  answer: (line: string, socket: Socket) => void,
  answerWithinMs?: number,
): Promise<ControlClient> {
  server = createServer((socket) => {
    open.push(socket);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().trimEnd().split('\n')) answer(line, socket);
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(controlPath(folder), resolve));
  const client = await connectControl(folder, answerWithinMs);
  if (!client) throw new Error('not connected');
  open.push(client);
  return client;
}

const reply = (socket: Socket, message: object) => socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

describe('connecting', () => {
  it('gives null where no daemon listens', async () => {
    expect(await connectControl(folder)).toBeNull();
    expect(await connectControl(join(folder, 'none'))).toBeNull();
  });

  it('gives null where a dead daemon left its socket', async () => {
    // Only a process that dies leaves its socket: make one by hand over a listener that moved away.
    const path = controlPath(folder);
    const dead = createServer().listen(path);
    await new Promise((resolve) => dead.once('listening', resolve));
    const { linkSync } = await import('node:fs');
    linkSync(path, `${path}.kept`);
    await new Promise((resolve) => dead.close(resolve));
    linkSync(`${path}.kept`, path);
    expect(await connectControl(folder)).toBeNull();
  });

  it('is refused with one line where the path is too long', async () => {
    await expect(connectControl(join(folder, 'x'.repeat(120)))).rejects.toThrow(OperatorError);
  });
});

describe('a request', () => {
  it('gets its own answer, whatever the order', async () => {
    const lines: { id: number; method: string }[] = [];
    const client = await connect((line, socket) => {
      lines.push(JSON.parse(line));
      if (lines.length === 2) for (const { id, method } of lines.reverse()) reply(socket, { id, result: method });
    });
    expect(await Promise.all([client.request('a'), client.request('b')])).toEqual(['a', 'b']);
  });

  it('is rejected with the failure of the daemon', async () => {
    const client = await connect((_line, socket) =>
      reply(socket, {
        id: 1,
        error: { code: -32602, message: 'id: wrong', data: { issues: [{ path: 'id', message: 'wrong' }] } },
      }),
    );
    await expect(client.request('a')).rejects.toEqual(
      new Failure('params', 'id: wrong', { issues: [{ path: 'id', message: 'wrong' }] }),
    );
  });

  it('is rejected with an error that names no request', async () => {
    const client = await connect((_line, socket) =>
      reply(socket, { id: null, error: { code: 429, message: 'too many commands at once' } }),
    );
    await expect(client.request('a')).rejects.toEqual(new Failure('too_many', 'too many commands at once'));
  });

  it('is rejected when the daemon ends before it answers, and later ones too', async () => {
    const client = await connect((_line, socket) => socket.destroy());
    await expect(client.request('a')).rejects.toEqual(new OperatorError('the daemon ended before it answered'));
    await client.closed;
    await expect(client.request('a')).rejects.toEqual(new OperatorError('the daemon has ended'));
  });

  it('is rejected when nothing comes in time', async () => {
    const client = await connect(() => undefined, 20);
    await expect(client.request('a')).rejects.toEqual(new OperatorError('the daemon did not answer within 0.02 s'));
  });

  it.each(['nonsense\n', 'null\n', '5\n', '[]\n'])('is rejected when %j answers', async (text) => {
    const client = await connect((_line, socket) => socket.write(text));
    await expect(client.request('a')).rejects.toEqual(
      new OperatorError('what answers on the control socket is no rollcall daemon'),
    );
  });

  it('that the daemon does not know is explained', async () => {
    const client = await connect((_line, socket) =>
      reply(socket, { id: 1, error: { code: -32601, message: 'there is no method' } }),
    );
    await expect(remoteOperations(client).userList()).rejects.toThrow(
      'the running daemon is of another version than this command: restart it',
    );
  });
});

describe('a stream', () => {
  it('brings its items in order, the first ones in the same piece as the answer', async () => {
    const client = await connect((line, socket) => {
      const { id } = JSON.parse(line);
      const item = (n: number) => JSON.stringify({ jsonrpc: '2.0', method: 'stream.item', params: { id, item: n } });
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}\n${item(1)}\n${item(2)}\n`);
      socket.end();
    });
    const items: unknown[] = [];
    await client.stream('follow', {}, (item) => items.push(item));
    await client.closed;
    expect(items).toEqual([1, 2]);
  });
});
