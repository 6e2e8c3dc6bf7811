// Puts into the history what the PBX's records say of calls in a time in which nobody watched, as if they had been followed: whoever has the call in
// his history already keeps it as it is. Knows neither when that is to be done nor how records are read.
import type { CallEntry } from '../domain/call.ts';
import { type RecordedCall, type RecordedPhones, recordedCalls } from '../domain/record-entries.ts';
import type { Gap } from './call-gap-list.ts';
import { partyOf } from './call-naming-party.ts';
import { type CallRow, callId } from './call-row.ts';
import { type CallRecords, RECORDS_AT_ONCE } from './calls-port.ts';
import { isoTime } from './clock.ts';
import { nextTurn } from './import-breath.ts';
import type { Lookup } from './lookup.ts';
import { entryWithIds } from './site-entries.ts';
import type { SiteNumbers } from './site-numbers.ts';
import { type Guard, type Row, Stale, type Store, type Write } from './store.ts';

export interface CallGapFillingParts {
  readonly store: Store;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly phones: RecordedPhones;
  /** How this PBX calls its extensions; absent: by their ids. */
  readonly numbers?: SiteNumbers | undefined;
  readonly sha256: (text: string) => string;
  /** Calls that began before are not kept; milliseconds since 1970. */
  readonly oldest: () => number;
}

/** Calls around the gap are looked at as well: neither clock nor news is exact to the second. */
const AROUND_MS = 60_000;
/** The earlier legs of a call that ended in the gap. */
const EARLIER_LEGS_MS = 3_600_000;
/** A call told twice under different names begins as far apart. */
const SAME_MS = 2_000;
/** Records have whole seconds, cut off. */
const ROUNDING_MS = 1_000;
const BATCH = 100;
const SLICE = 500;
const TRIES = 5;
const LONGEST_NUMBER = 64;

/** An entry with the id of its row, and how its call came to be known. */
interface Found {
  readonly id: string;
  readonly entry: CallEntry;
  /** The call ended while nobody watched. */
  readonly isInside: boolean;
  /** The call has the name under which it would have been told. */
  readonly isLinked: boolean;
}

/**
 * Resolves with the number of entries that were written when all of them are on disk. Rejects with Error when the records cannot be read, with
 * Failure `storage` when they cannot be kept. `signal`: breaks off between two batches.
 */
export async function fillGap(
  parts: CallGapFillingParts,
  records: CallRecords,
  gap: Gap,
  signal: AbortSignal,
): Promise<number> {
  const from = gap.from - AROUND_MS;
  let written = 0;
  for (let until = gap.until + AROUND_MS; !signal.aborted; ) {
    const read = await records.read(from - EARLIER_LEGS_MS, until);
    const calls: RecordedCall[] = [];
    let looked = 0;
    for (const call of recordedCalls(read, parts.phones)) {
      if (call.end >= from) calls.push(call);
      looked += 1;
      if (looked % BATCH === 0) await nextTurn();
    }
    written += await writeCalls(parts, calls, gap, signal);
    const oldest = read[0]?.end ?? from;
    if (read.length < RECORDS_AT_ONCE || oldest <= from || oldest >= until) break;
    // The rest, with the legs of calls that were read in part.
    until = oldest + AROUND_MS < until ? oldest + AROUND_MS : oldest;
  }
  return written;
}

async function writeCalls(
  parts: CallGapFillingParts,
  calls: readonly RecordedCall[],
  gap: Gap,
  signal: AbortSignal,
): Promise<number> {
  const oldest = parts.oldest();
  const { numbers } = parts;
  const all = calls.flatMap(({ end, linked, entries: told }) => {
    const entries = numbers?.hasPrefix ? told.map((entry) => entryWithIds(entry, numbers)) : told;
    const isInside = end > gap.from - ROUNDING_MS && end <= gap.until;
    const kept = entries.filter(({ at }) => at >= oldest);
    return kept.map((entry): Found => {
      return { id: callId(parts.sha256, entry.call, entry.owner), entry, isInside, isLinked: linked };
    });
  });
  const names = new Set(all.map(({ entry }) => entry.call));
  let written = 0;
  for (let at = 0; at < all.length && !signal.aborted; at += BATCH) {
    written += await writeBatch(parts, all.slice(at, at + BATCH), names);
  }
  return written;
}

