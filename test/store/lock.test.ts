// The lock on the data folder, between real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { FolderInUse, lockFolder } from '../../src/store/lock.ts';
import { newFolder } from './support/places.ts';

const script = fileURLToPath(new URL('./support/locking-process.ts', import.meta.url));
const started: Starter[] = [];
afterEach(async () => {
  for (const starter of started.splice(0)) await starter.kill();
});

/** One process that wants the lock. */
class Starter {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(folder: string) {
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    started.push(this);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  async line(): Promise<string> {
    const { value } = await this.#lines.next();
    return value ?? '';
  }

  say(word: string): void {
    this.process.stdin?.write(`${word}\n`);
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }
}

async function ready(folder: string): Promise<Starter> {
  const starter = new Starter(folder);
  expect(await starter.line()).toBe('ready');
  return starter;
}

async function owner(folder: string): Promise<Starter> {
  const starter = await ready(folder);
  starter.say('go');
  expect(await starter.line()).toBe('owner');
  return starter;
}

const lockNames = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('lock'));
const self = (): Record<string, unknown> => {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return { pid: process.pid, started, boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
};

describe('the lock of a folder', () => {
  it('is refused to a second process with the pid of the first, until that one is gone', async () => {
    const folder = newFolder();
    const first = await owner(folder);
    const refusal = `The data folder ${folder} is in use by process ${first.pid}. Stop that one, or give this one a folder of its own.`;
    await expect(lockFolder(folder)).rejects.toMatchObject({ name: 'FolderInUse', pid: first.pid, message: refusal });
    const second = await ready(folder);
    second.say('go');
    expect(await second.line()).toBe(refusal);
    await first.kill();
    const lock = await lockFolder(folder);
    expect(lockNames(folder)).toHaveLength(1);
    await lock.release();
  });

  it('is free as soon as it is released, also while its owner lives', async () => {
    const folder = newFolder();
    const first = await owner(folder);
    first.say('release');
    expect(await first.line()).toBe('released');
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderInUse);
    await lock.release();
    await lock.release();
    const again = await lockFolder(folder);
    expect(lockNames(folder)).toHaveLength(1);
    await again.release();
  });

  it('goes to one of many that start at once after the owner was killed', async () => {
    const folder = newFolder();
    await (await owner(folder)).kill();
    for (let round = 0; round < 3; round += 1) {
      const starters = await Promise.all(Array.from({ length: 6 }, () => ready(folder)));
      for (const starter of starters) starter.say('go');
      const answers = await Promise.all(starters.map((starter) => starter.line()));
      const winner = starters[answers.indexOf('owner')];
      expect(answers.filter((answer) => answer === 'owner')).toHaveLength(1);
      for (const answer of answers)
        if (answer !== 'owner') expect(answer).toContain(`in use by process ${winner?.pid}.`);
      for (const starter of starters) await starter.kill();
    }
  });

  it.each([
    ['whose pid went to another process', () => ({ ...self(), started: '1' })],
    ['of a boot before this one', () => ({ ...self(), boot: 'another' })],
    ['of another container with the same pid', () => ({ ...self(), space: 'pid:[1]' })],
    ['whose process is gone', () => ({ ...self(), pid: 2 ** 22 + 1 })],
    ['that a power cut left empty', () => undefined],
    ['that says nothing', () => ({})],
  ])('is taken over from an owner %s', async (_, stale) => {
    const folder = newFolder();
    const content = stale();
    writeFileSync(join(folder, 'lock.7'), content === undefined ? '' : JSON.stringify(content));
    const lock = await lockFolder(folder);
    expect(lockNames(folder)).toEqual(['lock.8']);
    await lock.release();
  });

  it('is not taken from a living owner, even with a process table that tells less', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'lock.7'), JSON.stringify({ pid: process.ppid }));
    await expect(lockFolder(folder)).rejects.toMatchObject({ name: 'FolderInUse', pid: process.ppid });
    writeFileSync(join(folder, 'lock.7'), JSON.stringify(self()));
    await expect(lockFolder(folder)).rejects.toMatchObject({ name: 'FolderInUse', pid: process.pid });
  });

  it('makes the folder, and leaves no file that others can read', async () => {
    const folder = join(newFolder(), 'deep', 'data');
    const lock = await lockFolder(folder);
    const modes = lockNames(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect([statSync(folder).mode & 0o777, modes]).toEqual([0o700, [0o600]]);
    await lock.release();
    expect(lockNames(folder)).toHaveLength(1);
  });

  it('in a place that is no folder is refused with one line', async () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, '');
    await expect(lockFolder(path)).rejects.toMatchObject({
      name: 'OperatorError',
      message: `The data folder ${path} cannot be written (ENOTDIR). It must be a folder of the user that runs the daemon.`,
    });
  });

  it('below a folder that takes no folders, as /proc, is refused at once with one line', async () => {
    await expect(lockFolder('/proc/rollcall/data')).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringContaining('The data folder /proc/rollcall/data cannot be written (ENOENT)'),
    });
  });
});
