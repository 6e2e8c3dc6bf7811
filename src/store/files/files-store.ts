// The store in a folder of files: what is committed is durable before it takes effect, what is noted takes effect first.
// Knows no bytes. docs/store.md says what it promises, and how the files make it true.
import { Low } from 'lowdb';
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import {
  type Changes,
  type Commit,
  type Guard,
  isLarge,
  type LargeTable,
  type NumberQuestion,
  type Question,
  type Row,
  type SearchQuestion,
  type Slice,
  type Store,
  type StoreState,
  type Table,
  type Write,
} from '../../service/store.ts';
import { Contents, type Frozen } from '../held/contents.ts';
import { Feed } from '../held/feed.ts';
import { FolderAdapter } from './adapter.ts';
import { backupLines } from './backup.ts';
import { Batches } from './batches.ts';
import { Compaction } from './compaction.ts';
import { ContactIndexes } from './contact-indexes.ts';
import { type Disk, realDisk } from './disk.ts';
import { commitText } from './entry.ts';
import { cannotBeUsed } from './folder.ts';
import { STEPS, type Step } from './format.ts';
import { refusal, Writer } from './writer.ts';

const WAITING_CHARACTERS = 64 * 1024 * 1024;
const REMOVALS_KEPT = 100_000;
const LAST_DIGITS = 7;
/**
 * Tables whose removed rows say nothing of a person that must be gone at once: marks, rules, log-ins by the hash of their tokens, calls and
 * messages that are too many. They leave the disk with the next snapshot, whenever that is, unless a write says that it erases.
 */
const PATIENT_TABLES: readonly string[] = [
  'pbx',
  'extensions',
  'presence',
  'logins',
  'permissions',
  'visibility',
  'favorites',
  'retired',
  'sweeps',
  'imports',
  'openCalls',
  'callGaps',
  'attendance',
  'errands',
  'tallies',
  'calls',
  'messages',
];

export interface FilesStoreOptions {
  /** Made when it is missing. The caller holds its lock (lockFolder). */
  readonly folder: string;
  readonly clock: Clock;
  readonly report: Report;
  readonly disk?: Disk;
  /** Removals remembered per table; who asks for changes from before the oldest gets everything. */
  readonly removalsKept?: number;
  /** Characters of commits that may wait for a disk that hangs; beyond it commits are refused. */
  readonly waitingCharacters?: number;
  /** Length of the endings by which contacts are found by number (`lookup.lastDigits`); 0: none. 7 when it is absent. */
  readonly lastDigits?: number;
  /** Steps from older data formats. */
  readonly steps?: readonly Step[];
}

/** Opens the folder's store. Rejects with OperatorError when its data is damaged, newer, or cannot be reached. */
export async function openFilesStore(options: FilesStoreOptions): Promise<Store> {
  const { folder, clock, report, disk = realDisk, removalsKept = REMOVALS_KEPT, steps = STEPS } = options;
  const { waitingCharacters: limit = WAITING_CHARACTERS, lastDigits = LAST_DIGITS } = options;
  const began = clock.now();
  const adapter = new FolderAdapter({ path: folder, disk }, { steps, removalsKept });
  const low = new Low<Contents>(adapter, new Contents({ epoch: '', removalsKept }));
  try {
    await low.read();
  } catch (error) {
    throw cannotBeUsed(folder, error);
  }
  for (const { file, at, bytes } of adapter.loaded?.cuts ?? []) report('store.tail_cut', { file, at, bytes });
  report('store.opened', { rows: low.data.rowCount, journalBytes: adapter.journalBytes, ms: clock.now() - began });
  return new FilesStore(low, adapter, { clock, report, limit, steps, lastDigits });
}

const isHurried = (table: string): boolean => !PATIENT_TABLES.includes(table);
/** Whether what the row held before must leave the disk soon. */
const isErasure = ({ table, value, erase }: Write): boolean => erase === true || (value === null && isHurried(table));

class FilesStore implements Store {
  readonly #contents: Contents;
  readonly #adapter: FolderAdapter;
  readonly #feed: Feed;
  readonly #writer: Writer;
  readonly #compaction: Compaction;
  readonly #batches: Batches;
  readonly #indexes: ContactIndexes;
  readonly #steps: readonly Step[];
  #commits = 0;
  #closing: Promise<void> | undefined;