async function writeBatch(
  parts: CallGapFillingParts,
  batch: readonly Found[],
  names: ReadonlySet<string>,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    const { writes, guards } = await changes(parts, batch, names);
    if (writes.length === 0) return 0;
    try {
      await parts.store.commit(writes, guards);
      return writes.length;
    } catch (error) {
      if (!(error instanceof Stale) || tries === TRIES) throw error;
    }
  }
}

async function changes(
  parts: CallGapFillingParts,
  batch: readonly Found[],
  names: ReadonlySet<string>,
): Promise<{ writes: Write[]; guards: Guard[] }> {
  const known = await parts.store.find('calls', [...new Set(batch.map(({ id }) => id))]);
  const missing = new Map(batch.flatMap((found) => (known.has(found.id) ? [] : [[found.id, found] as const])));
  for (const id of await toldOtherwise(parts.store, [...missing.values()], names)) missing.delete(id);
  const writes: Write[] = [];
  const guards: Guard[] = [];
  for (const { id, entry } of missing.values()) {
    writes.push({ table: 'calls', id, value: await rowOf(parts, entry) });
    guards.push({ table: 'calls', id, rev: null });
  }
  for (const { id, entry, isInside } of batch) {
    const before = known.get(id);
    const value = before && isInside ? moreExact(before.value as CallRow, entry) : undefined;
    if (!before || !value) continue;
    writes.push({ table: 'calls', id, value });
    guards.push({ table: 'calls', id, rev: before.rev });
  }
  return { writes, guards };
}

/**
 * Of a call that was over when somebody looked again: what its record says of its end, unless more is known than a record tells, which has
 * neither who declined nor who gave up.
 */
function moreExact(row: CallRow, { direction, disposition, reason, ring, talk }: CallEntry): CallRow | undefined {
  if (row.state !== undefined || row.direction !== direction) return undefined;
  if (row.reason !== undefined) return undefined;
  const knowsMore = row.disposition === 'answered' || (direction === 'out' && row.disposition !== 'failed');
  if (disposition !== 'answered' && knowsMore) return undefined;
  const isSame = row.disposition === disposition && reason === undefined && row.ring === ring && row.talk === talk;
  return isSame ? undefined : { ...row, disposition, ...(reason === undefined ? {} : { reason }), ring, talk };
}

/** Ids of entries whose call the owner has in his history under another name; `names` are those of all recorded calls, each of which is a call by itself. */
async function toldOtherwise(store: Store, missing: readonly Found[], names: ReadonlySet<string>): Promise<string[]> {
  const owners = new Map<string, Found[]>();
  for (const found of missing) {
    if (found.isLinked && found.isInside) continue;
    owners.set(found.entry.owner, [...(owners.get(found.entry.owner) ?? []), found]);
  }
  const told: string[] = [];
  for (const [owner, doubtful] of owners) {
    for await (const { value } of history(store, owner)) {
      const row = value as CallRow;
      if (names.has(row.call)) continue;
      told.push(...doubtful.filter(({ entry }) => isSame(row, entry)).map(({ id }) => id));
    }
  }
  return told;
}

function isSame(row: CallRow, { direction, number, at }: CallEntry): boolean {
  return row.direction === direction && row.number === number && Math.abs(Date.parse(row.at) - at) <= SAME_MS;
}

async function* history(store: Store, scope: string): AsyncGenerator<Row> {
  for (let since: number | null = null; ; ) {
    const slice = await store.read({ table: 'calls', scope, since, removedSince: null, limit: SLICE });
    yield* slice.rows;
    if (!slice.more) return;
    since = slice.rev;
  }
}

async function rowOf({ lookup }: CallGapFillingParts, entry: CallEntry): Promise<CallRow> {
  const { owner, call, direction, disposition, reason, ring, talk, outside } = entry;
  const from = { number: entry.number.slice(0, LONGEST_NUMBER), ...(outside ? { outside } : {}) };
  // Without a store that answers it is named later.
  const known = await partyOf(lookup, owner, from).catch(() => undefined);
  return {
    ...{ owner, call, at: isoTime(entry.at), direction, ...from },
    ...(known ? { known } : {}),
    disposition,
    ...(reason === undefined ? {} : { reason }),
    ...{ ring, talk },
  };
}
