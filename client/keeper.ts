// Keeps copies over restarts of the program, by the functions it was given. These may fail, or never end: the client goes on
// without. Kept beside the collections, as `owner`: whose they are.
import type { Kept, Persistence } from './api.ts';
import type { Copy } from './copy.ts';
import { isItem } from './frame.ts';
import type { Surroundings } from './surroundings.ts';

const OWNER = 'owner';
const PATIENCE_MS = 5_000;
/** After a change, and at least so long after the save before. */
const SOON_MS = 1_000;
const APART_MS = 10_000;

export class Keeper {
  readonly #persistence: Persistence | undefined;
  readonly #surroundings: Pick<Surroundings, 'now' | 'after'>;
  readonly #copies: ReadonlyMap<string, Copy>;
  readonly #url: string;
  /** Names whose copies are others than those kept. */
  readonly #dirty = new Set<string>();
  /** Names of which something may be kept. */
  readonly #kept = new Set<string>();
  #loaded: ReadonlyMap<string, Kept> = new Map();
  #owner: string | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #saving: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: {
    readonly persistence: Persistence | undefined;
    readonly surroundings: Pick<Surroundings, 'now' | 'after'>;
    readonly copies: ReadonlyMap<string, Copy>;
    readonly url: string;
  }) {
    this.#persistence = parts.persistence;
    this.#surroundings = parts.surroundings;
    this.#copies = parts.copies;
    this.#url = parts.url;
  }

  /** Reads what was kept. Never rejects. */
  async load(): Promise<void> {
    this.#isClosed = false;
    const persistence = this.#persistence;
    if (persistence) await this.#attempt(async () => this.#take(await persistence.load()));
  }

  /** What was kept for this user of this server; without a user, for whoever used it last. Once. */
  *unpack(extension?: string): Iterable<[string, Kept]> {
    const owner = this.#loaded.get(OWNER)?.cursor;
    if (extension === undefined ? !owner?.endsWith(` ${this.#url}`) : owner !== this.#ownerOf(extension)) return;
    const loaded = this.#loaded;
    this.#loaded = new Map();
    for (const [name, kept] of loaded) if (name !== OWNER) yield [name, kept];
    this.#dirty.clear(); // the copies are as they were kept
  }

  /** Whose copies are kept from now on. What was kept of another is forgotten; whether there was any. */
  belongsTo(extension: string): boolean {
    const owner = this.#ownerOf(extension);
    if (this.#owner === owner) return false;
    const isAnother = this.#kept.size > 0;
    this.#owner = owner;
    if (isAnother) for (const name of this.#kept) this.#dirty.add(name);
    this.changed(OWNER);
    return isAnother;
  }

  changed(name: string): void {
    if (!this.#persistence || this.#owner === undefined) return;
    this.#dirty.add(name);
    this.#saveSoon();
  }

  /** Saves now what would be saved soon, and then no more until the next `load`. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#dirty.size > 0) void this.#save();
  }

  /** Forgets everything that is kept; resolves when that is done, or has failed. */
  async forget(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#loaded = new Map();
    this.#owner = undefined;
    for (const name of this.#kept) this.#dirty.add(name);
    if (this.#dirty.size > 0) await this.#save();
  }

  #take(loaded: unknown): void {
    if (!(loaded instanceof Map)) return;
    const good = [...loaded].filter((entry): entry is [string, Kept] => isKept(entry[1]));
    for (const name of loaded.keys()) if (typeof name === 'string') this.#kept.add(name);
    this.#loaded = new Map(good);
    this.#owner = this.#loaded.get(OWNER)?.cursor;
  }

  #ownerOf(extension: string): string {
    return `${extension} ${this.#url}`;
  }

  #saveSoon(): void {
    if (!this.#persistence || this.#isClosed || this.#cancel || this.#dirty.size === 0) return;
    const { now, after } = this.#surroundings;
    const wait = Math.max(SOON_MS, this.#savedAt + APART_MS - now());
    this.#cancel = after(wait, () => {
      this.#cancel = undefined;
      void this.#save();
    });
  }

  /** One save after the other. */
  async #save(): Promise<void> {
    while (this.#saving) await this.#saving;
    const saving = this.#saveAll().then(() => {
      this.#saving = undefined;
      this.#savedAt = this.#surroundings.now();
      this.#saveSoon();
    });
    this.#saving = saving;
    await saving;
  }

  async #saveAll(): Promise<void> {
    const names = [...this.#dirty].sort((a, b) => Number(b === OWNER) - Number(a === OWNER));
    this.#dirty.clear();
    for (const name of names) {
      const kept = this.#keptOf(name);
      if (kept) this.#kept.add(name);
      const saved = await this.#attempt(async () => this.#persistence?.save(name, kept));
      if (!kept && saved) this.#kept.delete(name);
      // What could not be erased is tried again; what could not be saved is saved with its next change.
      else if (!kept) this.#dirty.add(name);
    }
  }

  /** Whether it went well, and in time. */
  #attempt(fn: () => Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#surroundings.after(PATIENCE_MS, () => resolve(false));
      const done = (well: boolean) => {
        cancel();
        resolve(well);
      };
      fn().then(
        () => done(true),
        () => done(false),
      );
    });
  }

  #keptOf(name: string): Kept | undefined {
    if (this.#owner === undefined) return undefined;
    return name === OWNER ? { cursor: this.#owner, items: [] } : this.#copies.get(name)?.keep();
  }
}

function isKept(value: unknown): value is Kept {
  const { cursor, items } = (value ?? {}) as Partial<Kept>;
  return typeof cursor === 'string' && Array.isArray(items) && items.every(isItem);
}
