// The example of a terminal directory, run in a pseudo-terminal and with pipes, against a real daemon beside a real Asterisk.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { settingsFor } from '../e2e/house.ts';
import { withAsterisk } from '../lab/with-asterisk.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { create, PASSWORD, person, settled, withPeople } from './house.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const PROGRAM = ['--import', 'tsx', join(ROOT, 'client', 'examples', 'directory.ts')];
const OTHER_SCREEN = '\x1b[?1049h';
const OWN_SCREEN = '\x1b[?25h\x1b[?1049l';

const lab = withAsterisk({
  version: '22',
  extensions: [
    { number: '1001', name: 'Ann Ångström' },
    { number: '1002', name: 'Ben' },
    ...Array.from({ length: 40 }, (_, n) => ({ number: `20${String(n).padStart(2, '0')}`, name: `Person ${n}` })),
  ],
});
let daemon: Daemon;
const meet = withPeople(() => daemon);
const running: Shown[] = [];

beforeAll(async () => {
  daemon = await prepareDaemon({ settings: settingsFor(lab(), 'daemon') });
  await daemon.user('1000', PASSWORD, '--admin');
  await daemon.user('1001', PASSWORD);
  await daemon.user('1002', PASSWORD);
  await daemon.start();
});
afterAll(() => daemon.dispose());
afterEach(() => {
  for (const shown of running.splice(0)) shown.end();
});

/** The program, and what it shows. */
class Shown {
  out = '';
  readonly code: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { cwd: ROOT, env: { ...process.env, TERM: 'xterm' } });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    this.code = new Promise((done) => this.#child.once('close', done));
    running.push(this);
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  hangUp(): void {
    this.#child.stdin?.end();
  }

  /** The lines of the last whole screen. */
  get screen(): string[] {
    const last = this.out.split('\x1b[H').findLast((text) => text.includes('\x1b[J')) ?? '';
    const [lines = ''] = last.split('\x1b[J');
    return lines.split('\r\n').map((line) => line.replace('\x1b[K', '').trimEnd());
  }

  shows(text: string | RegExp): Promise<void> {
    const isShown = (line: string) => (typeof text === 'string' ? line.includes(text) : text.test(line));
    return settled(() => this.screen.some(isShown), `${text} on the screen:\n${this.out.slice(-3_000)}`, 30_000);
  }

  /** The processes of the program itself. */
  get children(): number[] {
    const { pid = 0 } = this.#child;
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .map(Number)
      .filter(Boolean);
  }

  end(): void {
    this.#child.kill('SIGKILL');
  }
}

function url(): string {
  return `${daemon.url.replace('http', 'ws')}/ws`;
}

/** In a pseudo-terminal of this size. */
function inTerminal(login: string, rows = 14, columns = 60): Shown {
  const command = [process.execPath, ...PROGRAM, url(), login].map((word) => `'${word}'`).join(' ');
  return new Shown('script', ['-qfec', `stty rows ${rows} cols ${columns}; exec ${command}`, '/dev/null']);
}

/** The same with the password given. */
async function loggedIn(login: string, rows?: number, columns?: number): Promise<Shown> {
  const shown = inTerminal(login, rows, columns);
  await settled(() => shown.out.includes('Password of'), 'the question', 30_000);
  shown.press(`${PASSWORD}\r`);
  return shown;
}

/** The terminal of the program in `shown`. */
function terminalOf({ children: [pid] }: Shown): string {
  const [name] = readdirSync(`/proc/${pid}/fd`).filter((fd) => fd === '0');
  return readlinkSync(`/proc/${pid}/fd/${name}`);
}

