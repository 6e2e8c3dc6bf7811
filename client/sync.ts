// All collections the program wants, and how the server is asked for them and tells of them. Frames are taken in their order;
// listeners are told when a change is in. Knows no socket.
import type { CollectionName, MirrorChange, RequestFailure } from './api.ts';
import type { Done } from './calls.ts';
import { type Change, Copy } from './copy.ts';
import { type Item, type Outcome, readGone, readPage } from './frame.ts';

/** Books and others. A server that tells of more is not believed. */
const MOST_COLLECTIONS = 2_000;
const MOST_ITEMS = 2_000_000;
const BOOK = 'contacts:';

export interface SyncParts {
  call(method: string, params: object, done: Done): void;
  /** The mirrors are about to be brought up to date, or follow. */
  became(what: 'syncing' | 'ready'): void;
  /** `sync.open` was refused for good. */
  failed(failure: RequestFailure): void;
  /** A copy has changed; `hasCome`: it came or went as a whole. Told before the copy's own listeners. */
  changed(copy: Copy, change: Change, hasCome: boolean): void;
  readonly limits?: { readonly collections: number; readonly items: number };
}

type Phase = 'away' | 'asked' | 'heard' | 'ready';

export class Sync {
  readonly copies = new Map<string, Copy>();
  readonly #parts: SyncParts;
  readonly #wanted = new Set<string>();
  /** Of the wanted, those that this server does not have. */
  readonly #unknown = new Set<string>();
  /** Of the last `sync.open`. */
  #asked: ReadonlySet<string> = new Set();
  #phase: Phase = 'away';
  #mustAsk = false;
  #items = 0;

  constructor(wanted: readonly CollectionName[], parts: SyncParts) {
    this.#parts = parts;
    for (const name of wanted) {
      this.#wanted.add(name);
      if (name !== 'contacts') this.copies.set(name, new Copy(name));
    }
  }