  constructor(
    low: Low<Contents>,
    adapter: FolderAdapter,
    parts: Pick<Required<FilesStoreOptions>, 'clock' | 'report' | 'steps' | 'lastDigits'> & { readonly limit: number },
  ) {
    this.#contents = low.data;
    this.#steps = parts.steps;
    this.#adapter = adapter;
    this.#feed = new Feed(parts.report);
    const written = (): void => this.#compaction.grown();
    const broken = (): void => this.#compaction.halt();
    this.#writer = new Writer({ ...parts, adapter, low, written, broken });
    this.#compaction = new Compaction({
      ...parts,
      adapter,
      contents: low.data,
      between: (fn) => this.#writer.between(fn),
    });
    this.#batches = new Batches({
      ...{ adapter, writer: this.#writer, report: parts.report },
      reserve: (count) => this.#reserve(count),
      takeEffect: (number, writes) => {
        if (!this.#writer.isBroken) this.#writer.told();
        return this.#takeEffectAs(number, writes);
      },
    });
    this.#indexes = new ContactIndexes(low.data.table('contacts'), parts);
    const { isRestored, isErasing, removedFrom = [] } = adapter.loaded ?? {};
    if (isRestored || isErasing || [...removedFrom].some(isHurried)) this.#compaction.owe();
    this.#compaction.grown();
  }

  get epoch(): string {
    return this.#contents.epoch;
  }

  get state(): StoreState {
    if (this.#closing) return 'closed';
    return this.#writer.isBroken ? 'failed' : 'open';
  }

  get(table: Table, id: string): Row | undefined {
    return this.#contents.table(table).get(id);
  }

  all(table: Table): Iterable<Row> {
    return this.#contents.table(table).rows();
  }

  changes(table: Table, since: number | null): Changes {
    return this.#contents.changes(table, since);
  }

  async find(table: LargeTable, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    const own = this.#contents.table(table);
    return new Map(ids.flatMap((id) => own.get(id) ?? []).map((row) => [row.id, row]));
  }

  async read(question: Question): Promise<Slice> {
    return this.#contents.read(question);
  }

  async counts(table: LargeTable): Promise<ReadonlyMap<string, number>> {
    return this.#contents.table(table).counts();
  }

  async count(table: LargeTable, scope: string): Promise<number> {
    return this.#contents.table(table).count(scope);
  }

  async marksOn(targets: readonly string[]): Promise<readonly Row[]> {
    return [...new Set(targets)].flatMap((target) => this.#contents.marksOn(target));
  }

  search(question: SearchQuestion): Promise<readonly Row[]> {
    return this.#indexes.search(question);
  }

  byNumber(question: NumberQuestion): readonly Row[] | Promise<readonly Row[]> {
    return this.#indexes.byNumber(question);
  }

  async commit(writes: readonly Write[], guards: readonly Guard[] = []): Promise<number> {
    if (this.state !== 'open') throw refusal();
    if (writes.length === 0) return this.#contents.rev;
    const number = this.#reserve(1);
    const text = commitText(number, writes);
    return new Promise<number>((resolve, refuse) => {
      const takeEffect = (): void => resolve(this.#takeEffectAs(number, writes));
      this.#writer.add({ text, writes, guards, takeEffect, refuse });
    });
  }

  async commitMany(
    writes: readonly Write[],
    guards: readonly Guard[] = [],
    progress: (written: number) => void = () => undefined,
  ): Promise<number> {
    if (this.state !== 'open') throw refusal();
    if (writes.length === 0) return this.#contents.rev;
    return this.#batches.add({ writes, guards, progress });
  }

  note(writes: readonly Write[]): number {
    const { state } = this;
    if (writes.some(({ table }) => isLarge(table)))
      throw new TypeError('rows of large tables are committed, never noted');
    if (state === 'closed' || writes.length === 0) return this.#contents.rev;
    if (state === 'open') {
      this.#adapter.told.note(writes, this.#contents.rev + 1);
      this.#writer.told();
    }
    return this.#takeEffect(writes);
  }

  lasting(rev: number): number {
    return rev;
  }

  known(lasting: number): number {
    return lasting;
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  backup(): AsyncIterable<string> {
    const { settling } = this.#batches;
    if (!settling) return backupLines(this.#contents.freeze(), this.#steps);
    return this.#backupOf(settling.then(() => this.#contents.freeze()));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async *#backupOf(frozen: Promise<Frozen>): AsyncGenerator<string> {
    yield* backupLines(await frozen, this.#steps);
  }

  #reserve(count: number): number {
    this.#commits += count;
    return this.#commits - count + 1;
  }

  /** Gives effect to the commit of this number, which is durable. */
  #takeEffectAs(number: number, writes: readonly Write[]): number {
    this.#adapter.told.commit(number, this.#contents.rev + 1);
    return this.#takeEffect(writes);
  }

  #takeEffect(writes: readonly Write[]): number {
    const told = this.#contents.apply(writes);
    const { rev } = this.#contents;
    if (writes.some(isErasure)) this.#compaction.owe();
    this.#feed.tell({ rev, writes: told });
    return rev;
  }

  async #close(): Promise<void> {
    this.#indexes.stop();
    await this.#batches.idle();
    await this.#writer.drain();
    await this.#compaction.stop();
    await this.#writer.drain();
    this.#adapter.close(!this.#writer.isBroken);
  }
}
