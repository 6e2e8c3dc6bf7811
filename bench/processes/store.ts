// The daemon's store with contacts: changed by writers as the use cases change it; the bytes that costs; and how long the event
// loop stands still meanwhile.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { readQuery } from '../../src/domain/search.ts';
import { FIRST_BOOK } from '../../src/service/contact-row.ts';
import { aboutThisProcess, answering, type Question } from '../support/child.ts';
import { madeContacts, randomOf } from '../support/contacts.ts';
import { create, edit, fillStore, meanLength, openStore, remove } from '../support/filled-store.ts';
import { makeFolder } from '../support/folder.ts';
import type { Searched } from '../support/searched.ts';
import { watchTurns } from '../support/turns.ts';
import { type Load, picker, runWriters } from '../support/writers.ts';

const { store, snapshots } = await openStore(makeFolder('store'));
const random = randomOf(4);
/** Writers of the stream that `bytes` measures. */
const WRITERS = 128;
/** What the steady stream does each time its timer fires. */
const STREAM_EVERY_MS = 50;
const EDITS = 10;
/** Longer than a snapshot takes. */
const REST_MS = 4_000;
const fresh = madeContacts({ count: Number.POSITIVE_INFINITY, seed: 5 });
let ids: string[] = [];

async function fill({ count }: Question): Promise<void> {
  ids = await fillStore(store, Number(count));
}

function write(question: Question): Promise<object> {
  const load = question as unknown as Load;
  const pick = picker(ids.length, load.writers, random);
  return runWriters(load, (writer) => edit(store, ids[pick(writer)] as string));
}

/** Bytes this process has given to write system calls, and those that the system brought to the disk for it. */
function written(): { calls: number; disk: number } {
  const text = readFileSync('/proc/self/io', 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1]);
  return { calls: of('wchar'), disk: of('write_bytes') };
}

/** Bytes written per change, from the end of one snapshot to the end of the next, beside the length of a contact. */
async function bytes(): Promise<object> {
  let commits = 0;
  const pick = picker(ids.length, WRITERS, random);
  const until = async (count: number): Promise<void> => {
    const run = async (writer: number): Promise<void> => {
      for (; snapshots() < count; commits++) await edit(store, ids[pick(writer)] as string);
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, writer) => run(writer)));
  };
  await until(snapshots() + 1);
  const before = { ...written(), commits };
  await until(snapshots() + 1);
  const after = written();
  const changes = commits - before.commits;
  return {
    changes,
    contact: await meanLength(store, ids.slice(0, 1_000)),
    calls: (after.calls - before.calls) / changes,
    disk: (after.disk - before.disk) / changes,
  };
}

/** Milliseconds that the event loop was late, at the most and but for one time in a hundred, while `work` went on. */
async function delays(work: Promise<unknown>): Promise<{ p99: number; max: number }> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work;
  histogram.disable();
  return { p99: histogram.percentile(99) / 1e6, max: histogram.max / 1e6 };
}

/** Edits without end, and now and then a contact that goes and another that comes. */
async function stream(millis: number): Promise<number> {
  const work: Promise<void>[] = [];
  const end = performance.now() + millis;
  let changes = 0;
  for (let at = 0; performance.now() < end; at = (at + EDITS + 1) % ids.length) {
    const made = fresh.next().value;
    work.push(remove(store, ids[at] as string), create(store, made));
    ids[at] = made.id;
    for (let i = 1; i <= EDITS; i++) work.push(edit(store, ids[(at + i) % ids.length] as string));
    changes += EDITS + 2;
    await sleep(STREAM_EVERY_MS);
  }
  await Promise.all(work);
  return changes;
}

/** Resolves when no snapshot is being written any more. */
async function atRest(): Promise<void> {
  for (let before = -1; before !== snapshots(); ) {
    before = snapshots();
    await sleep(REST_MS);
  }
}

async function stall(question: Question): Promise<object> {
  const millis = Number(question['millis']);
  await atRest();
  globalThis.gc?.();
  const idle = await delays(sleep(millis / 4));
  const before = snapshots();
  const streaming = stream(millis);
  const busy = await delays(streaming);
  const between = snapshots();
  const stopWatch = watchTurns();
  const changes = (await streaming) + (await stream(millis));
  const turn = stopWatch();
  return { idle, busy, turn, changes, snapshots: Math.min(between - before, snapshots() - between) };
}

/** One search in the company book, as the method asks for it. */
async function search({ text, limit }: Question): Promise<Searched> {
  const begun = performance.now();
  const query = readQuery(String(text));
  const rows = query ? await store.search({ scopes: [FIRST_BOOK], query, limit: Number(limit) }) : [];
  return { found: rows.length, millis: performance.now() - begun };
}

/** The first search makes ready what it needs. */
async function firstSearch(question: Question): Promise<Searched & { readonly turn: number }> {
  const stopWatch = watchTurns();
  await new Promise((resolve) => setImmediate(resolve));
  const searched = await search(question);
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { ...searched, turn: stopWatch() };
}

answering({ ...aboutThisProcess, fill, write, bytes, stall, search, firstSearch });