  /** Whether the server would be asked for it. */
  wants(name: string): boolean {
    return isIn(this.#wanted, name);
  }

  /** The copy of a collection, which is wanted from now on. */
  mirror(name: string): Copy {
    const wanted = this.wants(name);
    const copy = this.copies.get(name) ?? new Copy(name);
    copy.isGiven = true;
    this.copies.set(name, copy);
    if (!wanted) {
      this.#wanted.add(name);
      this.#askSoon();
    } else if (copy.state === 'loading' && this.#phase === 'ready' && !this.#mustAsk) {
      copy.lose('no_permission'); // every book that may be seen is there
    }
    return copy;
  }

  /** A session is open. */
  connected(): void {
    this.#unknown.clear();
    this.#ask();
  }

  disconnected(): void {
    this.#phase = 'away';
    for (const copy of this.copies.values()) copy.disconnected();
    this.#count();
  }

  /** Fills the copies, before anything came from the server. */
  restore(name: string, kept: Parameters<Copy['restore']>[0]): void {
    if (!this.wants(name) || this.copies.get(name)?.cursor !== undefined) return;
    const copy = this.#copyOf(name);
    if (copy) this.#tell(copy, copy.restore(kept), true);
  }

  /** Empties all copies: they are another user's, or nobody's. */
  clear(): void {
    for (const copy of [...this.copies.values()]) if (copy.state !== 'loading') this.#tell(copy, copy.clear(), true);
  }

  /** Takes a notification. False when it breaks the protocol. */
  take(method: string, params: Readonly<Record<string, unknown>>): boolean {
    if (method === 'sync.change') return this.#change(params);
    if (method === 'sync.gone') return this.#gone(params);
    if (method === 'sync.ready' && this.#phase === 'heard') this.#ready();
    return true;
  }

  #change(params: Readonly<Record<string, unknown>>): boolean {
    const page = readPage(params);
    if (!page) return false;
    if (!this.wants(page.collection)) return true;
    const copy = this.#copyOf(page.collection);
    if (!copy) return false;
    const { weight } = copy;
    const wasLive = copy.state === 'live';
    const change = copy.take(page);
    this.#items += copy.weight - weight;
    if (change === 'broken' || this.#items > (this.#parts.limits?.items ?? MOST_ITEMS)) return false;
    if (change) this.#tell(copy, change, !wasLive);
    return true;
  }

  #gone(params: Readonly<Record<string, unknown>>): boolean {
    const gone = readGone(params);
    if (!gone) return false;
    const copy = this.copies.get(gone.collection);
    if (!copy) return true;
    const wasGone = copy.state === 'gone';
    const change = copy.lose(gone.why);
    this.#count();
    if (!wasGone) this.#tell(copy, change, true);
    this.#forget(copy);
    return true;
  }

  #ready(): void {
    this.#phase = 'ready';
    for (const copy of [...this.copies.values()]) {
      const change = copy.settle();
      if (change) this.#tell(copy, change, false);
      // What may be seen has come by now, and what does not exist for the user sends nothing.
      if (copy.state === 'loading' && isIn(this.#asked, copy.name)) this.#tell(copy, copy.lose('no_permission'), true);
    }
    this.#count();
    if (this.#phase !== 'ready') return;
    if (this.#mustAsk) this.#ask();
    this.#parts.became('ready');
  }

  /** A listener may add several, one after the other. */
  #askSoon(): void {
    if (this.#mustAsk) return;
    this.#mustAsk = true;
    void Promise.resolve().then(() => {
      if (this.#mustAsk && this.#phase === 'ready') this.#ask();
    });
  }

  #ask(): void {
    this.#mustAsk = false;
    const isAgain = this.#phase === 'ready';
    this.#phase = 'asked';
    if (isAgain) for (const copy of this.copies.values()) copy.beginDoubt();
    const held = [...this.copies.values()].filter(({ name, cursor }) => cursor !== undefined && this.wants(name));
    const cursors = Object.fromEntries(held.map(({ name, cursor }) => [name, cursor]));
    const collections = [...this.#wanted].filter((name) => !this.#unknown.has(name));
    this.#asked = new Set(collections);
    if (!isAgain) this.#parts.became('syncing');
    this.#parts.call('sync.open', { collections, cursors }, (outcome) => this.#answered(outcome));
  }

  /** What came before this answer was told for the `sync.open` before, what comes after it for this one. */
  #answered(outcome: Outcome): void {
    if (this.#phase !== 'asked') return;
    if ('result' in outcome) {
      this.#phase = 'heard';
      for (const copy of this.copies.values()) copy.heard();
      return;
    }
    const unknown = this.#unknownTo(outcome.failure);
    if (unknown.length === 0) {
      this.#parts.failed(outcome.failure);
      return;
    }
    for (const name of unknown) this.#lose(name);
    if (this.#phase !== 'asked') return; // a listener closed the client
    this.#phase = 'ready';
    this.#ask();
  }

  /** Names that an older server does not have. */
  #unknownTo({ code, issues }: RequestFailure): string[] {
    const names = [...this.#asked];
    const places = code === -32602 ? issues.map(({ path }) => /^collections\.(\d+)$/.exec(path)?.[1]) : [];
    return places.flatMap((place) => names[Number(place ?? -1)] ?? []);
  }

  #lose(name: string): void {
    this.#unknown.add(name);
    const copy = this.copies.get(name);
    if (copy) this.#tell(copy, copy.lose('no_permission'), true);
  }

  #copyOf(name: string): Copy | undefined {
    const copy = this.copies.get(name);
    if (copy) return copy;
    if (this.copies.size >= (this.#parts.limits?.collections ?? MOST_COLLECTIONS)) return undefined;
    const made = new Copy(name);
    this.copies.set(name, made);
    return made;
  }

  /** Books come and go; one that nobody looks at is not kept when it went. */
  #forget(copy: Copy): void {
    if (!copy.isWatched && !this.#wanted.has(copy.name)) this.copies.delete(copy.name);
  }

  #tell(copy: Copy, change: MirrorChange<Item>, hasCome: boolean): void {
    this.#parts.changed(copy, change, hasCome);
    copy.tell(change);
  }

  #count(): void {
    this.#items = 0;
    for (const { weight } of this.copies.values()) this.#items += weight;
  }
}

/** `contacts` stands for all books. */
function isIn(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || (isBook(name) && names.has('contacts'));
}

export function isBook(name: string): boolean {
  return name.startsWith(BOOK);
}

export function bookOf(name: string): string {
  return name.slice(BOOK.length);
}
