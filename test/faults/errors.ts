// System calls that fail: writes, syncs, truncations, renames of the writing process, made to fail by libfiu while it runs.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../lab/install.ts';
import type { Dice } from './dice.ts';
import { verify } from './kills.ts';
import { cannot, closed, isDone, isOpen, killed, Life, opened, several } from './life.ts';
import type { Line } from './lines.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions, taskOf } from './trial.ts';

const execute = promisify(execFile);
const fiuUp = join(import.meta.dirname, 'fiu-up');
const cache = resolve(process.env['ROLLCALL_CACHE'] ?? join(repository, '.cache'));
const EIO = 5;
const EMFILE = 24;
const ENOSPC = 28;
const FAILING_MS = 600;

interface Failing {
  readonly name: string;
  /** Names of libfiu, each with the error it ends with. */
  readonly points: readonly (readonly [point: string, errno: number])[];
  /** The process itself could not start with it. */
  readonly stopsNode?: true;
}

const FAILINGS: readonly Failing[] = [
  { name: 'fdatasync EIO', points: [['posix/io/sync/fdatasync', EIO]] },
  { name: 'fdatasync ENOSPC', points: [['posix/io/sync/fdatasync', ENOSPC]] },
  { name: 'fsync EIO', points: [['posix/io/sync/fsync', EIO]] },
  { name: 'pwrite EIO', points: [['posix/io/rw/pwrite', EIO]] },
  { name: 'pwrite ENOSPC', points: [['posix/io/rw/pwrite', ENOSPC]] },
  { name: 'short pwrite', points: [['posix/io/rw/pwrite/reduce', 0]] },
  {
    name: 'short pwrite, then EIO',
    points: [
      ['posix/io/rw/pwrite/reduce', 0],
      ['posix/io/rw/pwrite', EIO],
    ],
  },
  {
    name: 'pwrite and ftruncate EIO',
    points: [
      ['posix/io/rw/pwrite', EIO],
      ['posix/io/rw/ftruncate', EIO],
    ],
  },
  { name: 'rename EIO', points: [['posix/io/dir/rename', EIO]] },
  { name: 'unlink EIO', points: [['posix/io/dir/unlink', EIO]] },
  { name: 'open EMFILE', points: [['posix/io/oc/open', EMFILE]], stopsNode: true },
];

/** What goes before `fiu-run` and `fiu-ctrl`: nothing where they are in PATH, else the folder that they were put into. */
let fiu = '';

/** Puts libfiu's commands into the cache folder unless they are in PATH. Rejects with what is missing on this system. */
async function needFiu(): Promise<void> {
  const inPath = spawnSync('sh', ['-c', 'command -v fiu-run && command -v fiu-ctrl'], { stdio: 'ignore' });
  if (inPath.status === 0) return;
  const prefix = join(cache, 'fiu');
  await execute('bash', [fiuUp, prefix]).catch((error: Error & { stderr?: string }) => {
    const why = error.stderr?.trim() || error.message;
    throw new Error(`failing system calls need fiu-run (Debian package fiu-utils), which cannot be had:\n${why}`);
  });
  fiu = `${prefix}/`;
}

export async function runErrors(options: TrialOptions): Promise<Outcome> {
  await needFiu();
  return runTrial(options, fail, verify);
}

async function fail(chain: Chain, dice: Dice, seed: number): Promise<string[]> {
  const failing = dice.pick(FAILINGS);
  const probability = dice.pick([1, 1, 0.2, 0.02]);
  const orders = failing.points.map(([point, errno]) => {
    const share = probability === 1 ? 'enable name=' : `enable_random probability=${probability},name=`;
    return `${share}${point},failinfo=${errno}`;
  });
  if (!failing.stopsNode && dice.chance(0.15))
    return [`${failing.name} at the start`, await startFailing(chain, dice, seed, orders)];
  const life = start(chain, dice, seed, []);
  const broken = life.line(isFailed);
  await opened(life);
  await pause(dice.below(300));
  control(chain, life, orders);
  await pause(dice.below(FAILING_MS));
  control(
    chain,
    life,
    failing.points.map(([point]) => `disable name=${point}`),
  );
  const how = await Promise.race([
    broken.then(() => 'failed for good'),
    several(life, isDone, 6).then(() => 'went on'),
  ]);
  await (dice.chance(0.5) ? closed(life) : killed(life));
  return [failing.name, how];
}

const isFailed = (line: Line): line is Line => 'report' in line && line.report === 'store.failed';

/** A start with failing calls: it is refused in one line, or it works as far as the disk lets it. */
async function startFailing(chain: Chain, dice: Dice, seed: number, orders: readonly string[]): Promise<string> {
  const life = start(chain, dice, seed, orders);
  const line = await life.line((one): one is Line => isOpen(one) || cannot(one));
  if (!line || (cannot(line) && !line.expected)) {
    throw new Error(`a start on a failing disk: ${line && cannot(line) ? line.cannot : (await life.ended()).errors}`);
  }
  await pause(dice.below(300));
  life.kill();
  await life.ended();
  return cannot(line) ? 'start refused' : 'started';
}

const pipes = (chain: Chain): string => join(chain.place, 'fiu');

function start(chain: Chain, dice: Dice, seed: number, orders: readonly string[]): Life {
  const task = taskOf(chain, dice, seed);
  const given = orders.flatMap((order) => ['-c', order]);
  return new Life(chain.ledger, task, [`${fiu}fiu-run`, '-x', '-f', pipes(chain), ...given]);
}

function control(chain: Chain, life: Life, orders: readonly string[]): void {
  const given = orders.flatMap((order) => ['-c', order]);
  // Its pipe would wait for ever for a process that is gone.
  execFileSync('timeout', ['10', `${fiu}fiu-ctrl`, '-f', pipes(chain), ...given, String(life.pid)], {
    stdio: 'ignore',
  });
}
