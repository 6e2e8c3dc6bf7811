// The client as a program gets it: built, found by its name, with types that compile for whoever uses it, without anything from
// outside its folder.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { PASSWORD } from './house.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '..', '..');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');

/** A program of somebody else, with the package in its node_modules. */
let program: string;
let built: string;

beforeAll(async () => {
  program = await realpath(await mkdtemp(join(tmpdir(), 'rollcall-consumer-')));
  const home = join(program, 'node_modules', 'rollcall');
  built = join(home, 'dist', 'client');
  await mkdir(home, { recursive: true });
  await run(process.execPath, [TSC, '-p', join(ROOT, 'client'), '--outDir', built]);
  await cp(join(ROOT, 'package.json'), join(home, 'package.json'));
  await symlink(join(ROOT, 'node_modules', 'ws'), join(program, 'node_modules', 'ws'));
  await writeFile(join(program, 'package.json'), '{"name":"consumer","type":"module"}');
});
afterAll(() => rm(program, { recursive: true, force: true }));

const CONSUMER = `
import { type Client, type Contact, createClient, displayName, isRequestFailure, type MirrorChange } from 'rollcall/client';

export function watch(url: string, token: string): Client {
  const client = createClient({ url, auth: { token }, client: { platform: 'web', version: '1.0' }, collections: ['contacts', 'presence'] });
  const stop = client.mirror('presence').subscribe((change) => change.put.map(({ indicator, until }) => [indicator, until?.slice(0, 10)]));
  client.contacts.subscribe((book: string, change: MirrorChange<Contact> | undefined) => change?.put.map(displayName).concat(book));
  client.start().catch((error: unknown) => isRequestFailure(error) && error.issues.map(({ path }) => path));
  client.subscribe(() => client.state.kind === 'waiting' && client.state.retryAt.toFixed());
  void client.request('contacts.update', { id: 'x', patch: { title: null } }).then(({ contact }) => contact.rev.toFixed());
  stop();
  return client;
}
`;

/** Compiles the consumer; what the compiler says. */
async function compile(text: string, options: Record<string, unknown>): Promise<string> {
  const strict = { strict: true, noEmit: true, target: 'ES2022', exactOptionalPropertyTypes: true };
  const compilerOptions = { ...strict, skipLibCheck: false, types: [], ...options };
  await writeFile(join(program, 'consumer.ts'), text);
  await writeFile(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
  try {
    await run(process.execPath, [TSC, '-p', program]);
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('the package', () => {
  const ways: [string, Record<string, unknown>][] = [
    ['in Node, without any types but its own', { module: 'NodeNext', lib: ['ES2022'] }],
    [
      'in a bundler, beside the types of the DOM',
      { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2022', 'DOM'] },
    ],
  ];
  test.each(ways)('compiles %s', async (_, options) => {
    expect(await compile(CONSUMER, options)).toBe('');
  });

  test.each(ways)('keeps its types %s', async (_, options) => {
    const wrong = CONSUMER.replace("'presence').sub", "'presences').sub");
    expect(await compile(wrong, options)).toContain('\'"presences"\' is not assignable');
    expect(await compile(CONSUMER.replace('title: null', 'title: 7'), options)).toContain("'number' is not assignable");
    expect(await compile(CONSUMER.replace('rev.toFixed', 'rev.slice'), options)).toContain("'slice' does not exist");
  });

  test('takes the WebSocket of a browser', async () => {
    const text = `import type { SocketConstructor } from 'rollcall/client';\nexport const own: SocketConstructor = WebSocket;\n`;
    expect(await compile(text, { module: 'ESNext', moduleResolution: 'Bundler', lib: ['ES2022', 'DOM'] })).toBe('');
  });

  test('imports nothing but files beside it that are there', async () => {
    const files = await readdir(built);
    const code = files.filter((name) => name.endsWith('.js'));
    const imports = await Promise.all(
      code.map(async (name) => {
        const text = await readFile(join(built, name), 'utf8');
        return [...text.matchAll(/(?:from|import) ['"]([^'"]+)['"]/g)].map(([, path = '']) => path);
      }),
    );
    const missing = imports.flat().filter((path) => !files.includes(path.replace(/^\.\//, '')));
    expect([code.length > 10, imports.flat().length > 10, missing]).toEqual([true, true, []]);
  });
});

describe('the README', () => {
  const readme = () => readFile(join(ROOT, 'client', 'README.md'), 'utf8');
  let daemon: Daemon;
  beforeAll(async () => {
    daemon = await prepareDaemon();
    await daemon.user('1001', PASSWORD);
    await daemon.start();
  });
  afterAll(() => daemon.dispose());

  test('has an example of some twenty lines that works as it stands, and ends', async () => {
    const example = /```js\n([\s\S]*?)```/.exec(await readme())?.[1] ?? '';
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(25);
    await writeFile(join(program, 'example.js'), example);
    const url = `${daemon.url.replace('http', 'ws')}/ws`;
    for (const [password, code, shown] of [
      [PASSWORD, 0, "firstName: 'Ada'"],
      ['wrong', 1, ''],
    ] as const) {
      const child = spawn(process.execPath, ['example.js', url, '1001', password], { cwd: program });
      let out = '';
      child.stdout.on('data', (chunk) => {
        out += chunk;
      });
      const ended = await new Promise((done) => child.once('close', done));
      expect([ended, out.includes(shown), out.includes('personal: Ada')]).toEqual([code, true, code === 0]);
    }
  });

  test('says what the client weighs', async () => {
    const [, said = '', command = ''] = /weighs ([\d.]+) kB: `([^`]+)`/.exec(await readme()) ?? [];
    const { stdout } = await run('bash', ['-c', command], { cwd: ROOT });
    const weight = Number(stdout) / 1000;
    expect(Math.abs(weight - Number(said)), `it is ${weight} kB`).toBeLessThan(0.4);
  });
});