describe('the terminal directory', () => {
  test('asks for the password without showing it, lists colleagues, and leaves the terminal as it was', async () => {
    const shown = inTerminal('1001');
    await settled(() => shown.out.includes('Password of 1001: '), 'the question', 30_000);
    expect(execFileSync('stty', ['-F', terminalOf(shown), '-a'], { encoding: 'utf8' })).toContain(' -echo ');
    shown.press('wromg\x7f\x7f\x7f\x7f\x7f');
    shown.press(`${PASSWORD}\r`);
    await shown.shows(/^Ann Ångström \(1001\): Available · connected$/);
    await shown.shows(/^1002 {4}Ben {25}\S/);
    expect(shown.screen.length).toBe(14);
    expect([shown.screen[0], shown.screen[1], shown.screen.at(-1)]).toEqual([
      expect.stringMatching(/^Ann Ångström \(1001\): Available · connected$/),
      '─'.repeat(60),
      '/ search   s status   ↑↓ scroll   q quit',
    ]);
    shown.press('q');
    expect(await shown.code).toBe(0);
    expect(shown.out.split(OTHER_SCREEN).length).toBe(2);
    expect(shown.out.endsWith(OWN_SCREEN)).toBe(true);
    expect(shown.out).not.toContain(PASSWORD);
  });

  test('follows what colleagues do, and sets the own status', async () => {
    const ben = await meet('1002');
    await ben.client.start();
    const shown = await loggedIn('1001', 14, 80);
    await shown.shows(/^1002 .*Available$/);
    await ben.client.request('presence.set', { status: 'lunch', note: 'back at\u202e two' });
    await shown.shows(/^1002 .*Lunch break “back at two”$/);
    shown.press('s');
    await shown.shows('3  Do not disturb');
    shown.press('3');
    await shown.shows('(1001): Do not disturb');
    await settled(
      () => ben.client.mirror('presence').get('1001')?.indicator === 'do_not_disturb',
      'the colleague sees it',
    );
    shown.press('s1');
    await shown.shows('(1001): Available');
    await daemon.restart();
    await shown.shows('trying again');
    await shown.shows('(1001): Available · connected');
    expect(shown.screen.find((line) => line.startsWith('1002'))).toMatch(/Lunch break “back at two”$/);
    shown.press('\x03');
    expect(await shown.code).toBe(0);
  });

  test('finds colleagues and contacts as one types, in any spelling, and loses what is deleted', async () => {
    const own = await meet('1001');
    await own.client.start();
    const made = await create(own.client, 'personal', person('Zoë', '+44 20 7946 0123', { company: 'Fjordland' }));
    const shown = await loggedIn('1001');
    await shown.shows('Ben');
    shown.press('/zoe');
    await shown.shows(/♟ {7}Zoë .*\+44 20 7946 0123/);
    expect(shown.screen.filter((line) => /^\d{4} /.test(line))).toEqual([]);
    shown.press('\x7f\x7f\x7f020 7946 0123');
    await shown.shows(/^\/020 7946 0123/);
    await shown.shows(/♟ {7}Zoë/);
    await own.client.request('contacts.delete', { id: made.id });
    await settled(() => !shown.screen.some((line) => line.includes('Zoë')), 'it is gone from the screen');
    shown.press('\x1b');
    await shown.shows(/^1002 /);
    shown.press('/angs');
    await shown.shows(/^1001 {4}Ann/);
    shown.press('\x1b');
    await shown.shows('q quit');
    shown.press('q');
    expect(await shown.code).toBe(0);
  });

  test('scrolls, and draws itself anew for another size', async () => {
    const shown = await loggedIn('1001', 10, 40);
    await shown.shows('Ann');
    expect(shown.screen.some((line) => line.includes('Person 3'))).toBe(false);
    for (let n = 0; n < 60; n++) shown.press('\x1b[B');
    await shown.shows('Person 9');
    execFileSync('stty', ['-F', terminalOf(shown), 'rows', '30', 'cols', '30']);
    await settled(() => shown.screen.length === 30, '30 lines');
    expect(shown.screen[1]).toBe('─'.repeat(30));
    expect(Math.max(...shown.screen.map((line) => line.length))).toBeLessThanOrEqual(30);
    shown.press('q');
    expect(await shown.code).toBe(0);
  });

  test('ends with the reason when the log-in is refused or ended', async () => {
    const refused = inTerminal('1001');
    refused.press('wrong\r');
    expect(await refused.code).toBe(1);
    expect(refused.out.split(OWN_SCREEN).at(-1)?.trim()).not.toBe('');
    const shown = await loggedIn('1002');
    await shown.shows('(1002)');
    const own = await meet('1002');
    await own.client.start();
    for (const { id, current } of await own.client.request('session.list', {})) {
      if (!current) await own.client.request('session.revoke', { id });
    }
    expect(await shown.code).toBe(1);
    expect(shown.out.split(OWN_SCREEN).at(-1)).toContain('log in again');
  });

  test('works with pipes, and ends with its input', async () => {
    const shown = new Shown(process.execPath, [...PROGRAM, url(), '1001']);
    shown.press(`${PASSWORD}\n`);
    await shown.shows('Ann Ångström (1001)');
    shown.hangUp();
    expect(await shown.code).toBe(0);
    const none = new Shown(process.execPath, PROGRAM);
    expect([await none.code, none.out]).toEqual([2, expect.stringContaining('Usage: npx tsx')]);
  });
});
