// The daemon as an operator runs it: the built program in a process of its own, on settings and a data folder of its own.
// It ends with the process that started it, however that ends. With ROLLCALL_TEST_DATABASE it is on PostgreSQL, and with ROLLCALL_TEST_TWIN it is
// two daemons on one database, and who connects comes to the one and the other in turn.
//
//   const daemon = await startDaemon({ settings: { pbx: { ami: { port } } } });
//   daemon.url, daemon.logs, await daemon.line('ami.up')     what it logs, parsed
//   await daemon.user('1001', 'secret', '--admin')            a log-in, made with the program
//   await daemon.run('presence', '--json')                    any command on the same settings
//   await daemon.stop() | kill() ; await daemon.start()       away, and back with the same data and port
//   await daemon.dispose()                                    ends it and removes its folder
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePorts } from '../lab/ports.ts';
import { newDatabase } from './database.ts';

const START_MS = 20_000;

/** The program, or another build of it. */
const program = process.env['ROLLCALL_PROGRAM'] ?? resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');

/** Settings as the YAML file has them. */
export type SettingsTree = { readonly [key: string]: unknown };

export interface DaemonOptions {
  /** Over the defaults of a test: a free port, data below the folder. */
  readonly settings?: SettingsTree;
  /** For settings and data; without it a temporary one, which `dispose` removes. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** As root: without root's right to pass over file modes. */
  readonly keepsModes?: boolean;
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** How a command ended; of the daemon the same. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Prepares a daemon and starts it; resolves when it listens. Rejects with what it wrote when it ends before. */
export async function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const daemon = await prepareDaemon(options);
  try {
    await daemon.start();
  } catch (error) {
    await daemon.dispose();
    throw error;
  }
  return daemon;
}

/** The same without starting it. */
export async function prepareDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const folder = options.folder ?? (await realpath(await mkdtemp(join(tmpdir(), 'rollcall-e2e-'))));
  const url = await newDatabase();
  const shared = merge(url === undefined ? {} : { store: { kind: 'postgres', url } }, options.settings ?? {});
  const isTwin = process.env['ROLLCALL_TEST_TWIN'] !== undefined;
  const twin = isTwin ? await inFolder(join(folder, 'twin'), withoutOwn(shared), options) : undefined;
  return inFolder(folder, shared, options, twin);
}

async function inFolder(
  folder: string,
  settings: SettingsTree,
  options: DaemonOptions,
  twin?: Daemon,
): Promise<Daemon> {
  await mkdir(folder, { recursive: true });
  const [port = 0] = await freePorts(1);
  const lookup = { http: { port: 0 }, agi: { port: 0 } };
  const defaults = { data: join(folder, 'data'), listen: { port }, lookup };
  const daemon = new Daemon(folder, merge(defaults, settings), options, twin);
  await daemon.configure({});
  return daemon;
}

export class Daemon {
  readonly folder: string;
  /** Every line since `prepareDaemon`, of all its lives. */
  readonly logs: LogLine[] = [];
  #settings: SettingsTree;
  readonly #options: DaemonOptions;
  /** The other daemon on its database. */
  readonly twin: Daemon | undefined;
  #child: Child | undefined;
  readonly #watchers = new Set<() => void>();
  readonly #logListeners = new Set<(line: LogLine) => void>();
  #url = '';
  #asked = 0;

