// One session's copy of one collection: live, or behind at a revision and to be read again. Knows no other session.
import type { Changes } from '../service/store.ts';
import type { Collection } from './collection.ts';
import { cursorTag } from './cursor.ts';
import { changeFrame, type Frame } from './frames.ts';
import type { Subscriber } from './hub.ts';

type State =
  /** Told everything; changes go to it as they happen. */
  | { readonly kind: 'live' }
  /** Told everything up to `since` (null: nothing yet). */
  | { readonly kind: 'behind'; readonly since: number | null }
  /** In the middle of a reading, which is sent page by page. */
  | { readonly kind: 'reading'; readonly reading: Changes; next: number }
  /** The client holds a copy that the viewer may not see, and is still to be told so. */
  | { readonly kind: 'withdrawn' }
  /** The viewer may not see the collection. */
  | { readonly kind: 'hidden' };

/** The states that hold nothing, one object for all. */
const LIVE: State = { kind: 'live' };
export const HIDDEN: State = { kind: 'hidden' };
export const WITHDRAWN: State = { kind: 'withdrawn' };
const NOTHING_TOLD: State = { kind: 'behind', since: null };

export class Subscription {
  readonly collection: Collection;
  readonly subscriber: Subscriber;
  audience = '';
  tag = '';
  state: State = HIDDEN;
  /** Revision up to which the client was told, while it is live. */
  told = 0;

  constructor(collection: Collection, subscriber: Subscriber) {
    this.collection = collection;
    this.subscriber = subscriber;
  }

  /** Starts over for an audience, from a revision when the client's cursor is one of this tag. */
  show(epoch: string, extension: string, audience: string): void {
    this.audience = audience;
    this.tag = cursorTag(epoch, this.collection.name, extension, audience);
    this.state = NOTHING_TOLD;
  }

  /**
   * The next page of what the client lacks, or undefined when it lacks nothing and is live from now on. Must be followed by
   * no other turn between the last undefined and going live: both happen in one call.
   */
  nextPage(pageItems: number): Frame | undefined {
    if (this.state.kind === 'behind') {
      const reading = this.collection.read(this.audience, this.state.since);
      if (!reading.reset && reading.rows.length === 0 && reading.removed.length === 0) {
        this.told = reading.rev;
        this.state = LIVE;
        return undefined;
      }
      this.state = { kind: 'reading', reading, next: 0 };
    }
    if (this.state.kind !== 'reading') return undefined;
    return this.#page(this.state, pageItems);
  }

  #page(state: Extract<State, { kind: 'reading' }>, pageItems: number): Frame {
    const { reading, next } = state;
    const end = Math.min(next + pageItems, reading.rows.length);
    const last = end === reading.rows.length;
    const frame = changeFrame({
      collection: this.collection.name,
      reset: reading.reset && next === 0,
      more: !last,
      put: reading.rows.slice(next, end).map((row) => this.collection.encode(row.value)),
      remove: next === 0 ? reading.removed : [],
      ...(last ? { rev: reading.rev } : {}),
    });
    state.next = end;
    if (last) this.state = { kind: 'behind', since: reading.rev };
    return frame;
  }
}
