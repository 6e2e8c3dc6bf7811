// The daemon's store while many contacts are written at once: how long that takes, how long the event loop stands still, and
// how long the commits of others take meanwhile.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard, Write } from '../../src/service/store.ts';
import { aboutThisProcess, answering, type Question } from '../support/child.ts';
import { madeContacts } from '../support/contacts.ts';
import { percentile } from '../support/figures.ts';
import { create, openStore } from '../support/filled-store.ts';
import { makeFolder } from '../support/folder.ts';
import { watchTurns } from '../support/turns.ts';

const { store } = await openStore(makeFolder('batch'));
const OTHERS_EVERY_MS = 20;
const others = madeContacts({ count: Number.POSITIVE_INFINITY, book: 'sales', seed: 6 });

function writesOf(count: number, seed: number): { readonly writes: Write[]; readonly bytes: number } {
  const writes = Array.from(madeContacts({ count, seed }), ({ id, row }): Write => {
    const fields = { ...row.fields, remark: 'Met at the fair; asks for the new price list each spring. '.repeat(2) };
    return { table: 'contacts', id, value: { ...row, fields } };
  });
  const some = writes.slice(0, 1000);
  return { writes, bytes: Buffer.byteLength(JSON.stringify(some)) / some.length };
}

/** Commits a contact now and then until `work` is done. Milliseconds that each took. */
async function besides(work: Promise<unknown>): Promise<number[]> {
  const millis: number[] = [];
  let isDone = false;
  const ended = work.then(() => {
    isDone = true;
  });
  while (!isDone) {
    const begun = performance.now();
    await create(store, others.next().value);
    millis.push(performance.now() - begun);
    await sleep(OTHERS_EVERY_MS);
  }
  await ended;
  return millis;
}

/** Writes so many contacts that are new, or those of the same seed again, each guarded. */
async function batch({ count, seed, guarded }: Question): Promise<object> {
  const { writes, bytes } = writesOf(Number(count), Number(seed));
  const guards: Guard[] = [];
  if (guarded) {
    const rows = await store.find(
      'contacts',
      writes.map(({ id }) => id),
    );
    for (const { id } of writes) guards.push({ table: 'contacts', id, rev: rows.get(id)?.rev ?? null });
  }
  globalThis.gc?.();
  await sleep(500);
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const stopWatch = watchTurns();
  const begun = performance.now();
  let durable = 0;
  const progress = (written: number): void => {
    if (written === writes.length) durable = performance.now() - begun;
  };
  const commit = store.commitMany(writes, guards, progress);
  const beside = await besides(commit);
  const millis = performance.now() - begun;
  histogram.disable();
  return {
    ...{ millis, durable, bytes, turn: stopWatch(), commits: beside.length },
    ...{ p99: histogram.percentile(99) / 1e6, max: histogram.max / 1e6 },
    beside: { p50: percentile(beside, 0.5), max: Math.max(...beside) },
  };
}

answering({ ...aboutThisProcess, batch });
