// A private, throwaway, real Asterisk for tests and demo. It ends with the process that started it, however that ends.
//
//   const asterisk = await startAsterisk({ version: '22', extensions: [{ number: '1001', name: 'Ann' }] });
//   asterisk.amiPort, asterisk.users.daemon {username, secret}, asterisk.sipPort   all on 127.0.0.1
//   await asterisk.cli('core show hints')                   the console
//   await asterisk.rewrite({ extensions: [...] })           other configuration in place of the former …
//   await asterisk.reload('dialplan' | 'all' | 'res_pjsip.so')   … which Asterisk reads with this
//   await asterisk.stop() | kill() ; await asterisk.boot()  away, and back with the same ports, files and AstDB
//   await asterisk.restart()                                stop and boot
//   await asterisk.dispose()                                stop and remove the run folder
//
// In test files: `describe.each(labVersions)` and `withAsterisk` of with-asterisk.ts. Phones: phone.ts, AMI: ami.ts.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { configuration, daemonSecret, type LabPorts } from './configuration.ts';
import { type AsteriskVersion, asteriskUp, fullVersion, installAsterisk } from './install.ts';
import { freePorts } from './ports.ts';
import type { LabSetup } from './setup.ts';

export { type AsteriskVersion, installAsterisk, labVersions } from './install.ts';
export type { LabExtension, LabSetup } from './setup.ts';

export interface LogIn {
  readonly username: string;
  readonly secret: string;
}

/** `admin` may do everything; `daemon` is the shipped least-privilege sample; `freepbx` has `system`, as on FreePBX. */
export interface LabUsers {
  readonly admin: LogIn;
  readonly daemon: LogIn;
  readonly freepbx: LogIn;
}

const users: LabUsers = {
  admin: { username: 'admin', secret: 'adminpw' },
  daemon: { username: 'rollcall', secret: daemonSecret },
  freepbx: { username: 'freepbx', secret: 'freepbxpw' },
};

/** Installs where necessary, starts on free ports and waits until Asterisk has fully booted (some 0.6 s). */
export async function startAsterisk(setup: LabSetup): Promise<Asterisk> {
  const prefix = await installAsterisk(setup.version);
  const exact = await fullVersion(prefix);
  for (let tries = 1; ; tries++) {
    const [ami = 0, sip = 0, chanSip = 0, iax = 0] = await freePorts(4);
    const run = await realpath(await mkdtemp(join(tmpdir(), 'rollcall-lab-')));
    const asterisk = new Asterisk({ prefix, run, exact, ports: { ami, sip, chanSip, iax }, setup });
    try {
      await asterisk.boot();
      return asterisk;
    } catch (error) {
      await asterisk.dispose();
      if (!(error instanceof PortTaken) || tries === 3) throw error;
    }
  }
}

/** Another program took a port between the probe and the start. */
class PortTaken extends Error {}

interface Place {
  readonly prefix: string;
  readonly run: string;
  readonly exact: string;
  readonly ports: LabPorts;
  readonly setup: LabSetup;
}

export class Asterisk {
  readonly host = '127.0.0.1';
  readonly users = users;
  readonly version: AsteriskVersion;
  /** Such as `22.10.1`. */
  readonly fullVersion: string;
  readonly amiPort: number;
  readonly sipPort: number;
  /** Of chan_sip, on Asterisk 16. */
  readonly chanSipPort: number;
  readonly iaxPort: number;
  /** The run folder: etc/, lib/ (AstDB), log/. */
  readonly folder: string;
  readonly #place: Place;
  #setup: LabSetup;
  #guard: ChildProcess | undefined;
  #pid: number | undefined;

  constructor(place: Place) {
    this.#place = place;
    this.#setup = place.setup;
    this.version = place.setup.version;
    this.fullVersion = place.exact;
    this.folder = place.run;
    this.amiPort = place.ports.ami;
    this.sipPort = place.ports.sip;
    this.chanSipPort = place.ports.chanSip;
    this.iaxPort = place.ports.iax;
  }