  constructor(folder: string, settings: SettingsTree, options: DaemonOptions, twin?: Daemon) {
    this.folder = folder;
    this.#settings = settings;
    this.#options = options;
    this.twin = twin;
    twin?.onLog((line) => this.#take(line));
  }

  /** Where clients connect, such as `http://127.0.0.1:20123`; with a twin in turn his. */
  get url(): string {
    this.#asked += 1;
    return this.twin && this.#asked % 2 === 0 ? this.twin.url : this.#url;
  }

  get data(): string {
    return String(this.#settings['data']);
  }

  get configFile(): string {
    return join(this.folder, 'rollcall.yaml');
  }

  /** Of the running daemon, else undefined. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Changes the settings; they count from the next start. */
  async configure(settings: SettingsTree): Promise<void> {
    this.#settings = merge(this.#settings, settings);
    await writeFile(this.configFile, stringify(this.#settings));
    await this.twin?.configure(withoutOwn(settings));
  }

  /** Starts it and waits until it listens. */
  async start(): Promise<void> {
    if (this.#child) throw new Error('this daemon is running already');
    const from = this.logs.length;
    const child = this.open(['run']);
    this.#child = child;
    child.onLine((line) => this.#take(JSON.parse(line) as LogLine));
    const listening = this.line('listening', { from, within: START_MS });
    void child.ended.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    const ended = child.ended.then(({ code, out, err }) => {
      throw new Error(`the daemon ended with ${code} before it listened:\n${err}${out}`);
    });
    const line = await Promise.race([listening, ended]);
    ended.catch(() => undefined); // it ends some day
    this.#url = String(line['url']);
    await this.twin?.start();
  }

  /** Starts it and waits until it ends by itself, which it has to. */
  runToEnd(): Promise<Ended> {
    return this.run('run');
  }

  /** Ends it in good order. */
  stop(): Promise<Ended> {
    return this.#end('SIGTERM');
  }

  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<Ended> {
    return this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Called with each line as it is logged. */
  onLog(listener: (line: LogLine) => void): void {
    this.#logListeners.add(listener);
  }

  /** Runs a command of the program with these settings. */
  run(...args: string[]): Promise<Ended> {
    return this.feed('', ...args);
  }

  /** The same with text for its stdin. */
  async feed(stdin: string, ...args: string[]): Promise<Ended> {
    return this.open(args, stdin).ended;
  }

  /** Begins a command that goes on. */
  open(args: readonly string[], stdin = ''): Child {
    return new Child([...args, '--config', this.configFile], this.#options, stdin);
  }

  /** Makes or changes a log-in. */
  async user(id: string, password: string, ...options: string[]): Promise<void> {
    const { code, err } = await this.feed(`${password}\n`, 'user', 'set', id, '--password-stdin', ...options);
    if (code !== 0) throw new Error(`the user ${id} could not be made: ${err}`);
  }

  /** The first line of an event, from the beginning or from the line number `from` on, now or when it comes. */
  line(event: string | ((line: LogLine) => boolean), { from = 0, within = 10_000 } = {}): Promise<LogLine> {
    const fits = typeof event === 'string' ? (line: LogLine) => line.event === event : event;
    return new Promise((done, fail) => {
      const look = () => {
        const found = this.logs.slice(from).find(fits);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(look);
        done(found);
      };
      const timer = setTimeout(() => {
        this.#watchers.delete(look);
        const last = this.logs.slice(-15).map((line) => JSON.stringify(line));
        fail(new Error(`the daemon logged no ${event} within ${within} ms; the last lines:\n${last.join('\n')}`));
      }, within);
      this.#watchers.add(look);
      look();
    });
  }

  /** Memory of the process in bytes that no file backs, as Linux counts it. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  }

  async dispose(): Promise<void> {
    await this.kill();
    if (this.#options.folder === undefined) await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<Ended> {
    if (this.twin) await this.twin.#end(signal);
    const child = this.#child;
    if (!child) return { code: null, out: '', err: '' };
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
    const ended = await child.ended;
    clearTimeout(patience);
    return ended;
  }

  #take(line: LogLine): void {
    this.logs.push(line);
    for (const look of [...this.#watchers]) look();
    for (const listener of this.#logListeners) listener(line);
  }
}

/** One run of the program. */
export class Child {
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(line: string) => void>();
  readonly #lines: string[] = [];
  #rest = '';
  #out = '';
  #err = '';

  constructor(args: readonly string[], { env, keepsModes }: Pick<DaemonOptions, 'env' | 'keepsModes'>, stdin: string) {
    const rights = keepsModes && process.getuid?.() === 0 ? ['--bounding-set=-dac_override,-dac_read_search'] : [];
    // The kernel ends it when this process is gone.
    const command = ['--pdeathsig=KILL', ...rights, process.execPath, program, ...args];
    this.#process = spawn('setpriv', command, { env: { ...inherited(), ...env }, stdio: 'pipe' });
    this.#process.stdin?.on('error', () => undefined); // it may end without reading
    this.#process.stdin?.end(stdin);
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = new Promise((done, fail) => {
      this.#process.once('error', fail);
      this.#process.once('close', (code) => done({ code, out: this.#out, err: this.#err }));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What it has written to stdout so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  onLine(listener: (line: string) => void): void {
    this.#listeners.add(listener);
  }

  /** The first whole line that fits, now or when it comes. */
  line(fits: (line: string) => boolean, within = START_MS): Promise<string> {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no such line within ${within} ms:\n${this.#out}`)), within);
      const look = (line: string) => {
        if (!fits(line)) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        done(line);
      };
      this.#listeners.add(look);
      for (const line of this.#lines) look(line);
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  #read(text: string): void {
    this.#out += text;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#lines.push(line);
      for (const listener of [...this.#listeners]) listener(line);
    }
  }
}

/** The environment without settings of the developer's own. */
function inherited(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('ROLLCALL_'));
  return Object.fromEntries(entries) as Record<string, string>;
}

/** What a twin may not share. */
function withoutOwn({ data, listen, lookup, ...settings }: SettingsTree): SettingsTree {
  return settings;
}

function merge(base: SettingsTree, over: SettingsTree): SettingsTree {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is SettingsTree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
