// One process per data folder. The owner is who made the highest `lock.<n>` in it; a lock whose owner is gone is followed by
// the next number, which only one can make. Knows nothing of what else is in the folder.
import { randomUUID } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperatorError } from '../service/operator-error.ts';
import { makeFolder } from './make-folder.ts';

const LOCK = /^lock\.([1-9][0-9]{0,14})$/;
const DRAFT = /^lock\.new-/;
const FREE = 'free\n';
const TRIES = 100;

/** Who made a lock. Without /proc only the pid is known. */
interface Owner {
  readonly pid: number;
  /** Start of the process in ticks since boot: tells it from a later one with the same pid. */
  readonly started?: string;
  readonly boot?: string;
  /** The pid namespace, such as that of a container: a pid means nothing in another. */
  readonly space?: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

/** Somebody else has the folder; the message names the pid. */
export class FolderInUse extends OperatorError {
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `The data folder ${folder} is in use by process ${pid}. Stop that one, or give this one a folder of its own.`,
    );
    this.name = 'FolderInUse';
    this.pid = pid;
  }
}

/** Folders that this process has locked; where there is no /proc this is all that tells its own pid from a reused one. */
const held = new Set<string>();

/**
 * Takes the folder, made when it is missing (0700), for this process. Rejects with FolderInUse when a living process has it,
 * with OperatorError when the folder cannot be written. A process that dies gives its folders free by that.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  try {
    makeFolder(folder);
    return take(folder);
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new OperatorError(
      `The data folder ${folder} cannot be written (${code}). It must be a folder of the user that runs the daemon.`,
      { cause: error },
    );
  }
}

function take(folder: string): FolderLock {
  const draft = join(folder, `lock.new-${process.pid}-${randomUUID()}`);
  const own: Owner = identify(process.pid);
  writeFileSync(draft, `${JSON.stringify(own)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const last = highest(folder);
      const owner = last === 0 ? undefined : ownerOf(folder, last);
      if (owner && isAlive(owner, own, folder)) throw new FolderInUse(folder, owner.pid);
      const path = join(folder, `lock.${last + 1}`);
      if (!makes(draft, path)) continue;
      // A higher one means that this number had been used and cleared away after `highest` was read.
      if (highest(folder) === last + 1) return holding(folder, last + 1);
      rmSync(path);
    }
    throw new OperatorError(`The data folder ${folder} could not be locked: others take and leave it all the time.`);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Gives the lock its name, complete from the first moment; false when somebody was faster. */
function makes(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function holding(folder: string, number: number): FolderLock {
  held.add(folder);
  for (const name of readdirSync(folder)) {
    const older = Number(LOCK.exec(name)?.[1] ?? number) < number;
    if (older || isAbandoned(folder, name)) rmSync(join(folder, name), { force: true });
  }
  let released = false;
  return {
    // The number stays, marked as free: numbers that went back could be taken twice.
    release: async () => {
      if (released) return;
      released = true;
      const draft = join(folder, `lock.new-${process.pid}-${randomUUID()}`);
      writeFileSync(draft, FREE, { mode: 0o600 });
      renameSync(draft, join(folder, `lock.${number}`));
      held.delete(folder);
    },
  };
}

function highest(folder: string): number {
  return Math.max(0, ...readdirSync(folder).map((name) => Number(LOCK.exec(name)?.[1] ?? 0)));
}

/** A draft of a process that died before it gave it a name. */
function isAbandoned(folder: string, name: string): boolean {
  if (!DRAFT.test(name)) return false;
  const pid = Number(name.split('-')[1]);
  return pid !== process.pid && !isAlive({ pid }, { pid: process.pid }, folder);
}

/** Undefined when the lock is free, has just gone, or is empty after a power cut. */
function ownerOf(folder: string, number: number): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(folder, `lock.${number}`), 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('pid' in owner)) return undefined;
    return Number.isSafeInteger(owner.pid) ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function identify(pid: number): Owner {
  const started = startOf(pid)?.started;
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const space = read(() => readlinkSync('/proc/self/ns/pid'));
  return { pid, ...(started && { started }), ...(boot && { boot }), ...(space && { space }) };
}

function isAlive(owner: Owner, own: Owner, folder: string): boolean {
  if (owner.boot && own.boot && owner.boot !== own.boot) return false;
  if (owner.space && own.space && owner.space !== own.space) return false;
  if (!exists(owner.pid)) return false;
  const now = startOf(owner.pid);
  if (now?.state === 'Z' || now?.state === 'X') return false;
  if (owner.started && now) return owner.started === now.started;
  return owner.pid !== process.pid || held.has(folder);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** State and start time of a process, fields 3 and 22 of proc(5) stat; the second field may hold spaces and brackets. */
function startOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields?.[0], fields?.[19]];
  return state && started ? { state, started } : undefined;
}

function read(source: () => string): string | undefined {
  try {
    return source();
  } catch {
    return undefined;
  }
}
