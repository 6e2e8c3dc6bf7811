// `kill -9` at any moment: while the process starts, writes, syncs or takes a snapshot.
import type { Dice } from './dice.ts';
import { closed, killed, Life, opened } from './life.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions, taskOf } from './trial.ts';

/** Starting takes about so long. */
const START_MS = 700;
const WRITING_MS = 900;

export function runKills(options: TrialOptions): Promise<Outcome> {
  return runTrial(options, kill, verify);
}

async function kill(chain: Chain, dice: Dice, seed: number): Promise<string[]> {
  const life = new Life(chain.ledger, taskOf(chain, dice, seed));
  const starting = dice.chance(0.15);
  if (!starting) await opened(life);
  await pause(dice.below(starting ? START_MS : WRITING_MS));
  await killed(life);
  return [starting ? 'killed at the start' : 'killed at work'];
}

/** One life that opens the store, is judged by the ledger, and closes. */
export async function verify(chain: Chain, dice: Dice, seed: number): Promise<void> {
  const life = new Life(chain.ledger, taskOf(chain, dice, seed));
  await opened(life);
  await closed(life);
}
