// Power cuts: the data folder is on a disk that remembers every write and flush. At any moment the power goes; what the disk may
// have kept is put together, mounted, and the store opened on it. Nothing of the running system helps the store then.
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dice } from './dice.ts';
import { makeImage, mountRecorded, obstacle, type Recorded } from './image.ts';
import { isRefused, Life, opened } from './life.ts';
import { cutPower, readRecording } from './recording.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions, taskOf } from './trial.ts';

const IMAGE_MIB = 24;
const WRITING_MS = 1500;
const AFTER_MS = 60;
/** Ways to run ext4: with as little order between data and names as it allows, too. */
const MOUNTS = [
  'data=ordered',
  'data=ordered,commit=1,noauto_da_alloc',
  'data=writeback,commit=1,noauto_da_alloc',
  'data=writeback,nodelalloc',
];

interface CutOptions extends TrialOptions {
  /** The store's syncs do nothing. */
  readonly deaf?: boolean;
}

/** What happens until the power goes, in words. */
type Until = (life: Life, disk: Recorded, dice: Dice) => Promise<string>;

export async function runCuts(options: CutOptions): Promise<Outcome> {
  const why = obstacle();
  if (why !== undefined) throw new Error(why);
  const disk = options.deaf ? 'deaf' : 'real';
  const round = (until: Until) => async (chain: Chain, dice: Dice, seed: number) => {
    const mounted = await mounting(chain, dice);
    const task = { ...taskOf(chain, dice, seed), folder: join(mounted.at, 'data'), disk } as const;
    const life = new Life(chain.ledger, task, mounted.enter);
    try {
      const happened = await until(life, mounted, dice);
      const loose = await cutOff(chain, life, mounted, dice);
      return [happened, loose ? 'writes were under way' : 'nothing was under way'];
    } finally {
      life.kill();
      await life.ended();
      await mounted.end();
    }
  };
  return runTrial(options, round(atWork), async (...given) => {
    await round(justOpened)(...given);
  });
}

async function mounting({ place }: Chain, dice: Dice): Promise<Recorded> {
  const image = join(place, 'image');
  if (!existsSync(image)) makeImage(image, IMAGE_MIB);
  copyFileSync(image, `${image}.live`);
  return mountRecorded(place, `${image}.live`, dice.pick(MOUNTS));
}

const atWork: Until = async (life, disk, dice) => {
  const kind = dice.below(20);
  if (kind < 3) {
    await pause(dice.below(WRITING_MS / 2));
    return 'cut at the start';
  }
  await opened(life);
  await pause(dice.below(WRITING_MS));
  if (kind > 4) return 'cut at work';
  const refused = life.line(isRefused);
  disk.breakDisk();
  await refused;
  await pause(dice.below(100));
  return 'cut after the disk failed';
};

const justOpened: Until = async (life) => {
  await opened(life);
  return 'opened';
};

/** Cuts the power, and makes the image what the disk may have kept. Returns whether that is in doubt. */
async function cutOff({ ledger, place }: Chain, life: Life, { log }: Recorded, dice: Dice): Promise<boolean> {
  // What was heard by now was true before the record had this length. It goes on for a moment: the power went at any point of that.
  ledger.cut();
  const least = statSync(log).size;
  await pause(dice.below(AFTER_MS));
  const length = least + dice.below(statSync(log).size - least + 1);
  life.kill();
  await life.ended();
  const image = readFileSync(join(place, 'image'));
  const recording = readRecording(readFileSync(log).subarray(0, length));
  cutPower(image, recording, dice);
  writeFileSync(join(place, 'image'), image);
  return recording.loose.length > 0;
}
