// Reads a store folder at the start: the snapshot, then the journals, up to the last record that can be trusted. Decides
// whether a broken record is the torn end of the last write, which is cut, or damage. Writes only to cut.

import { Contents, type StoredWrite } from '../held/contents.ts';
import { type NamedBatch, readBatch } from './batch-files.ts';
import type { OpenFile } from './disk.ts';
import { type CommitEntry, isEffect, type JournalEntry, type JournalHead, type ToldEntry } from './entry.ts';
import { damaged, type Folder, journalPath, survey } from './folder.ts';
import { refuseNewer, type Step, upgrade } from './format.ts';
import { type FoundRecord, readBehind, readRecords } from './record.ts';
import { readSnapshot } from './snapshot.ts';

interface Cut {
  readonly file: string;
  readonly at: number;
  readonly bytes: number;
}

/** What a folder holds. */
export interface Loaded {
  readonly contents: Contents;
  /** Journals in use, oldest first, and older ones that a snapshot made needless. */
  readonly journals: readonly number[];
  readonly needless: readonly number[];
  /** Batches that the journals in use name. */
  readonly batches: readonly NamedBatch[];
  /** Number of the journal that continues them. */
  readonly next: number;
  /** The snapshot is that of a restore. */
  readonly isRestored: boolean;
  readonly journalBytes: number;
  readonly snapshotBytes: number;
  /** Gives effect to the commits that were written but whose effect was not: first of all in the next run. */
  readonly finish: () => void;
  /** Tables of which rows were removed since the snapshot. */
  readonly removedFrom: ReadonlySet<string>;
  /** The journals have a write that said that what was there before must leave the disk. */
  readonly isErasing: boolean;
  readonly cuts: readonly Cut[];
}

export interface LoadOptions {
  readonly steps: readonly Step[];
  readonly removalsKept: number;
}

/** Reads the journals of one folder in order into contents. */
class Replay {
  readonly removedFrom = new Set<string>();
  readonly batches: NamedBatch[] = [];
  isErasing = false;
  readonly #folder: Folder;
  readonly #options: LoadOptions;
  #contents: Contents | undefined;
  #waiting = new Map<number, CommitEntry>();
  #format = 1;

  constructor(folder: Folder, contents: Contents | undefined, options: LoadOptions) {
    this.#folder = folder;
    this.#contents = contents;
    this.#options = options;
  }

  get contents(): Contents | undefined {
    return this.#contents;
  }

