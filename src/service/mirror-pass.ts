// One look at everything that is mirrored, in steps between which others get their turn: lists a part, compares, and mends what
// differs. Knows neither why it is made nor what a connection is.

import type { MirrorEntry } from './mirror-port.ts';
import { MirrorFault, type MirrorListing, type MirrorPlace, type Visit } from './mirror-port.ts';

/** Numbers in one listing, as near as the number of endings allows. */
const PART = 2_000;
const STEP = 40;
/** Ids sorted in one turn. */
const SORTED = 5_000;

export interface MirrorPassParts {
  readonly place: MirrorPlace;
  /** The ids of all numbers that have to be there; some may come twice. */
  readonly ids: Iterable<string>;
  readonly entryOf: (id: string) => Promise<MirrorEntry | undefined>;
  /** Numbers that are brought in step at the same time. */
  readonly lanes: number;
  /** How many there were before. */
  readonly expected: number;
}

export interface PassCounts {
  /** Numbers that are mirrored. */
  readonly numbers: number;
  /** Numbers looked at, and to be looked at as far as is known. */
  readonly done: number;
  readonly of: number;
  /** Entries. */
  readonly written: number;
  readonly removed: number;
  readonly foreign: number;
  /** Numbers that could not be brought in step. */
  readonly failed: number;
}

export class MirrorPass {
  readonly #parts: MirrorPassParts;
  readonly #counts = { numbers: 0, done: 0, written: 0, removed: 0, foreign: 0, failed: 0 };
  #wanted: Set<string> | undefined;
  /** Wanted ids by their ending, and the endings yet to be listed. */
  #byEnding = new Map<string, string[]>();
  #endings: string[] = [];
  #listing: MirrorListing | undefined;
  /** Of the listing: what is to be looked at yet. */
  readonly #left = new Set<string>();

  constructor(parts: MirrorPassParts) {
    this.#parts = parts;
  }

  get counts(): PassCounts {
    const known = Math.max(this.#parts.expected, this.#wanted?.size ?? 0, this.#counts.done + this.#left.size);
    return { ...this.#counts, of: known };
  }

  /** The number was brought in step by somebody else since it was listed. */
  forget(id: string): void {
    this.#left.delete(id);
  }

  /** The next step; false when there is none. Rejects with MirrorFault, after which the pass is of no use. */
  async step(): Promise<boolean> {
    if (!this.#wanted) await this.#begin();
    else if (this.#listing) await this.#mend(this.#listing);
    else await this.#list();
    return this.#listing !== undefined || this.#endings.length > 0;
  }

  async #begin(): Promise<void> {
    const wanted = new Set<string>();
    this.#wanted = wanted;
    await inTurns(this.#parts.ids, (id) => wanted.add(id));
    const size = Math.max(wanted.size, this.#parts.expected);
    await this.#divide(size <= PART ? 0 : size <= 10 * PART ? 1 : 2);
  }

  async #divide(digits: number): Promise<void> {
    this.#endings = Array.from({ length: 10 ** digits }, (_, i) => (digits === 0 ? '' : `${i}`.padStart(digits, '0')));
    this.#byEnding = new Map(this.#endings.map((ending) => [ending, []]));
    await inTurns(this.#wanted ?? [], (id) => this.#byEnding.get(digits === 0 ? '' : id.slice(-digits))?.push(id));
  }

  async #list(): Promise<void> {
    const ending = this.#endings[0] ?? '';
    let listing: MirrorListing;
    try {
      listing = await this.#parts.place.list(ending);
    } catch (error) {
      if (!(error instanceof MirrorFault && error.kind === 'too_long')) throw error;
      if (ending.length >= 2) throw new MirrorFault('failed', error.message);
      return this.#divide(ending.length + 1);
    }
    this.#endings.shift();
    this.#listing = listing;
    for (const ids of [listing.ids, this.#byEnding.get(ending) ?? []]) for (const id of ids) this.#left.add(id);
    this.#byEnding.delete(ending);
  }

  async #mend(listing: MirrorListing): Promise<void> {
    const ids = take(this.#left, STEP);
    await inLanes(ids, this.#parts.lanes, async (id) => {
      const entry = await this.#parts.entryOf(id);
      if (entry) this.#counts.numbers += 1;
      this.#counts.done += 1;
      const visit = await listing.visit(id, entry).catch((error: unknown) => this.#failed(error));
      if (visit) this.#add(visit);
    });
    if (this.#left.size === 0) this.#listing = undefined;
  }

  #add({ written, removed, foreign }: Visit): void {
    this.#counts.written += written;
    this.#counts.removed += removed;
    this.#counts.foreign += foreign;
  }

  /** One number that the PBX does not take keeps no other from its place. */
  #failed(error: unknown): undefined {
    if (!(error instanceof MirrorFault && error.kind === 'failed')) throw error;
    this.#counts.failed += 1;
  }
}

/** Takes the first out of a set. */
export function take(set: Set<string>, most: number): string[] {
  const taken: string[] = [];
  for (const one of set) {
    if (taken.length >= most) break;
    taken.push(one);
  }
  for (const one of taken) set.delete(one);
  return taken;
}

/** Does each, so many at a time. Rejects with the first error once none is under way. */
export async function inLanes(
  ids: readonly string[],
  lanes: number,
  each: (id: string) => Promise<void>,
): Promise<void> {
  const left = ids.values();
  const lane = async (): Promise<void> => {
    for (const id of left) await each(id);
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ended.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function inTurns<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    each(item);
    done += 1;
    if (done % SORTED === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
