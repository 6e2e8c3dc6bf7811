// `npm run demo`: a private real Asterisk with three phones that call each other, the daemon beside it, and its board in
// the terminal until Ctrl-C. Uses the built program as an operator would, and only loopback addresses.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { connectControl } from '../../src/cli/control-client.ts';
import { LiveLines } from '../../src/cli/live-lines.ts';
import { presenceTable } from '../../src/cli/presence-table.ts';
import type { BoardChange, BoardRow } from '../../src/service/operations.ts';
import { type Asterisk, startAsterisk } from './asterisk.ts';
import { installAsterisk, repository } from './install.ts';
import { openPhone, type Phone } from './phone.ts';

const PASSWORD = 'demo-password';
const PEOPLE = [
  { number: '1001', name: 'Ada Lovelace' },
  { number: '1002', name: 'Grace Hopper' },
  { number: '1003', name: 'Zoë Müller' },
];
const A_DAY_MS = 86_400_000;
const LONGEST_TALK_MS = 8_000;
const CLI = join(repository, 'dist', 'cli.js');

const ending = new AbortController();
const ends: (() => unknown)[] = [];

async function demo(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('the demo needs Debian or Ubuntu on x86-64: it runs Asterisk from their packages');
  }
  say('Asterisk 22: downloading into .cache/ if it is not there yet (30 MB, once) …');
  await installAsterisk('22');
  const asterisk = await startAsterisk({ version: '22', extensions: PEOPLE });
  ends.push(() => asterisk.dispose());
  say(`Asterisk ${asterisk.fullVersion} is up: AMI on port ${asterisk.amiPort}, SIP on port ${asterisk.sipPort}.`);
  const { folder, url } = await startDaemon(asterisk);
  say(`The portal is at ${url}/ (softphones connect to ${url.replace('http', 'ws')}/ws).`);
  say(`Log-ins: ${PEOPLE.map(({ number }) => number).join(', ')}, password ${PASSWORD}; 1001 is an administrator.`);
  say('Logged in as two of them in two browsers: call one another, chat, and see the history of the calls below.');
  say(`Commands: npx rollcall presence --config ${join(folder, 'rollcall.yaml')} (and check, user list, …)`);
  say('Ctrl-C ends it.\n');
  const board = await showBoard(join(folder, 'data'));
  const phones = await Promise.all(
    PEOPLE.map(async ({ number }) => {
      const phone = await openPhone(asterisk, number);
      ends.push(() => phone.close());
      return phone;
    }),
  );
  for (const phone of phones) void hangUpInTime(phone);
  await liveADay(phones, board);
}

/** Ends what is called from the portal: nobody is at these phones. */
async function hangUpInTime(phone: Phone): Promise<void> {
  while (!ending.signal.aborted) {
    const call = await phone.calls.next(undefined, A_DAY_MS).catch(() => undefined); // a quiet day
    if (!call) continue;
    void call
      .until('up', A_DAY_MS)
      .then(() => pause(LONGEST_TALK_MS))
      .then(() => call.hangup())
      .catch(() => undefined); // it was not answered, or is over
  }
}

async function startDaemon(asterisk: Asterisk): Promise<{ folder: string; url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'rollcall.yaml');
  const ami = { host: '127.0.0.1', port: asterisk.amiPort, ...asterisk.users.daemon };
  const lookup = { http: { port: 0 }, agi: { port: 0 } };
  const settings = { data: join(folder, 'data'), listen: { port: 0 }, lookup, pbx: { ami, dnd: { poll: 5 } } };
  await writeFile(config, JSON.stringify(settings), { mode: 0o600 }); // JSON is YAML
  for (const { number } of PEOPLE) {
    const admin = number === '1001' ? ['--admin'] : [];
    const set = spawn(
      process.execPath,
      [CLI, 'user', 'set', number, ...admin, '--password-stdin', '--config', config],
      {
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
    set.stdin.end(`${PASSWORD}\n`);
    const [code] = await once(set, 'close');
    if (code !== 0) throw new Error(`rollcall user set ${number} failed`);
  }
  // detached: a Ctrl-C at the terminal is for this process, which then ends the daemon in its own time
  const daemon = spawn(process.execPath, [CLI, 'run', '--config', config], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  ends.push(() => stopChild(daemon));
  return { folder, url: await listening(daemon) };
}

async function listening(daemon: ChildProcess): Promise<string> {
  if (!daemon.stdout) throw new Error('the daemon has no output');
  const lines = createInterface({ input: daemon.stdout });
  for await (const line of lines) {
    const { event, url } = JSON.parse(line) as { event?: string; url?: string };
    if (event !== 'listening' || url === undefined) continue;
    daemon.stdout.resume();
    return url;
  }
  throw new Error('the daemon ended before it listened');
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;
}

/** Draws the board at each change on a terminal, else prints a line for each. Returns the function that tells what happens. */
async function showBoard(dataFolder: string): Promise<(what: string) => void> {
  const control = await connectControl(dataFolder);
  if (!control) throw new Error('the daemon does not answer on its control socket');
  ends.push(() => control.close());
  const rows = new Map<string, BoardRow>();
  const live = process.stdout.isTTY ? new LiveLines(process.stdout) : undefined;
  let story = '';
  const draw = () => live?.draw([...presenceTable([...rows.values()], Date.now(), process.stdout.columns), '', story]);
  await control.stream('presence.watch', {}, (item) => {
    const change = item as BoardChange;
    for (const row of change.put) {
      rows.set(row.id, row);
      if (!live) say(`  ${row.id} ${row.name}: ${row.indicator} (line ${row.line}, status ${row.status})`);
    }
    for (const id of change.remove) rows.delete(id);
    draw();
  });
  return (what) => {
    story = what;
    if (live) draw();
    else say(what);
  };
}

/** What the three do, over and over. */
async function liveADay(phones: readonly Phone[], tell: (what: string) => void): Promise<void> {
  const [ada, grace, zoe] = phones;
  if (!ada || !grace || !zoe) return;
  for (const phone of phones) phone.ringFor = 1_500;
  while (!ending.signal.aborted) {
    tell('Ada calls Grace.');
    const call = await ada.call('1002');
    await pause(2_500);
    tell('Ada puts Grace on hold.');
    await call.hold();
    await pause(2_000);
    await call.unhold();
    tell('Ada hangs up.');
    await call.hangup();
    await pause(1_500);
    tell('Zoë dials *78 at her phone: do not disturb.');
    await dialCode(zoe, '*78');
    await pause(1_500);
    const refused = await grace.call('1003');
    tell(`Grace calls Zoë and is refused: ${refused.status}.`);
    await pause(2_500);
    tell('Zoë dials *79: calls are welcome again.');
    await dialCode(zoe, '*79');
    await pause(2_000);
    tell("Grace's phone goes offline.");
    await grace.unregister();
    await pause(2_500);
    tell('… and comes back.');
    await grace.register();
    await pause(2_000);
  }
}

async function dialCode(phone: Phone, code: string): Promise<void> {
  const call = await phone.call(code);
  await call.until('ended');
}

async function pause(ms: number): Promise<void> {
  await wait(ms, undefined, { signal: ending.signal });
}

function say(text: string): void {
  console.log(text);
}

async function end(code: number): Promise<never> {
  for (const undo of ends.splice(0).reverse()) {
    await Promise.resolve(undo()).catch((error: unknown) => console.error(String(error)));
  }
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (ending.signal.aborted) process.exit(1);
    ending.abort();
    say('\nEnding …');
    void end(0);
  });
}

demo().catch(async (error: unknown) => {
  if (ending.signal.aborted) return;
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  await end(1);
});