  /** Takes one record of journal `number` in `path`. */
  take({ text, at }: FoundRecord, number: number, path: string): void {
    const entry = JSON.parse(text) as JournalEntry;
    if ('rollcall' in entry !== (at === 0)) throw damaged(`${path} is out of order at byte ${at}`);
    if ('rollcall' in entry) this.#begin(entry, number, path);
    else if ('commit' in entry) this.#commit(entry, number);
    else if (!this.#told(entry)) throw damaged(`${path} is out of order at byte ${at}`);
  }

  /** Commits without an effect take effect with the first revisions of the run that found them. */
  finish(): void {
    for (const entry of this.#waiting.values()) this.#contents?.apply(this.#writes(entry));
    this.#waiting.clear();
  }

  #begin(head: JournalHead, number: number, path: string): void {
    refuseNewer(head.format, path, this.#options.steps);
    this.#contents ??= new Contents({ epoch: head.epoch, removalsKept: this.#options.removalsKept });
    if (head.journal !== number || head.epoch !== this.#contents.epoch) throw damaged(`${path} is of another store`);
    if (head.run) {
      if (head.run[0] !== this.#contents.rev) throw damaged(`${path} does not continue the journal before it`);
      this.#contents.skipTo(head.run[1]);
      this.finish();
    }
    this.#format = head.format;
  }

  /** The parts of a batch are commits of their own, in front of the one that names them. */
  #commit(entry: CommitEntry, journal: number): void {
    const { commit, batch } = entry;
    if (batch) {
      this.batches.push({ ref: batch, journal });
      for (const [index, { writes }] of readBatch(this.#folder, batch).entries()) {
        const part = commit - batch.parts + index;
        this.#waiting.set(part, { commit: part, writes });
      }
    }
    if (entry.writes.length > 0) this.#waiting.set(commit, entry);
  }

  #told({ told }: ToldEntry): boolean {
    const contents = this.#contents;
    for (const one of told) {
      const rev = one[2];
      if (!contents || rev < contents.rev) return false;
      if (!isEffect(one)) {
        contents.restore(this.#upgraded({ table: one[0], id: one[1], value: one[3] }), rev);
      } else if (!this.#effect(contents, one[0], one[1], rev)) return false;
    }
    return true;
  }

  #effect(contents: Contents, first: number, count: number, rev: number): boolean {
    for (let offset = 0; offset < count; offset += 1) {
      const entry = this.#waiting.get(first + offset);
      if (!entry) return false;
      this.#waiting.delete(first + offset);
      contents.restore(this.#writes(entry), rev + offset);
    }
    return true;
  }

  #writes(entry: CommitEntry): StoredWrite[] {
    return entry.writes.flatMap(([table, id, value, erase]) => {
      if (erase) this.isErasing = true;
      return this.#upgraded({ table, id, value });
    });
  }

  #upgraded(write: StoredWrite): StoredWrite[] {
    if (write.value === null) this.removedFrom.add(write.table);
    const upgraded = upgrade(this.#options.steps, this.#format, write);
    return upgraded ? [upgraded] : [];
  }
}

/** Everything the folder holds; undefined when it holds nothing yet. Throws OperatorError when it is damaged. */
export async function load(folder: Folder, options: LoadOptions): Promise<Loaded | undefined> {
  const found = survey(folder);
  const snapshot = found.snapshot ? readSnapshot(folder, options.steps, options) : undefined;
  const first = snapshot?.head.journal ?? 1;
  const needless = found.journals.filter((number) => number < first);
  const journals = found.journals.filter((number) => number >= first);
  const isRestored = snapshot?.head.isFirst === true;
  if (!isRestored || journals.length > 0) checkRow(folder, journals, snapshot ? first : undefined);
  const replay = new Replay(folder, snapshot?.contents, options);
  const cuts: Cut[] = [];
  let journalBytes = 0;
  for (const number of [...journals]) {
    const end = readJournal(folder, number, replay);
    if (end.good < end.size || end.good === 0) {
      if (snapshot && !isRestored && end.good === 0 && number === first)
        throw damaged(`${journalPath(folder, number)} is wrong at byte 0`);
      refuseDamage(folder, journals, number, end.good);
      const broken = journals.splice(journals.indexOf(number) + (end.good > 0 ? 1 : 0));
      cuts.push(...(await cut(folder, number, end.good, broken)));
      journalBytes += end.good;
      break;
    }
    journalBytes += end.good;
  }
  const { contents, removedFrom, isErasing, batches } = replay;
  if (!contents) return undefined;
  const finish = () => replay.finish();
  const next = (journals.at(-1) ?? first - 1) + 1;
  const snapshotBytes = snapshot?.bytes ?? 0;
  const files = { journals, needless, batches, next, journalBytes, snapshotBytes, cuts };
  return { contents, isRestored, finish, removedFrom, isErasing, ...files };
}

/** The journals must be there without a hole; `first` is the one that the snapshot, if any, says it continues with. */
function checkRow(folder: Folder, journals: readonly number[], first: number | undefined): void {
  let expected = first ?? 1;
  if (first !== undefined && journals.length === 0) throw damaged(`${journalPath(folder, first)} is missing`);
  for (const number of journals) {
    if (number !== expected) {
      const missing = first === undefined && expected === 1 ? 'snapshot' : `journal.${expected}`;
      throw damaged(`${missing} is missing in ${folder.path}`);
    }
    expected += 1;
  }
}

function readJournal(folder: Folder, number: number, replay: Replay): { good: number; size: number } {
  const file = folder.disk.open(journalPath(folder, number), 'read');
  try {
    const good = readRecords(file, (found) => replay.take(found, number, file.path));
    return { good, size: file.size() };
  } finally {
    file.close();
  }
}

/** Throws when something behind offset `at` of a journal proves that the bytes at `at` had been durable. */
function refuseDamage(folder: Folder, journals: readonly number[], number: number, at: number): void {
  if (!journals.some((later) => later >= number && provesDurable(folder, later, number, at))) return;
  const path = journalPath(folder, number);
  const later = journals.filter((one) => one > number).map((one) => ` ${journalPath(folder, one)}`);
  const giveUp = `truncate -s ${at} ${path}${later.length > 0 ? ` && rm${later.join('')}` : ''}`;
  throw damaged(
    `${path} is wrong at byte ${at}, before its end`,
    `Restore the data folder from a backup, or give up everything written from there on: ${giveUp}`,
  );
}

function provesDurable(folder: Folder, later: number, number: number, at: number): boolean {
  const file: OpenFile = folder.disk.open(journalPath(folder, later), 'read');
  let proven = false;
  const weigh = ({ text }: FoundRecord): void => {
    const entry = JSON.parse(text) as JournalEntry;
    if (at === 0 && later === number) proven = true;
    if (!('synced' in entry)) return;
    const inFile = 'rollcall' in entry ? later - 1 : later;
    proven ||= entry.synced > (inFile === number ? at : 0) && inFile >= number;
  };
  try {
    if (later === number) readBehind(file, at, weigh);
    else readBehind(file, readRecords(file, weigh), weigh);
    return proven;
  } finally {
    file.close();
  }
}

/** Takes off what the last write left half done: from offset `at` of a journal on, and the journals `later` whole. */
async function cut(folder: Folder, number: number, at: number, later: readonly number[]): Promise<Cut[]> {
  const cuts: Cut[] = [];
  for (const one of [...later].reverse()) {
    const path = journalPath(folder, one);
    const file = folder.disk.open(path, 'read');
    cuts.unshift({ file: path, at: 0, bytes: file.size() });
    file.close();
    await folder.disk.remove(path);
  }
  if (at > 0) {
    const file = folder.disk.open(journalPath(folder, number), 'write');
    cuts.unshift({ file: file.path, at, bytes: file.size() - at });
    file.truncate(at);
    await file.sync();
    file.close();
  }
  await folder.disk.syncFolder(folder.path);
  return cuts;
}
