import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askAgi, askHttp, type ListenerAnswer } from '../../src/cli/check/ask-listener.ts';
import { checkLookup, type LookupSettings } from '../../src/cli/check/lookup.ts';
import { openAgiServer } from '../../src/server/agi-server.ts';
import type { DaemonStatus } from '../../src/server/control-methods.ts';
import type { Address } from '../../src/server/lasting-listener.ts';
import { Secret } from '../../src/settings/secret.ts';
import { openLookupEdge } from '../support/lookup-edge.ts';

const TOKEN = 'a-token-of-the-pbx';
const FREE = { host: '127.0.0.1', port: 0 };

/** A listener that does with its peers what a test wants. */
async function listen(meet: (socket: Socket) => void): Promise<Address> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => {
      socket.destroy();
    });
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { host: '127.0.0.1', port: (server.address() as { port: number }).port };
}

/** A port where nobody listens. */
async function nobody(): Promise<Address> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { host: '127.0.0.1', port };
}

/** A FastAGI server that sets these variables, one after the other, for who shows the token. */
const agi = (variables: readonly string[], token = '') =>
  listen((socket) => {
    const left = [...variables];
    const next = () => {
      const variable = left.shift();
      if (variable === undefined) socket.end();
      else socket.write(`SET VARIABLE ${variable} ""\n`);
    };
    let request = '';
    let met = false;
    socket.on('data', (chunk) => {
      if (met) {
        if (String(chunk) === '200 result=1\n') next();
        else socket.destroy();
        return;
      }
      request += chunk;
      if (!request.endsWith('\n\n')) return;
      met = true;
      const script = token === '' ? 'lookup' : `lookup?token=${token}`;
      if (request.includes(`\nagi_network_script: ${script}\n`)) next();
      else socket.end();
    });
  });

const silent = () => listen(() => undefined);
const saying = (text: string) => listen((socket) => socket.end(text));
const LOOKUP = ['ROLLCALL_NAME', 'ROLLCALL_COMPANY', 'ROLLCALL_BOOK'];

