// A trial: many rounds of one kind of fault, and what came of them. Knows no fault.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dice, diceOf } from './dice.ts';
import { Ledger, type Tally } from './ledger.ts';
import type { Task } from './lines.ts';

export interface TrialOptions {
  readonly rounds: number;
  readonly seed: number;
  /** Told after each round, in a few words. */
  readonly progress: (text: string) => void;
  /** Leave what has a fault, to be looked at. */
  readonly keep: boolean;
}

export interface Outcome {
  readonly rounds: number;
  readonly tally: Tally;
  /** What happened how often, besides. */
  readonly counts: Readonly<Record<string, number>>;
  /** What was wrong: round, seed and what. */
  readonly faults: readonly string[];
}

/** A data folder with its ledger, over several lives. */
export interface Chain {
  readonly ledger: Ledger;
  /** For all that belongs to it: data, images, records. */
  readonly place: string;
}

/** Rounds on one data folder, before another one is begun. */
const CHAIN = 25;
export const WRITERS = 6;

/**
 * Runs rounds on data folders that go from round to round. A round returns words for what happened, which are counted, or throws;
 * its ledger judges at the next opening what it left, and `last` opens it once more at the end. A folder with a fault is left as it is, and another one is begun.
 */
export async function runTrial(
  { rounds, seed, progress, keep }: TrialOptions,
  round: (chain: Chain, dice: Dice, seed: number) => Promise<readonly string[]>,
  last: (chain: Chain, dice: Dice, seed: number) => Promise<void>,
): Promise<Outcome> {
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  const tallies: Tally[] = [];
  let chain: Chain | undefined;
  for (let number = 1; number <= rounds; number += 1) {
    chain ??= { ledger: new Ledger(), place: mkdtempSync(join(tmpdir(), 'rollcall-faults-')) };
    const { ledger, place } = chain;
    const own = seed + number;
    try {
      const happened = await round(chain, diceOf(own), own);
      if (number === rounds || number % CHAIN === 0) await last(chain, diceOf(-own), own);
      for (const word of happened) counts[word] = (counts[word] ?? 0) + 1;
      progress(`${number}/${rounds} ${happened.join(', ')}; ${ledger.tally.acknowledged} acknowledged`);
    } catch (error) {
      ledger.faults.push(error instanceof Error ? error.message : String(error));
    }
    for (const fault of ledger.faults) {
      faults.push(`found in round ${number}, seed ${own}: ${fault}${keep ? ` (left in ${place})` : ''}`);
      progress(`FAULT found in round ${number}: ${fault}`);
    }
    const isLast = number === rounds || number % CHAIN === 0 || ledger.faults.length > 0;
    if (!isLast) continue;
    tallies.push(ledger.tally);
    if (!keep || ledger.faults.length === 0) rmSync(place, { recursive: true, force: true });
    chain = undefined;
  }
  return { rounds, tally: sum(tallies), counts, faults };
}

function sum(tallies: readonly Tally[]): Tally {
  const total = { ...new Ledger().tally };
  for (const tally of tallies) for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  return total;
}

/** What a process writes in this round. */
export function taskOf({ ledger, place }: Chain, dice: Dice, seed: number): Task {
  const folder = join(place, 'data');
  mkdirSync(place, { recursive: true });
  return { folder, seed, writers: WRITERS, speed: dice.pick([10, 40, 100]), disk: 'real', since: ledger.cursor };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
