// The inboxes of all extensions that are in use: read from the store when first needed, kept up to date by its feed, and given up, the
// one that was not needed for longest first, when there are too many entries.
import { nextTurn } from './import-breath.ts';
import type { MessageRow } from './message-row.ts';
import { Inbox } from './messages-inbox.ts';
import type { Commit, Question, Slice, Store } from './store.ts';

/** Entries of all inboxes together. */
const MOST = 200_000;
const SLICE = 500;

interface Held {
  readonly inbox: Inbox;
  readonly ready: Promise<Inbox>;
  isReady: boolean;
}

interface InboxesParts {
  readonly store: Store;
  /** Fewer, for tests. */
  readonly most?: number;
}

export class Inboxes {
  readonly #store: Store;
  readonly #most: number;
  /** The one needed last is the last. */
  readonly #held = new Map<string, Held>();
  readonly #stop: () => void;
  /** Of the owner whose messages the store is being asked for: the rows that the feed tells of until the answer is taken. */
  #asked: { readonly owner: string; readonly told: Set<string> } | undefined;
  #entries = 0;
  #heard: number;
  #isStopped = false;
  #lastReading: Promise<unknown> = Promise.resolve();

  constructor({ store, most = MOST }: InboxesParts) {
    this.#store = store;
    this.#most = most;
    this.#heard = store.changes('pbx', null).rev;
    this.#stop = store.subscribe((commit) => this.#hear(commit));
  }

  /** The newest revision that the feed has told. */
  get heard(): number {
    return this.#heard;
  }

  /** How many inboxes are held. */
  get size(): number {
    return this.#held.size;
  }

  /** The inbox of an extension where it is at hand. */
  peek(owner: string): Inbox | undefined {
    const held = this.#held.get(owner);
    return held?.isReady ? held.inbox : undefined;
  }

  /** The inbox of an extension. Rejects when the store does. */
  of(owner: string): Promise<Inbox> {
    const held = this.#held.get(owner) ?? this.#open(owner);
    this.#held.delete(owner);
    this.#held.set(owner, held);
    return held.ready;
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
    this.#held.clear();
  }

  #open(owner: string): Held {
    const inbox = new Inbox(owner);
    // One is read after the other, so that a thousand clients that come back at once hold up nothing else.
    const ready = this.#lastReading.then(() => this.#fill(owner, inbox));
    const held: Held = { inbox, ready, isReady: false };
    this.#lastReading = ready.then(
      () => {
        held.isReady = true;
        this.#makeRoom(owner);
      },
      () => {
        if (this.#held.get(owner) === held) this.#drop(owner, held);
      },
    );
    return held;
  }

  async #fill(owner: string, inbox: Inbox): Promise<Inbox> {
    let since: number | null = null;
    let removedSince: number | null = null;
    for (;;) {
      const question = { table: 'messages' as const, scope: owner, since, removedSince, limit: SLICE };
      const slice = await this.#takeSlice(inbox, question);
      if (!slice.more || this.#isStopped) return inbox;
      removedSince ??= slice.now;
      since = slice.rev;
      await nextTurn();
    }
  }

  /** Rows that the feed told of meanwhile stay as it told them: the slice may show them as they were before. */
  async #takeSlice(inbox: Inbox, question: Question): Promise<Slice> {
    const told = new Set<string>();
    this.#asked = { owner: question.scope, told };
    try {
      const slice = await this.#store.read(question);
      for (const { id, value, rev } of slice.rows) {
        if (!told.has(id)) this.#take(inbox, id, value as MessageRow, rev);
      }
      return slice;
    } finally {
      this.#asked = undefined;
    }
  }

  #hear({ rev, writes }: Commit): void {
    this.#heard = rev;
    for (const { table, id, value, scope } of writes) {
      if (table !== 'messages' || scope === undefined) continue;
      if (this.#asked?.owner === scope) this.#asked.told.add(id);
      const held = this.#held.get(scope);
      if (held) this.#take(held.inbox, id, value as MessageRow | null, rev);
    }
  }

  #take(inbox: Inbox, id: string, row: MessageRow | null, rev: number): void {
    const before = inbox.size;
    inbox.take(id, row, rev);
    this.#entries += inbox.size - before;
  }

  /** `needed` is about to be used. */
  #makeRoom(needed: string): void {
    for (const [owner, held] of this.#held) {
      if (this.#entries <= this.#most) return;
      if (held.isReady && owner !== needed) this.#drop(owner, held);
    }
  }

  #drop(owner: string, { inbox }: Held): void {
    this.#held.delete(owner);
    this.#entries -= inbox.size;
  }
}
