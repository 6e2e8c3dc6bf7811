// lowdb's adapter over a folder of snapshot and journals: `read` brings the contents, `write` makes durable what was staged.
// Knows nothing of who asked for a commit nor of who is told.
import { randomInt, randomUUID } from 'node:crypto';
import type { Adapter } from 'lowdb';
import { Contents, type Frozen } from '../held/contents.ts';
import { BatchFiles } from './batch-files.ts';
import type { BatchRef, JournalHead } from './entry.ts';
import { draftPath, type Folder, journalPath, refuseUnfinished, survey } from './folder.ts';
import { formatOf } from './format.ts';
import { Journal, JournalError } from './journal.ts';
import { record } from './record.ts';
import { type Loaded, type LoadOptions, load } from './replay.ts';
import { writeSnapshot } from './snapshot.ts';
import { Told } from './told.ts';

/**
 * Each start leaves out this many revisions and up to as many again, by chance: more than a run can have shown without
 * writing them, and not the same in two copies of a folder.
 */
const SKIPPED = 2 ** 30;

/** The fewest journal bytes that make a snapshot worth while. */
const JOURNAL_BYTES = 1024 * 1024;
/** Each start adds a journal; so many of them are left before a snapshot replaces them. */
const JOURNALS_KEPT = 4;

export class FolderAdapter implements Adapter<Contents> {
  /** What was told and is not in the journal yet. */
  readonly told = new Told();
  readonly batches: BatchFiles;
  readonly #folder: Folder;
  readonly #options: LoadOptions;
  #loaded: Loaded | undefined;
  #journal: Journal | undefined;
  #staged: string[] = [];
  #snapshotBytes = 0;
  /** Bytes in the journals that no snapshot holds, those of the open journal left out. */
  #olderBytes = 0;
  #firstJournal = 1;

  constructor(folder: Folder, options: LoadOptions) {
    this.#folder = folder;
    this.#options = options;
    this.batches = new BatchFiles(folder);
  }

  /** What the start found; undefined in a new folder. */
  get loaded(): Loaded | undefined {
    return this.#loaded;
  }

  /** Those of the batches that the journals name are among them. */
  get journalBytes(): number {
    return this.#olderBytes + this.#open.end + this.batches.bytes;
  }