  /** Of the running Asterisk, else undefined. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Starts it and waits until it has fully booted; AstDB and configuration are as it was left. */
  async boot(): Promise<void> {
    if (this.#guard) throw new Error('this Asterisk is running already');
    const { run, prefix } = this.#place;
    await this.rewrite({});
    for (const name of ['lib/keys', 'agi', 'spool', 'run', 'log', 'bin'])
      await mkdir(join(run, name), { recursive: true });
    for (const name of ['pid', 'run/asterisk.ctl', 'log/full', 'log/console'])
      await rm(join(run, name), { force: true });
    // detached: a Ctrl-C at the terminal is for this process, which then ends Asterisk in its own time
    const guard = spawn('bash', [asteriskUp, 'run', prefix, run], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: { ...process.env, REMOVE: '1' },
    });
    guard.unref();
    guard.once('close', () => {
      if (this.#guard === guard) this.#guard = this.#pid = undefined;
    });
    this.#guard = guard;
    await this.#booted(guard);
  }

  async #booted(guard: ChildProcess): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await this.#answers())) {
      if (guard.exitCode !== null)
        throw new Error(`Asterisk ended while starting:\n${await this.#tail('log/console')}`);
      if (Date.now() > deadline) throw new Error(`Asterisk is not up after 30 s:\n${await this.#tail('log/full')}`);
      await delay(20);
    }
    await this.cli('core waitfullybooted');
    const refused = /.*(Address already in use|[Uu]nable to bind|[Ff]ailed to bind|could not be started).*/.exec(
      await this.log(),
    );
    if (refused) throw new PortTaken(refused[0]);
  }

  async #answers(): Promise<boolean> {
    try {
      this.#pid ??= Number(await readFile(join(this.folder, 'pid'), 'utf8'));
      await this.cli('core show uptime');
      return true;
    } catch {
      return false; // not yet
    }
  }

  /** Runs a console command and gives what it printed. Rejects when Asterisk does not answer. */
  cli(command: string): Promise<string> {
    const { prefix, run } = this.#place;
    const args = ['-C', join(run, 'etc', 'asterisk.conf'), '-rx', command];
    return new Promise((done, fail) => {
      execFile(join(prefix, 'asterisk'), args, { maxBuffer: 64 * 1024 * 1024, timeout: 20_000 }, (error, out) => {
        if (error) fail(new Error(`asterisk -rx '${command}' failed: ${out.trim() || error.message}`));
        else done(out.trimEnd());
      });
    });
  }

  /** Writes the configuration anew with these parts of the set-up changed. Asterisk reads it at `reload` or `boot`. */
  async rewrite(change: Partial<Omit<LabSetup, 'version'>>): Promise<void> {
    this.#setup = { ...this.#setup, ...change };
    const folder = join(this.folder, 'etc');
    await mkdir(folder, { recursive: true });
    const files = await configuration(this.#setup, this.#place.ports, this.#place);
    await Promise.all([...files].map(([name, text]) => writeFile(join(folder, name), text)));
  }

  /** `dialplan`, everything, or one module such as `res_pjsip.so`. */
  async reload(what: string): Promise<void> {
    if (what === 'dialplan') await this.cli('dialplan reload');
    else await this.cli(what === 'all' ? 'core reload' : `module reload ${what}`);
  }

  /** What Asterisk logged since it was booted. */
  log(): Promise<string> {
    return readFile(join(this.folder, 'log', 'full'), 'utf8');
  }

  /** Ends it in good order, as an operator would (SIGTERM). */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** Ends it at once (SIGKILL). What was written to AstDB in the last second may be lost. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.boot();
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const guard = this.#guard;
    if (!guard) return;
    const gone = new Promise((done) => guard.once('close', done));
    const pid = this.#pid;
    // without a pid it never came up: closing the pipe makes the guard end it
    if (pid === undefined) guard.stdin?.end();
    else signalTo(pid, signal);
    const patience = setTimeout(() => pid !== undefined && signalTo(pid, 'SIGKILL'), 10_000);
    await gone;
    clearTimeout(patience);
  }

  async #tail(name: string): Promise<string> {
    const text = await readFile(join(this.folder, name), 'utf8').catch(() => '(no log)');
    return text.split('\n').slice(-20).join('\n');
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended by itself meanwhile; the guard says so
  }
}
