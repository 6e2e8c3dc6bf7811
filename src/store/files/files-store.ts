// The store in a folder of files: what is committed is durable before it takes effect, what is noted takes effect first.
// Knows no bytes. docs/store.md says what it promises, and how the files make it true.
import { Low } from 'lowdb';
import type { Clock } from '../../service/clock.ts';
import { OperatorError } from '../../service/operator-error.ts';
import type { Report } from '../../service/report.ts';
import type { Changes, Commit, Row, Store, StoreState, Table, Write } from '../../service/store.ts';
import { FolderAdapter } from './adapter.ts';
import { Compaction } from './compaction.ts';
import { Contents } from './contents.ts';
import { type Disk, realDisk } from './disk.ts';
import { commitText } from './entry.ts';
import { Feed } from './feed.ts';
import { STEPS, type Step } from './format.ts';
import { codeOf } from './journal.ts';
import { refusal, Writer } from './writer.ts';

const WAITING_CHARACTERS = 64 * 1024 * 1024;
const REMOVALS_KEPT = 100_000;
/** Tables whose removed rows are not private: they leave the disk with the next snapshot, whenever that is. */
const OPEN_TABLES: readonly string[] = ['pbx', 'extensions', 'presence'];

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
  /** Steps from older data formats. */
  readonly steps?: readonly Step[];
}

/** Opens the folder's store. Rejects with OperatorError when its data is damaged, newer, or cannot be reached. */
export async function openFilesStore(options: FilesStoreOptions): Promise<Store> {
  const { folder, clock, report, disk = realDisk, removalsKept = REMOVALS_KEPT, steps = STEPS } = options;
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
  return new FilesStore(low, adapter, { clock, report, limit: options.waitingCharacters ?? WAITING_CHARACTERS });
}

/** What to tell the operator of an error of the system; any other error is itself. */
function cannotBeUsed(folder: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const advice: Readonly<Record<string, string>> = {
    EACCES: 'Give it to the user that runs the daemon.',
    EPERM: 'Give it to the user that runs the daemon.',
    ENOSPC: 'Make room on its disk.',
    EDQUOT: 'Raise the disk quota of its user.',
    EROFS: 'Its file system is mounted read-only.',
  };
  const what = advice[code] ?? 'It must be a folder on a working disk.';
  return new OperatorError(`The data folder ${folder} cannot be used (${code}). ${what}`, { cause: error });
}

const isPrivate = (table: string): boolean => !OPEN_TABLES.includes(table);

class FilesStore implements Store {
  readonly #contents: Contents;
  readonly #adapter: FolderAdapter;
  readonly #feed: Feed;
  readonly #writer: Writer;
  readonly #compaction: Compaction;
  #commits = 0;
  #closing: Promise<void> | undefined;

  constructor(
    low: Low<Contents>,
    adapter: FolderAdapter,
    parts: { readonly clock: Clock; readonly report: Report; readonly limit: number },
  ) {
    this.#contents = low.data;
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
    if ([...(adapter.loaded?.removedFrom ?? [])].some(isPrivate)) this.#compaction.removed();
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

  async commit(writes: readonly Write[]): Promise<number> {
    if (this.state !== 'open') throw refusal();
    if (writes.length === 0) return this.#contents.rev;
    this.#commits += 1;
    const number = this.#commits;
    const text = commitText(number, writes);
    return new Promise<number>((resolve, refuse) => {
      const takeEffect = (): void => {
        this.#adapter.told.commit(number, this.#contents.rev + 1);
        resolve(this.#takeEffect(writes));
      };
      this.#writer.add({ text, takeEffect, refuse });
    });
  }

  note(writes: readonly Write[]): number {
    const { state } = this;
    if (state === 'closed' || writes.length === 0) return this.#contents.rev;
    if (state === 'open') {
      this.#adapter.told.note(writes, this.#contents.rev + 1);
      this.#writer.told();
    }
    return this.#takeEffect(writes);
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    return this.#feed.subscribe(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #takeEffect(writes: readonly Write[]): number {
    const rev = this.#contents.apply(writes);
    if (writes.some(({ table, value }) => value === null && isPrivate(table))) this.#compaction.removed();
    this.#feed.tell({ rev, writes });
    return rev;
  }

  async #close(): Promise<void> {
    await this.#writer.drain();
    await this.#compaction.stop();
    await this.#writer.drain();
    this.#adapter.close(!this.#writer.isBroken);
  }
}