  /** Whether the journals have outgrown the snapshot. */
  get isOvergrown(): boolean {
    const journals = this.#open.number - this.#firstJournal;
    return journals >= JOURNALS_KEPT || this.journalBytes > Math.max(JOURNAL_BYTES, 2 * this.#snapshotBytes);
  }

  get isSynced(): boolean {
    return this.told.isEmpty && this.#open.isSynced;
  }

  /** Reads the folder and begins a run in it. */
  async read(): Promise<Contents> {
    const { disk, path } = this.#folder;
    await disk.makeFolder(path);
    refuseUnfinished(this.#folder);
    const loaded = await load(this.#folder, this.#options);
    const contents = loaded?.contents ?? new Contents({ epoch: randomUUID(), ...this.#options });
    let synced = 0;
    for (const number of loaded?.journals ?? []) synced = await this.#syncWhole(number);
    const next = loaded ? contents.rev + SKIPPED + randomInt(SKIPPED) : 0;
    const head = this.#head(contents.epoch, loaded?.next ?? 1, synced);
    this.#journal = await this.#create({ ...head, run: [contents.rev, next] });
    contents.skipTo(next);
    loaded?.finish();
    await disk.remove(draftPath(this.#folder));
    const needless = loaded?.needless ?? [];
    for (const number of needless) await disk.remove(journalPath(this.#folder, number));
    if (needless.length > 0) await disk.syncFolder(path);
    await this.batches.begin(loaded?.batches ?? []);
    this.#loaded = loaded;
    this.#olderBytes = loaded?.journalBytes ?? 0;
    this.#snapshotBytes = loaded?.snapshotBytes ?? 0;
    this.#firstJournal = loaded?.journals[0] ?? loaded?.next ?? 1;
    return contents;
  }

  /** Adds the text of a record to what the next `write` makes durable. */
  stage(text: string): void {
    this.#staged.push(record(text));
  }

  /** Writes what is staged, behind what was told, with one write and one sync. Rejects with JournalError. */
  async write(): Promise<void> {
    const journal = this.#open;
    const staged = this.#staged.join('');
    this.#staged = [];
    const start = journal.end;
    if (staged !== '' || !this.told.isEmpty) journal.append(this.#toldRecord(journal) + staged);
    this.told.clear();
    await journal.sync(start);
  }

  /** Puts what was told into the journal, without waiting for the disk. Throws JournalError. */
  writeTold(): void {
    if (this.told.isEmpty) return;
    this.#open.append(this.#toldRecord(this.#open));
    this.told.clear();
  }

  /** The journal in use names this batch, durably. */
  keepBatch(ref: BatchRef): void {
    this.batches.keep(ref, this.#open.number);
  }

  /** A new journal, ready to continue the one in use. */
  async prepare(epoch: string): Promise<Journal> {
    const { number, synced } = this.#open;
    return this.#create(this.#head(epoch, number + 1, synced));
  }

  /** From here on `journal` is written to. Nothing may be on its way to the disk, and all that was told must be written. */
  continueIn(journal: Journal): void {
    if (!this.told.isEmpty) throw new Error('what was told is not written yet');
    this.#olderBytes += this.#open.end;
    journal.follow(this.#open);
    this.#journal = journal;
  }

  /** Gives up a journal that was prepared. */
  async discard(journal: Journal): Promise<void> {
    journal.close();
    await this.#folder.disk.remove(journalPath(this.#folder, journal.number));
  }

  /** Writes the snapshot that journal `number` follows. */
  async snapshot(frozen: Frozen, number: number): Promise<number> {
    this.#snapshotBytes = await writeSnapshot(this.#folder, frozen, number, this.#options.steps);
    return this.#snapshotBytes;
  }

  /** The journals before `number` are in the snapshot. Nothing may be on its way to the disk. */
  async forgetBefore(number: number): Promise<void> {
    this.#open.forgetBefore();
    this.#olderBytes = 0;
    this.#firstJournal = number;
    const needless = survey(this.#folder).journals.filter((one) => one < number);
    for (const one of needless) await this.#folder.disk.remove(journalPath(this.#folder, one));
    await this.#folder.disk.syncFolder(this.#folder.path);
    await this.batches.forgetBefore(number);
  }

  /** Gives the files free; `seal` writes down first how much of the journal is durable. */
  close(seal: boolean): void {
    try {
      if (seal && this.told.isEmpty) this.#open.append(record(this.told.text(this.#open.synced)));
    } catch (error) {
      // A full disk has no room for the seal, and needs none: it only makes damage easier to tell from a torn end.
      if (!(error instanceof JournalError)) throw error;
    } finally {
      this.#open.close();
    }
  }

  get #open(): Journal {
    if (!this.#journal) throw new Error('the store is not read yet');
    return this.#journal;
  }

  #toldRecord(journal: Journal): string {
    return this.told.isEmpty ? '' : record(this.told.text(journal.synced));
  }

  #head(epoch: string, journal: number, synced: number): JournalHead {
    return { rollcall: 'journal', format: formatOf(this.#options.steps), epoch, journal, synced };
  }

  async #create(head: JournalHead): Promise<Journal> {
    const path = journalPath(this.#folder, head.journal);
    await this.#folder.disk.remove(path);
    const journal = new Journal(head.journal, this.#folder.disk.create(path));
    try {
      journal.append(record(JSON.stringify(head)));
      await journal.sync(0);
      await this.#folder.disk.syncFolder(this.#folder.path);
    } catch (error) {
      await this.discard(journal);
      throw error;
    }
    return journal;
  }

  /** What a killed process left to the system is made durable before a new run builds on it. Returns the length. */
  async #syncWhole(number: number): Promise<number> {
    const file = this.#folder.disk.open(journalPath(this.#folder, number), 'write');
    await file.sync();
    const size = file.size();
    file.close();
    return size;
  }
}
