// The command `npm run bench`: runs one benchmark, or all of them, or says which there are. Figures never make it fail.
import { cpus } from 'node:os';
import { agi } from './agi.ts';
import { ami } from './ami.ts';
import { batch } from './batch.ts';
import { calls } from './calls.ts';
import { catchUp } from './catch-up.ts';
import { cluster } from './cluster.ts';
import { commits } from './commits.ts';
import { delta } from './delta.ts';
import { fanOut } from './fan-out.ts';
import { firstSync } from './first-sync.ts';
import { intake } from './intake.ts';
import { largeBook } from './large-book.ts';
import { lookup } from './lookup.ts';
import { lookupHttp } from './lookup-http.ts';
import { memory } from './memory.ts';
import { portal } from './portal.ts';
import { search } from './search.ts';
import { sharedStore } from './shared-store.ts';
import { shares } from './shares.ts';
import { slowClient } from './slow-client.ts';
import { stall } from './stall.ts';
import { start } from './start.ts';
import { storm } from './storm.ts';
import type { Benchmark } from './support/benchmark.ts';
import { totalFanOut } from './total-fan-out.ts';
import { undisturbed } from './undisturbed.ts';

const BENCHMARKS: readonly Benchmark[] = [
  fanOut,
  memory,
  intake,
  ami,
  storm,
  slowClient,
  commits,
  stall,
  batch,
  start,
  search,
  lookup,
  firstSync,
  delta,
  agi,
  lookupHttp,
  calls,
  portal,
  undisturbed,
  sharedStore,
  cluster,
  shares,
  totalFanOut,
  catchUp,
  largeBook,
];

async function main([name, ...rest]: readonly string[]): Promise<void> {
  if (name === undefined) return list();
  const chosen = name === 'all' ? BENCHMARKS : BENCHMARKS.filter((benchmark) => benchmark.name === name);
  if (chosen.length === 0) {
    return fail(`there is no benchmark ${name}; these there are: ${BENCHMARKS.map((one) => one.name).join(', ')}, all`);
  }
  const args = rest.map(Number);
  if (!args.every((arg) => Number.isInteger(arg) && arg > 0)) {
    return fail(`arguments are whole numbers above 0: ${chosen.map(usageOf).join(', ')}`);
  }
  console.log(`Node ${process.versions.node}, ${cpus().length} cores`);
  for (const benchmark of chosen) {
    console.log(`\n${benchmark.name}: ${benchmark.what}`);
    await benchmark.run(name === 'all' ? [] : args);
  }
}

function list(): void {
  console.log('npm run bench -- NAME [ARGUMENTS]    one of:\n');
  const width = Math.max(...BENCHMARKS.map((benchmark) => usageOf(benchmark).length));
  for (const benchmark of BENCHMARKS) console.log(`  ${usageOf(benchmark).padEnd(width)}  ${benchmark.what}`);
  console.log(`  ${'all'.padEnd(width)}  every one of them, one after the other`);
}

function usageOf({ name, usage }: Benchmark): string {
  return `${name} ${usage}`.trim();
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}

await main(process.argv.slice(2));
