// One session's copy of a short list that is its user's own: it is told by difference between what the client holds and what the
// list is, so that rights that come and go are puts and removes. Knows no other session.

import { LIMITS } from '../protocol/limits.ts';
import type { Viewer } from '../service/viewer.ts';
import { digest } from './cursor.ts';
import { changeFrame, type Frame } from './frames.ts';
import { type Held, readHeld, writeHeld } from './list-cursor.ts';
import type { Subscriber, Subscription } from './subscription.ts';

/** A collection of one user's own. */
export interface List {
  readonly name: string;
  /** The JSON texts of the items by id, as the viewer may see them now; undefined while they are read from the store. */
  items(viewer: Viewer): ReadonlyMap<string, string> | undefined;
  /** Calls `listener` when the items may have changed in other ways than by the viewer's rights. Returns the function that stops it. */
  follow(viewer: Viewer, listener: () => void): () => void;
}

interface Parts {
  readonly list: List;
  readonly subscriber: Subscriber;
  readonly tag: string;
  readonly cursor: string | undefined;
  /** There is something to tell. */
  readonly wake: (subscriber: Subscriber) => void;
}

export class ListSubscription implements Subscription {
  readonly tag: string;
  readonly isKnown = true;
  readonly #list: List;
  readonly #subscriber: Subscriber;
  readonly #stop: () => void;
  /** The cursor of the client while it was not looked at; what it holds is known afterwards. */
  #cursor: string | undefined;
  #held: Held | undefined;
  #isDue = true;

  constructor({ list, subscriber, tag, cursor, wake }: Parts) {
    this.tag = tag;
    this.#list = list;
    this.#subscriber = subscriber;
    this.#cursor = cursor;
    this.#stop = list.follow(subscriber.viewer, () => {
      this.#isDue = true;
      wake(subscriber);
    });
  }

  get name(): string {
    return this.#list.name;
  }

  get settled(): boolean {
    return !this.#isDue;
  }

  /** The items may be others now. */
  look(): void {
    this.#isDue = true;
  }

  next(): readonly Frame[] {
    const items = this.#list.items(this.#subscriber.viewer);
    if (!items) return [];
    this.#isDue = false;
    const now = new Map([...items].map(([id, text]) => [id, digest(text)]));
    if (this.#cursor !== undefined) this.#held = readHeld(this.#cursor, this.tag, now);
    this.#cursor = undefined;
    const before = this.#held;
    this.#held = now;
    const put = [...items].filter(([id]) => before?.get(id) !== now.get(id)).map(([, text]) => text);
    const remove = [...(before?.keys() ?? [])].filter((id) => !now.has(id));
    if (before && put.length === 0 && remove.length === 0) return [];
    return this.#pages({ reset: before === undefined, put, remove, held: writeHeld(now) });
  }

  end(): void {
    this.#stop();
  }

  /** All pages at once: a list is short. */
  #pages(change: { reset: boolean; put: readonly string[]; remove: readonly string[]; held: string }): Frame[] {
    const { reset, put, remove, held } = change;
    const size = LIMITS.pageItems;
    const count = Math.max(1, Math.ceil(Math.max(put.length, remove.length) / size));
    return Array.from({ length: count }, (_, i) =>
      changeFrame({
        collection: this.name,
        reset: reset && i === 0,
        more: i < count - 1,
        put: put.slice(i * size, (i + 1) * size),
        remove: remove.slice(i * size, (i + 1) * size),
        ...(i === count - 1 ? { held } : {}),
      }),
    );
  }
}
