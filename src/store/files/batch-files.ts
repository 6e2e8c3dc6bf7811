// The files of batches in a store folder: which are in use until a snapshot takes their place, and what they hold. Knows nothing
// of when a batch takes effect.

import type { BatchRef, PartEntry } from './entry.ts';
import { batchPath, damaged, type Folder, survey } from './folder.ts';
import { GrowingFile } from './growing-file.ts';
import { codeOf } from './journal.ts';
import { readRecords } from './record.ts';

/** A batch's file, and the journal that names it. */
export interface NamedBatch {
  readonly ref: BatchRef;
  readonly journal: number;
}

interface NewBatch {
  readonly number: number;
  readonly file: GrowingFile;
}

export class BatchFiles {
  readonly #folder: Folder;
  #named: NamedBatch[] = [];
  #next = 1;

  constructor(folder: Folder) {
    this.#folder = folder;
  }

  /** Bytes of the files that journals name. */
  get bytes(): number {
    return this.#named.reduce((sum, { ref }) => sum + ref.bytes, 0);
  }

  /** At a start: `named` are in use; whatever else is there was left behind, and is removed. */
  async begin(named: readonly NamedBatch[]): Promise<void> {
    this.#named = [...named];
    const used = new Set(named.map(({ ref }) => ref.file));
    this.#next = Math.max(0, ...used) + 1;
    await this.#remove(survey(this.#folder).batches.filter((number) => !used.has(number)));
  }

  /** A new file for the parts of a batch. */
  async create(): Promise<NewBatch> {
    const number = this.#next;
    this.#next += 1;
    const path = batchPath(this.#folder, number);
    await this.#folder.disk.remove(path);
    return { number, file: new GrowingFile(this.#folder.disk.create(path)) };
  }

  /** Closes the file; resolves when it and its name are durable. */
  async finish({ number, file }: NewBatch, parts: number): Promise<BatchRef> {
    const bytes = await file.finish().finally(() => file.close());
    await this.#folder.disk.syncFolder(this.#folder.path);
    return { file: number, parts, bytes };
  }

  /** Journal `journal` names the batch, durably. */
  keep(ref: BatchRef, journal: number): void {
    this.#named.push({ ref, journal });
  }

  /** Removes the file of a batch that no journal names. What cannot be removed now is at the next start. */
  async drop(number: number): Promise<void> {
    await this.#remove([number]).catch(() => undefined);
  }

  /** The journals before `journal` are in a snapshot. */
  async forgetBefore(journal: number): Promise<void> {
    const old = this.#named.filter((named) => named.journal < journal);
    this.#named = this.#named.filter((named) => named.journal >= journal);
    await this.#remove(old.map(({ ref }) => ref.file));
  }

  async #remove(numbers: readonly number[]): Promise<void> {
    for (const number of numbers) await this.#folder.disk.remove(batchPath(this.#folder, number));
    if (numbers.length > 0) await this.#folder.disk.syncFolder(this.#folder.path);
  }
}

/** The parts of a batch that a journal names. Throws OperatorError when any byte of them is not as it was written. */
export function readBatch(folder: Folder, { file: number, parts, bytes }: BatchRef): PartEntry[] {
  const path = batchPath(folder, number);
  const found: PartEntry[] = [];
  const file = openBatch(folder, path);
  try {
    const end = readRecords(file, ({ text }) => found.push(JSON.parse(text) as PartEntry));
    if (end !== bytes || file.size() !== bytes || found.length !== parts)
      throw damaged(`${path} is not as the journal says; it is wrong at byte ${end}`);
    return found;
  } finally {
    file.close();
  }
}

function openBatch(folder: Folder, path: string): ReturnType<Folder['disk']['open']> {
  try {
    return folder.disk.open(path, 'read');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw damaged(`${path} is missing`);
    throw error;
  }
}
