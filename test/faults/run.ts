// The command `npm run faults`: makes faults on purpose, many of each kind, and says what came of them. Ends with 1 when anything
// was lost, read too early or could not be read, with 2 when it could not be tried.
import { parseArgs } from 'node:util';
import { runCluster } from './cluster.ts';
import { runCuts } from './cuts.ts';
import { runDaemons } from './daemons.ts';
import { runErrors } from './errors.ts';
import { runFull } from './full.ts';
import { runKills } from './kills.ts';
import type { Outcome, TrialOptions } from './trial.ts';

const USAGE = `npm run faults -- [--kills 200] [--cuts 50] [--full 20] [--eio 40] [--daemon 10] [--cluster 20] [--seed N]
    every kind, or only those that are named; 0 leaves one out
npm run faults -- --no-sync [--cuts 50]
    power cuts while the store's syncs do nothing: has to fail
npm run faults -- --negative [--cuts 10]
    the same, and fails unless that was found out`;

const LENGTHS = { kills: 200, cuts: 50, full: 20, eio: 40, daemon: 10, cluster: 20 } as const;
type Kind = keyof typeof LENGTHS;

const TRIALS: Readonly<
  Record<Kind, { readonly what: string; readonly run: (options: TrialOptions) => Promise<Outcome> }>
> = {
  kills: { what: 'kill -9', run: runKills },
  cuts: { what: 'power cuts', run: runCuts },
  full: { what: 'full disks', run: runFull },
  eio: { what: 'failing system calls', run: runErrors },
  daemon: { what: 'kill -9 of the whole daemon', run: runDaemons },
  cluster: { what: 'three daemons on a PostgreSQL, killed and cut off', run: runCluster },
};

interface Orders {
  readonly rounds: ReadonlyMap<Kind, number>;
  readonly seed: number;
  readonly deaf: boolean;
  readonly negative: boolean;
}

/** What the arguments ask for. Throws Error with what is wrong with them. */
function ordersOf(args: readonly string[]): Orders {
  const number = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    kills: number,
    cuts: number,
    full: number,
    eio: number,
    daemon: number,
    cluster: number,
    seed: number,
  } as const;
  const { values } = parseArgs({ args: [...args], options: { ...options, 'no-sync': flag, negative: flag } });
  const whole = (name: keyof typeof options, otherwise: number): number => {
    const text = values[name];
    if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number, not ${text}`);
    return text === undefined ? otherwise : Number(text);
  };
  const deaf = values['no-sync'] || values.negative;
  const all = Object.keys(LENGTHS) as Kind[];
  const named = all.filter((kind) => whole(kind, 0) > 0);
  const kinds = deaf
    ? (['cuts'] as const)
    : named.length > 0
      ? named
      : all.filter((kind) => values[kind] === undefined);
  const usual = (kind: Kind): number => (values.negative ? 10 : LENGTHS[kind]);
  const rounds = new Map(kinds.map((kind) => [kind, whole(kind, usual(kind))] as const));
  return { rounds, seed: whole('seed', Math.floor(Math.random() * 1e9)), deaf, negative: values.negative };
}

async function main(args: readonly string[]): Promise<number> {
  const { rounds, seed, deaf, negative } = ordersOf(args);
  console.log(`seed ${seed}`);
  let faults = 0;
  for (const [kind, count] of rounds) {
    const { what, run } = TRIALS[kind];
    const progress = (text: string): void => console.log(`${what}: ${text}`);
    const options = { rounds: count, seed, progress, keep: !negative };
    const outcome = deaf ? await runCuts({ ...options, deaf }) : await run(options);
    summarise(deaf ? `${what} without syncs` : what, outcome);
    faults += outcome.faults.length;
  }
  if (!negative) return faults > 0 ? 1 : 0;
  console.log(
    faults > 0 ? 'as it must be: without syncs data is lost' : 'WRONG: without syncs nothing was found to be lost',
  );
  return faults > 0 ? 0 : 1;
}

function summarise(what: string, { rounds, counts, tally, faults }: Outcome): void {
  const list = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  console.log(`\n${what}, ${rounds} rounds: ${faults.length === 0 ? 'nothing lost' : `${faults.length} FAULTS`}`);
  for (const fault of faults) console.log(`  ${fault}`);
  console.log(`  ${list(counts)}`);
  console.log(`  ${list(tally)}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof TypeError || (error instanceof Error && error.message.startsWith('--'))) console.error(USAGE);
  process.exitCode = 2;
}