describe('a question over HTTP', () => {
  const ask = (address: Address, token = ''): Promise<ListenerAnswer> => askHttp({ address, token, withinMs: 200 });

  it('is answered by the lookup listener, with its token or without', async () => {
    expect(await ask((await openLookupEdge()).address)).toEqual({ kind: 'answers' });
    const edge = await openLookupEdge({ token: TOKEN });
    expect([await ask(edge.address, TOKEN), await ask(edge.address, 'another-token-as-it-was')]).toEqual([
      { kind: 'answers' },
      { kind: 'refuses' },
    ]);
    expect(edge.questions).toEqual([]);
  });

  it('reaches a listener on all addresses', async () => {
    const { address } = await openLookupEdge({ host: '0.0.0.0' });
    expect(await ask(address)).toEqual({ kind: 'answers' });
    const six = await openLookupEdge({ host: '::' });
    expect(await ask(six.address)).toEqual({ kind: 'answers' });
  });

  it.each([
    ['another web server', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['one that says no', 'HTTP/1.1 404 Not Found\r\nRollcall-Outcome: none\r\n\r\n'],
    ['something that is no web server', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['one that closes without a word', ''],
    ['one without an end', 'x'.repeat(100_000)],
  ])('tells %s', async (_title, text) => {
    expect(await ask(await saying(text))).toEqual({ kind: 'foreign' });
  });

  it('tells a silent port and a closed one', async () => {
    expect(await ask(await silent())).toEqual({ kind: 'silent' });
    expect(await ask(await nobody())).toEqual({ kind: 'away', code: 'ECONNREFUSED' });
  });
});

describe('a question over FastAGI', () => {
  const ask = (address: Address, token = ''): Promise<ListenerAnswer> => askAgi({ address, token, withinMs: 200 });

  it('is answered by variables that are set, one after the other', async () => {
    expect(await ask(await agi(LOOKUP))).toEqual({ kind: 'answers' });
    expect(await ask(await agi(LOOKUP, TOKEN), TOKEN)).toEqual({ kind: 'answers' });
  });

  it('is refused by a close without a word, as without the right token', async () => {
    expect(await ask(await agi(LOOKUP, TOKEN), 'another-token-as-it-was')).toEqual({ kind: 'refuses' });
    expect(await ask(await agi(LOOKUP, TOKEN))).toEqual({ kind: 'refuses' });
  });

  it.each([
    ['another AGI server', 'VERBOSE "hello" 1\n'],
    ['one that sets what is not ours', 'SET VARIABLE CMCID "x"\n'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['one without an end', 'x'.repeat(100_000)],
  ])('tells %s', async (_title, text) => {
    expect(await ask(await saying(text))).toEqual({ kind: 'foreign' });
  });

  it('tells a silent port, a closed one, and a server that stops in the middle', async () => {
    expect(await ask(await silent())).toEqual({ kind: 'silent' });
    expect(await ask(await nobody())).toEqual({ kind: 'away', code: 'ECONNREFUSED' });
    const stops = await listen((socket) => socket.write('SET VARIABLE ROLLCALL_NAME ""\n'));
    expect(await ask(stops)).toEqual({ kind: 'silent' });
  });
});

describe('the lines of rollcall check', () => {
  const settings = (
    more: Partial<Omit<LookupSettings, 'token'>> & { readonly token?: string } = {},
  ): LookupSettings => ({
    http: FREE,
    agi: FREE,
    ...more,
    token: new Secret(more.token ?? ''),
  });
  const lines = async (given: LookupSettings, lookup?: DaemonStatus['lookup'] | 'older') => {
    const daemon = lookup === undefined ? undefined : lookup === 'older' ? {} : { lookup };
    const findings = await checkLookup(given, daemon, 200);
    return findings.map(({ level, topic, text }) => `${level} ${topic}: ${text}`);
  };

  it('say that both listeners of a daemon answer', async () => {
    const [http, one] = [(await openLookupEdge({ token: TOKEN })).address, await agi(LOOKUP, TOKEN)];
    expect(await lines(settings({ http, agi: one, token: TOKEN }), { http, agi: one })).toEqual([
      `ok lookup over HTTP: 127.0.0.1:${http.port} answers`,
      `ok lookup over FastAGI: 127.0.0.1:${one.port} answers`,
    ]);
  });

  it('say what is wrong with those that do not', async () => {
    const [http, one] = [(await openLookupEdge({ token: TOKEN })).address, await agi(LOOKUP, TOKEN)];
    expect(await lines(settings({ token: 'another-token-since' }), { http, agi: one })).toEqual([
      `FAIL lookup over HTTP: 127.0.0.1:${http.port} does not take lookup.token as these settings have it: restart the daemon to take it over`,
      `FAIL lookup over FastAGI: 127.0.0.1:${one.port} does not take lookup.token as these settings have it: restart the daemon to take it over`,
    ]);
    const [mute, gone] = [await silent(), await nobody()];
    expect(await lines(settings(), { http: mute, agi: gone })).toEqual([
      `FAIL lookup over HTTP: 127.0.0.1:${mute.port} does not answer within 0.2 s, so calls have no names: look at the daemon's log and restart it`,
      `FAIL lookup over FastAGI: 127.0.0.1:${gone.port} is not reached (ECONNREFUSED): look at the firewall of this machine`,
    ]);
    const foreign = await saying('hello\n');
    expect((await lines(settings(), { http: foreign, agi: foreign })).map((line) => line.slice(0, 20))).toEqual([
      'FAIL lookup over HTT',
      'FAIL lookup over Fas',
    ]);
  });

  it('say why a daemon does not listen, and how to mend it', async () => {
    const taken = await silent();
    const free = await nobody();
    expect(await lines(settings({ http: taken, agi: taken }), {})).toEqual([
      `FAIL lookup over HTTP: not listening: 127.0.0.1:${taken.port}: in use by another program: stop that one, or set lookup.http.port to another port, and ROLLCALL_HTTP in the dialplan to the same`,
      `FAIL lookup over FastAGI: not listening: 127.0.0.1:${taken.port}: in use by another program: stop that one, or set lookup.agi.port to another port, and ROLLCALL_AGI in the dialplan to the same`,
    ]);
    expect(await lines(settings({ http: free }), {})).toEqual([
      'warn lookup over HTTP: not listening yet: the daemon tries again within 5 s, so look again then',
      'warn lookup over FastAGI: not listening yet: the daemon tries again within 5 s, so look again then',
    ]);
  });

  it('say that a daemon listens elsewhere, or is older', async () => {
    const http = (await openLookupEdge()).address;
    const [first] = await lines(settings({ http: { host: '127.0.0.1', port: 1 } }), { http });
    expect(first).toBe(
      `warn lookup over HTTP: the daemon listens on 127.0.0.1:${http.port}, not on 127.0.0.1:1: restart it to take over the settings`,
    );
    expect(await lines(settings(), 'older')).toEqual([
      'warn lookup over HTTP: the daemon is older than this command: restart it',
      'warn lookup over FastAGI: the daemon is older than this command: restart it',
    ]);
  });

  it('say without a daemon whether the ports are free', async () => {
    const [taken, free] = [await silent(), await nobody()];
    expect(await lines(settings({ http: taken, agi: free }))).toEqual([
      `FAIL lookup over HTTP: 127.0.0.1:${taken.port}: in use by another program: stop that one, or set lookup.http.port to another port, and ROLLCALL_HTTP in the dialplan to the same`,
      `ok lookup over FastAGI: 127.0.0.1:${free.port} is free`,
    ]);
    expect(await lines(settings({ http: { host: '192.0.2.1', port: 8089 }, token: TOKEN }))).toEqual([
      'FAIL lookup over HTTP: 192.0.2.1:8089: this machine does not have that address: set lookup.http.host to one of its own',
      'ok lookup over FastAGI: any free port of 127.0.0.1',
    ]);
  });

  it('warn of listeners that others reach without a token', async () => {
    const all = { host: '0.0.0.0', port: 0 };
    expect(await lines(settings({ http: all }))).toEqual([
      'ok lookup over HTTP: any free port of 0.0.0.0',
      'warn lookup over HTTP: whoever reaches 0.0.0.0:0 may ask what the dialplan may, and over FastAGI set statuses: set lookup.token, and ROLLCALL_TOKEN in the dialplan, or listen on 127.0.0.1',
      'ok lookup over FastAGI: any free port of 127.0.0.1',
    ]);
    expect((await lines(settings({ http: all, agi: all, token: TOKEN }))).length).toBe(2);
  });
});

it('the FastAGI server of the daemon answers a question that names nobody', async () => {
  const names = async () => undefined;
  const listener = await openAgiServer({
    listen: FREE,
    token: TOKEN,
    dialplan: { caller: names, presence: () => undefined, setStatus: async () => 'failed', letsThrough: names },
    report: () => undefined,
    metrics: { lookup: () => undefined },
  });
  onTestFinished(() => listener.close());
  const ask = (token: string) => askAgi({ address: listener.address, token, withinMs: 2_000 });
  expect([await ask(TOKEN), await ask('another-token-since'), await ask('')]).toEqual([
    { kind: 'answers' },
    { kind: 'refuses' },
    { kind: 'refuses' },
  ]);
});
