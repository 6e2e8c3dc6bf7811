// One life of a writing process, as its parent sees it: what it says goes into the ledger.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ledger } from './ledger.ts';
import type { Line, Task } from './lines.ts';

const script = fileURLToPath(new URL('./writing-process.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
/** Nothing that is waited for takes so long, on however slow a machine. */
const PATIENCE_MS = 60_000;

export class Life {
  readonly #child: ChildProcess;
  readonly #read: Promise<void>;
  readonly #watchers = new Set<(line: Line | undefined) => void>();
  #errors = '';

  /** `before`: a command that runs the process, such as `nsenter`. */
  constructor(ledger: Ledger, task: Task, before: readonly string[] = []) {
    const node = [process.execPath, '--import', tsx, script, JSON.stringify(task)];
    const [command = '', ...args] = ['setpriv', '--pdeathsig=KILL', ...before, ...node];
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin?.on('error', () => undefined); // it may be gone
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#read = this.#take(ledger);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Asks it to close its store and end. */
  close(): void {
    this.#child.stdin?.write('close\n');
  }

  /** Resolves with the first line from now on that `fits`; with undefined when the process ends first. */
  line<T extends Line>(fits: (line: Line) => line is T): Promise<T | undefined> {
    const heard = new Promise<T | undefined>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
      };
      const watch = (line: Line | undefined): void => {
        if (line && !fits(line)) return;
        finish();
        resolve(line as T | undefined);
      };
      const timer = setTimeout(() => {
        finish();
        this.kill();
        reject(new Error(`the writing process said nothing of what was waited for in ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      this.#watchers.add(watch);
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        void this.#read.then(() => watch(undefined));
    });
    heard.catch(() => undefined); // nobody may be waiting any more
    return heard;
  }

  /** Resolves when it is gone and all it said was taken. */
  async ended(): Promise<{ readonly code: number | null; readonly errors: string }> {
    await this.#read;
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
    return { code: this.#child.exitCode, errors: this.#errors };
  }

  async #take(ledger: Ledger): Promise<void> {
    if (!this.#child.stdout) throw new Error('the writing process has no output');
    for await (const text of createInterface({ input: this.#child.stdout })) {
      const line = readLine(text);
      if (!line) continue;
      ledger.take(line);
      for (const watch of [...this.#watchers]) watch(line);
    }
    ledger.end();
    for (const watch of [...this.#watchers]) watch(undefined);
  }
}

/** A line cut short by the death of who said it is none. */
function readLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined; // only the last can be
  }
}

export const isOpen = (line: Line): line is Extract<Line, { open: number }> => 'open' in line;
export const cannot = (line: Line): line is Extract<Line, { cannot: string }> => 'cannot' in line;
export const isDone = (line: Line): line is Extract<Line, { done: unknown }> => 'done' in line;
export const isRefused = (line: Line): line is Extract<Line, { refused: unknown }> => 'refused' in line;

/** Resolves when the store was opened and what it holds was judged. Rejects when it cannot be opened. */
export async function opened(life: Life): Promise<void> {
  const line = await life.line((one): one is Line => isOpen(one) || cannot(one));
  if (line && !cannot(line)) return;
  life.kill();
  const { errors } = await life.ended();
  throw new Error(line ? `the store cannot be read: ${line.cannot}` : `the process ended by itself: ${errors}`);
}

/** Resolves when `count` such lines were heard. Rejects when the process ends before. */
export async function several<T extends Line>(
  life: Life,
  fits: (line: Line) => line is T,
  count: number,
): Promise<void> {
  let left = count;
  const enough = (line: Line): line is T => fits(line) && --left === 0;
  if (!(await life.line(enough))) throw new Error(`the process ended before it said ${count} of what was waited for`);
}

/** Closes the store and ends the process in good order. */
export async function closed(life: Life): Promise<void> {
  life.close();
  const { code, errors } = await life.ended();
  if (code !== 0) throw new Error(`the process did not close its store: ${errors}`);
}

/** Kills the process, which must not have ended by itself. */
export async function killed(life: Life): Promise<void> {
  life.kill();
  const { code, errors } = await life.ended();
  if (code !== null) throw new Error(`the process ended by itself: ${errors}`);
}
