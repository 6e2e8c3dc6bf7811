// ext4 images, mounted by loop in a mount namespace of their own, so that nothing is left mounted, however this process ends.
// Needs root, a loop device, and for a recorded image /dev/fuse.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const device = fileURLToPath(new URL('./recording-device.ts', import.meta.url));
const tsx = import.meta.resolve('tsx');
const MIB = 1024 * 1024;

export interface Mounted {
  /** The command that runs another one where the image is mounted. */
  readonly enter: readonly string[];
  /** Where the image is mounted, there; and the same seen from here. */
  readonly at: string;
  readonly seen: string;
  /** Ends the mount. The processes that use it must be gone. */
  end(): Promise<void>;
}

/** Why no image can be mounted here; undefined when it can. */
export function obstacle(): string | undefined {
  if (process.getuid?.() !== 0) return 'power cuts and full disks need root: they mount file systems of their own';
  for (const path of ['/dev/loop-control', '/dev/fuse']) {
    if (!existsSync(path))
      return `power cuts and full disks need ${path}, which is not there (in a container: run it privileged)`;
  }
  return undefined;
}

/** An empty ext4 file system of `mib` MiB in a file. */
export function makeImage(path: string, mib: number): void {
  writeFileSync(path, '');
  truncateSync(path, mib * MIB);
  const journal = ['-J', 'size=1', '-E', 'lazy_itable_init=0,lazy_journal_init=0'];
  execFileSync('mkfs.ext4', ['-q', '-F', '-b', '1024', '-m', '0', ...journal, path], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Mounts an image. */
export function mountImage(place: string, image: string, options: string): Promise<Mounted> {
  return mount(place, loopFor(image, []), options);
}

export interface Recorded extends Mounted {
  /** What the disk was told to write and to flush, as recording.ts reads it. */
  readonly log: string;
  /** From now on the disk fails. */
  breakDisk(): void;
}

/**
 * Mounts an image on a disk that writes down what is written to it. The disk has a namespace apart: a process that is both the
 * disk and the last to leave the mount would wait for itself for ever.
 */
export async function mountRecorded(place: string, image: string, options: string): Promise<Recorded> {
  const [log, served] = [join(place, 'log'), join(place, 'disk')];
  for (const path of [log, served]) writeFileSync(path, '');
  rmSync(`${log}.broken`, { force: true });
  const disk = await keep([process.execPath, '--import', tsx, device, image, log, served]);
  try {
    const mounted = await mount(place, loopFor(served, disk.enter), options);
    const end = async (): Promise<void> => {
      await mounted.end();
      await disk.end();
    };
    return { ...mounted, end, log, breakDisk: () => writeFileSync(`${log}.broken`, '') };
  } catch (error) {
    await disk.end();
    throw error;
  }
}

/** A loop device for a file; `enter`: to where the file is. */
function loopFor(file: string, enter: readonly string[]): string {
  return run([...enter, 'losetup', '--find', '--show', '--direct-io=on', file]);
}

async function mount(place: string, loop: string, options: string): Promise<Mounted> {
  const at = join(place, 'mounted');
  mkdirSync(at, { recursive: true });
  // It waits for the end of its stdin, and so ends with this process.
  const keeper = await keep(['sh', '-c', 'echo ready; exec cat']);
  try {
    run([...keeper.enter, 'mount', '-t', 'ext4', '-o', options, loop, at]);
  } catch (error) {
    await keeper.end();
    throw error;
  } finally {
    run(['losetup', '--detach', loop]); // when it is mounted, the kernel does so at the end of the mount
  }
  return { ...keeper, at, seen: join(`/proc/${keeper.pid}/root`, at) };
}

/** A process with a mount namespace of its own, which is there as long as the process is. It says `ready`. */
async function keep(command: readonly string[]): Promise<{ pid: number; enter: string[]; end(): Promise<void> }> {
  const args = ['--pdeathsig=KILL', 'unshare', '--mount', '--propagation', 'private', ...command];
  const keeper = spawn('setpriv', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(keeper, 'exit');
  await ready(keeper);
  const pid = keeper.pid as number;
  const end = async (): Promise<void> => {
    keeper.kill('SIGKILL');
    await ended;
  };
  return { pid, enter: ['nsenter', '--mount', '--target', String(pid)], end };
}

function run([command = '', ...args]: readonly string[]): string {
  return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' }).trim();
}

async function ready(keeper: ChildProcess): Promise<void> {
  if (!keeper.stdout) throw new Error('the keeper of the mount has no output');
  for await (const line of createInterface({ input: keeper.stdout })) if (line === 'ready') return;
  throw new Error('the image could not be made ready to be mounted');
}
