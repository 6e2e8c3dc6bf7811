// The built program as a process of its own: exit codes, signals, pipes, and two of them on one folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

// Every test starts several processes, each of which may take seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const CLI = join(import.meta.dirname, '../../dist/cli.js');

let folder: string;
const running: Program[] = [];
const servers: Server[] = [];

beforeAll(() => {
  if (!existsSync(CLI)) throw new Error('the program is not built: npm run build');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-program-'));
  settings('');
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.kill();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the settings file: a free port, and a PBX that is never there. */
function settings(more: string, listen = 'listen: { port: 0 }'): void {
  writeFileSync(
    join(folder, 'rollcall.yaml'),
    `data: ${join(folder, 'data')}\n${listen}\npbx: { ami: { port: 1 } }\n${more}`,
  );
}

class Program {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  #wake: () => void = () => undefined;

  constructor(argv: readonly string[], stdin?: string) {
    this.child = spawn(process.execPath, [CLI, ...argv, '--config', join(folder, 'rollcall.yaml')], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] },
    });
    running.push(this);
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#wake();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.child.stdin?.on('error', () => undefined); // it may end without reading
    this.child.stdin?.end(stdin ?? '');
    this.ended = new Promise((resolve) =>
      this.child.on('close', (code) => {
        resolve(code);
        this.#wake();
      }),
    );
  }

  /** Resolves when stdout holds the text; rejects when the program ends before. */
  async wrote(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

async function run(
  argv: readonly string[],
  stdin?: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new Program(argv, stdin);
  const code = await program.ended;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

async function startDaemon(): Promise<Program> {
  const daemon = new Program(['run']);
  await daemon.wrote('"listening"');
  return daemon;
}

describe('the daemon as a process', () => {
  it('runs, serves commands over its socket, refuses a second one, reloads and ends cleanly', async () => {
    await run(['user', 'set', '1000', '--admin', '--password-stdin'], 'correct horse\n');
    const daemon = await startDaemon();
    const list = await run(['user', 'list']);
    const mode = lstatSync(join(folder, 'data', 'rollcall.sock')).mode & 0o777;
    const second = await run(['run']);
    daemon.child.kill('SIGHUP');
    await daemon.wrote('settings.reloaded');
    daemon.child.kill('SIGTERM');
    expect({
      list,
      mode,
      second: { code: second.code, stderr: second.stderr },
      code: await daemon.ended,
      stderr: daemon.stderr,
    }).toEqual({
      list: { code: 0, stdout: 'EXTENSION  LOG-IN  ROLE\n1000       yes     admin\n', stderr: '' },
      mode: 0o600,
      second: {
        code: 1,
        stderr: `rollcall: The data folder ${folder}/data is in use by process ${daemon.child.pid}. Stop that one, or give this one a folder of its own.\n`,
      },
      code: 0,
      stderr: '',
    });
    expect(readdirSync(join(folder, 'data'))).not.toContain('rollcall.sock');
  });

  it('takes over from one that was killed', async () => {
    const first = await startDaemon();
    await first.kill();
    const alone = await run(['user', 'list', '--json']);
    const next = await startDaemon();
    const served = await run(['presence']);
    next.child.kill('SIGINT');
    expect({ alone: alone.stdout, served: served.stderr, code: await next.ended }).toEqual({
      alone: '[]\n',
      served: expect.stringMatching(/^the PBX is not connected since .*: these are the last known values\n$/),
      code: 0,
    });
  });
});

describe('a command as a process', () => {
  it('follows the board until Ctrl-C and ends well', async () => {
    await startDaemon();
    const watch = new Program(['presence', '--watch']);
    await watch.wrote('"pbx"');
    watch.child.kill('SIGINT');
    expect([await watch.ended, watch.stderr]).toEqual([0, '']);
  });

  it('follows the board until the daemon ends, however it does, and says so', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const daemon = await startDaemon();
      const watch = new Program(['presence', '--watch']);
      await watch.wrote('"pbx"');
      daemon.child.kill(signal);
      expect([await watch.ended, watch.stderr]).toEqual([
        1,
        'rollcall: the daemon ended, or took this command for too slow\n',
      ]);
      await daemon.ended;
    }
  });

  it('fails when nobody takes the backup it writes to stdout', async () => {
    const daemon = await startDaemon();
    for (const live of [true, false]) {
      if (!live) await daemon.kill();
      const program = new Program(['backup', '-']);
      program.child.stdout?.destroy();
      expect([await program.ended, program.stderr]).toEqual([
        1,
        'rollcall: the reader of stdout has gone: the backup is not whole\n',
      ]);
    }
  });

  it('is quiet when nobody reads what it prints', async () => {
    const program = new Program(['user', 'list', '--json']);
    program.child.stdout?.destroy();
    expect([await program.ended, program.stderr]).toEqual([0, '']);
  });

  it('says its version', async () => {
    const program = new Program(['--version']);
    expect([await program.ended, program.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

describe('a start that cannot be', () => {
  const inOneLine = (line: string | RegExp) => expect.stringMatching(line);

  it('ends with 3 for an unknown key, from run and from check', async () => {
    settings('lisen: { port: 1 }\n');
    const [start, check] = [await run(['run']), await run(['check'])];
    const line = `${folder}/rollcall.yaml:4:1 lisen: unknown key; did you mean listen?`;
    expect({ start, check: { code: check.code, last: check.stdout.trimEnd().split('\n').at(-1) } }).toEqual({
      start: { code: 3, stdout: '', stderr: `rollcall: ${line}\n` },
      check: { code: 3, last: `FAIL  settings: ${line}` },
    });
  });

  it('ends with 1 for a port in use, from run and from check', async () => {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    settings('', `listen: { port: ${port} }`);
    const [start, check] = [await run(['run']), await run(['check'])];
    expect({ code: start.code, stderr: start.stderr, check: check.code }).toEqual({
      code: 1,
      stderr: inOneLine(new RegExp(`^rollcall: [^\\n]*${port}[^\\n]*\\n$`)),
      check: 1,
    });
    expect(check.stdout).toContain(`FAIL  listen: 127.0.0.1:${port}: in use by another program`);
  });

  it('ends with 1 for a data folder that cannot be made, from run and from check', async () => {
    writeFileSync(join(folder, 'data'), 'a file');
    const [start, check] = [await run(['run']), await run(['check'])];
    expect({ code: start.code, stderr: start.stderr, check: check.code }).toEqual({
      code: 1,
      stderr: inOneLine(/^rollcall: The data folder [^\n]*\n$/),
      check: 1,
    });
    expect(check.stdout).toContain(`FAIL  data folder: ${folder}/data is not a folder`);
  });

  it('ends with 1 for damaged data, from run and from check', async () => {
    await run(['user', 'set', '1000', '--admin', '--password-stdin'], 'correct horse\n');
    writeFileSync(join(folder, 'data', 'snapshot'), 'nonsense\n'.repeat(100));
    const [start, check] = [await run(['run']), await run(['check'])];
    expect({ code: start.code, stderr: start.stderr, check: check.code }).toEqual({
      code: 1,
      stderr: inOneLine(/^rollcall: The data is damaged: [^\n]*\n$/),
      check: 1,
    });
    expect(check.stdout).toMatch(/^FAIL {2}store: The data is damaged: /m);
  });
});
