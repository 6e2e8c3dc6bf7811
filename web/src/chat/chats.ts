// The messages of the user, by the one he wrote with and in the order of time, and how many of them are unread. Follows a mirror;
// knows no page.
import type { Client, Mirror, MirrorChange } from '../../../client/api.ts';
import type { Message } from '../../../client/types.ts';

export interface Unread {
  readonly total: number;
  /** By the extension of the other one; without those of which all is read. */
  readonly byChat: ReadonlyMap<string, number>;
}

/** Beyond so many changes at once everything is put in order anew. */
const MANY = 200;

const NOTHING: readonly Message[] = [];

export class Chats {
  readonly #mirror: Mirror<Message>;
  readonly #threads = new Map<string, Message[]>();
  /** Each message as it stands in its thread. */
  readonly #held = new Map<string, Message>();
  readonly #unread = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #told: Unread = { total: 0, byChat: new Map() };

  constructor(mirror: Mirror<Message>) {
    this.#mirror = mirror;
    this.#build();
    mirror.subscribe((change) => this.#take(change));
  }

  get state(): Mirror<Message>['state'] {
    return this.#mirror.state;
  }

  /** The same object until another number is unread. */
  get unread(): Unread {
    return this.#told;
  }

  /** Oldest first. */
  thread(extension: string): readonly Message[] {
    return this.#threads.get(extension) ?? NOTHING;
  }

  /** The last message of each chat, the newest first. */
  last(): readonly Message[] {
    return [...this.#threads.values()].flatMap((thread) => thread.at(-1) ?? []).sort((a, b) => order(b, a));
  }

  /** Told at once, also in a window that is not seen. Returns the function that stops it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take({ reset, put, remove }: MirrorChange<Message>): void {
    if (reset || put.length + remove.length > MANY) this.#build();
    else this.#alter(put, remove);
    for (const listener of [...this.#listeners]) listener();
  }

  #build(): void {
    this.#threads.clear();
    this.#held.clear();
    this.#unread.clear();
    for (const message of this.#mirror.values()) {
      this.#held.set(message.id, message);
      this.#threadOf(message).push(message);
    }
    for (const thread of this.#threads.values()) thread.sort(order);
    this.#count(this.#threads.keys());
  }

  #alter(put: readonly Message[], remove: readonly string[]): void {
    const touched = new Set<string>();
    for (const id of [...remove, ...put.map((message) => message.id)]) {
      const before = this.#held.get(id);
      if (!before) continue;
      const thread = this.#threadOf(before);
      thread.splice(placeOf(thread, before), 1);
      this.#held.delete(id);
      touched.add(before.with);
    }
    for (const message of put) {
      const thread = this.#threadOf(message);
      thread.splice(placeOf(thread, message), 0, message);
      this.#held.set(message.id, message);
      touched.add(message.with);
    }
    this.#count(touched);
  }

  #threadOf({ with: other }: Message): Message[] {
    const thread = this.#threads.get(other) ?? [];
    this.#threads.set(other, thread);
    return thread;
  }

  #count(chats: Iterable<string>): void {
    for (const chat of [...chats]) {
      const thread = this.#threads.get(chat) ?? [];
      const unread = thread.reduce((sum, message) => sum + (isUnread(message) ? 1 : 0), 0);
      if (thread.length === 0) this.#threads.delete(chat);
      if (unread === 0) this.#unread.delete(chat);
      else this.#unread.set(chat, unread);
    }
    if (same(this.#unread, this.#told.byChat)) return;
    const total = [...this.#unread.values()].reduce((sum, unread) => sum + unread, 0);
    this.#told = { total, byChat: new Map(this.#unread) };
  }
}

/** Whether the user has not read what the other one wrote. */
export function isUnread(message: Message): boolean {
  return message.from === message.with && message.read === undefined;
}

function order(a: Message, b: Message): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Where it stands, or belongs. */
function placeOf(thread: readonly Message[], message: Message): number {
  let [from, to] = [0, thread.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const other = thread[middle];
    if (other && order(other, message) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function same(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([chat, unread]) => b.get(chat) === unread);
}

const known = new WeakMap<Client, Chats>();

/** Of this client; it follows for as long as the client lives. */
export function chatsOf(client: Client): Chats {
  const chats = known.get(client) ?? new Chats(client.mirror('messages'));
  known.set(client, chats);
  return chats;
}
