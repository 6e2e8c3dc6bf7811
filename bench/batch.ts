// Many contacts written at once, all or none, as an import does: the time it takes, and what it costs everybody else.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { printValue } from './support/figures.ts';
import { printDisk } from './support/folder.ts';

interface Told {
  readonly millis: number;
  /** Until all rows were in the file of the batch. */
  readonly durable: number;
  /** Of a row. */
  readonly bytes: number;
  readonly turn: number;
  readonly p99: number;
  readonly max: number;
  readonly beside: { readonly p50: number; readonly max: number };
}

export const batch: Benchmark = {
  name: 'batch',
  usage: '[CONTACTS]',
  what: 'many contacts written at once, all or none, and how late the event loop is meanwhile',
  async run([contacts = 100_000]) {
    printDisk();
    const child = startChild('batch');
    for (const [kind, guarded] of [
      ['new contacts', false],
      ['changed contacts, each guarded', true],
    ] as const) {
      const told = await child.ask<Told>({ do: 'batch', count: contacts, seed: 11, guarded });
      const what = `${contacts} ${kind} of ${told.bytes.toFixed(0)} B`;
      printValue(`${what}, all told`, told.millis / 1000, 's', { most: 15 });
      printValue(`${what}, until they are in the file`, told.durable / 1000, 's');
      printValue(`${what}, event loop late, p99`, told.p99, 'ms', { most: 10 });
      printValue(`${what}, event loop late, at the most`, told.max, 'ms', { most: 50 });
      printValue(`${what}, the longest turn, the less of its time and its CPU`, told.turn, 'ms', { most: 50 });
      printValue(`${what}, a commit of somebody else meanwhile, p50`, told.beside.p50, 'ms');
      printValue(`${what}, a commit of somebody else meanwhile, at the most`, told.beside.max, 'ms');
    }
    child.end();
  },
};
