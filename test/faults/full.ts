// Disks that are full: writers go on until nothing fits, are refused, and go on when there is room again. Some processes are killed
// on the full disk, and started again on it.
import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './dice.ts';
import { type Mounted, makeImage, mountImage, obstacle } from './image.ts';
import { cannot, closed, isDone, isOpen, isRefused, killed, Life, opened, several } from './life.ts';
import type { Line } from './lines.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions, taskOf, WRITERS } from './trial.ts';

const IMAGE_MIB = 10;
/** What is left free at first, at most. */
const LEFT = 256 * 1024;
const REFUSALS = 10;

export async function runFull(options: TrialOptions): Promise<Outcome> {
  const why = obstacle();
  if (why !== undefined) throw new Error(why);
  return runTrial(options, (chain, dice, seed) => onImage(chain, dice, seed, fill), verify);
}

async function verify(chain: Chain, dice: Dice, seed: number): Promise<void> {
  await onImage(chain, dice, seed, async (start) => {
    const life = start();
    await opened(life);
    await closed(life);
    return [];
  });
}

type Act = (start: () => Life, ballast: string, dice: Dice) => Promise<string[]>;

async function onImage(chain: Chain, dice: Dice, seed: number, act: Act): Promise<string[]> {
  const image = join(chain.place, 'image');
  if (!existsSync(image)) makeImage(image, IMAGE_MIB);
  const mounted: Mounted = await mountImage(chain.place, image, 'data=ordered');
  const lives: Life[] = [];
  const start = (): Life => {
    const task = { ...taskOf(chain, dice, seed), folder: join(mounted.at, 'data') };
    const life = new Life(chain.ledger, task, mounted.enter);
    lives.push(life);
    return life;
  };
  try {
    return await act(start, join(mounted.seen, 'ballast'), dice);
  } finally {
    for (const life of lives) life.kill();
    await Promise.all(lives.map((life) => life.ended()));
    await mounted.end();
  }
}

async function fill(start: () => Life, ballast: string, dice: Dice): Promise<string[]> {
  let life = start();
  await opened(life);
  await pause(dice.below(300));
  await fillUp(life, ballast, dice.below(LEFT));
  const happened = ['filled'];
  if (dice.chance(0.4)) {
    await killed(life);
    happened.push(await startFull(start, dice));
    rmSync(ballast);
    life = start();
    await opened(life);
  } else rmSync(ballast);
  await several(life, isDone, 3 * WRITERS);
  happened.push('writing again');
  await (dice.chance(0.5) ? closed(life) : killed(life));
  return happened;
}

/** Fills the disk until writers are refused. Snapshots may make room meanwhile, which is filled again. */
async function fillUp(life: Life, ballast: string, left: number): Promise<void> {
  let over = false;
  const refused = several(life, isRefused, REFUSALS).finally(() => {
    over = true;
  });
  for (let leave = left; !over; leave = Math.floor(leave / 2)) {
    addBallast(ballast, leave);
    await Promise.race([refused, pause(200)]);
  }
  await refused;
}

/** Writes until the disk takes no more, then gives back `leave` bytes. */
function addBallast(path: string, leave: number): void {
  const block = Buffer.alloc(4096, 'ballast');
  const fd = openSync(path, 'a');
  try {
    while (writeSync(fd, block) === block.length);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    ftruncateSync(fd, Math.max(0, fstatSync(fd).size - leave));
    closeSync(fd);
  }
}

/** A start on the full disk: it is refused in one line, or it works and its writers are refused. */
async function startFull(start: () => Life, dice: Dice): Promise<string> {
  const life = start();
  const line = await life.line((one): one is Line => isOpen(one) || cannot(one));
  const refusedStart = line !== undefined && cannot(line);
  if (!line || (refusedStart && !line.expected))
    throw new Error(`a start on a full disk: ${refusedStart ? line.cannot : 'ended'}`);
  await pause(dice.below(100));
  life.kill();
  await life.ended();
  return refusedStart ? 'start refused' : 'started full';
}
