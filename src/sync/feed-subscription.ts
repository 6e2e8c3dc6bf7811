// One session's copy of a table or of a book: live, or behind at a revision and to be read again. Knows no other session.
import type { Changes, Slice } from '../service/store.ts';
import { readBook } from './book-reading.ts';
import type { Channel } from './channel.ts';
import type { Audience } from './collection.ts';
import type { Frame } from './frames.ts';
import type { Reader } from './reader.ts';
import type { Subscriber, Subscription } from './subscription.ts';
import { readTable } from './table-reading.ts';

/** Told everything up to `since` (null: nothing yet). */
export interface Behind {
  readonly kind: 'behind';
  readonly since: number | null;
  /** In the middle of a snapshot: only what was removed after this revision is told. */
  readonly removedSince?: number | null;
  /** The last page sent says that more follows. */
  readonly isOpen?: boolean;
}

/** What the store answered. */
export interface Answered {
  readonly kind: 'answered';
  readonly asked: Behind;
  readonly slice: Slice;
  /** Of removed contacts that live on in another book: its scope. */
  readonly moved: ReadonlyMap<string, string>;
  /** The next of its pages. */
  page: number;
}

type State =
  /** Told everything; changes go to it as they happen. */
  | { readonly kind: 'live' }
  | Behind
  /** In the middle of the rows of a table, which are sent page by page. */
  | { readonly kind: 'reading'; readonly reading: Changes; next: number }
  /** The store was asked. */
  | { readonly kind: 'asking' }
  | Answered
  | { readonly kind: 'ended' };

/** The states that hold nothing, one object for all. */
const LIVE: State = { kind: 'live' };
const ENDED: State = { kind: 'ended' };
const NOTHING_TOLD: State = { kind: 'behind', since: null };

interface Parts {
  readonly channel: Channel;
  readonly subscriber: Subscriber;
  readonly audience: Audience;
  readonly tag: string;
  /** Revision of the client's cursor; null: it has none that is good. */
  readonly since: number | null;
  readonly isKnown: boolean;
}

export class FeedSubscription implements Subscription {
  readonly channel: Channel;
  readonly subscriber: Subscriber;
  audience: Audience;
  tag: string;
  isKnown: boolean;
  state: State;
  /** Revision up to which the client was told, while it is live. */
  told = 0;

  constructor({ channel, subscriber, audience, tag, since, isKnown }: Parts) {
    this.channel = channel;
    this.subscriber = subscriber;
    this.audience = audience;
    this.tag = tag;
    this.isKnown = isKnown;
    this.state = since === null ? NOTHING_TOLD : { kind: 'behind', since };
  }

  get name(): string {
    return this.channel.collection.name;
  }

  get settled(): boolean {
    return this.state.kind === 'live';
  }

  next(reader: Reader): readonly Frame[] {
    const frames = this.channel.collection.scope === undefined ? readTable(this, reader) : readBook(this, reader);
    if (frames.length > 0) this.isKnown = true;
    return frames;
  }

  /** Everything up to a revision is told or about to be: live, unless more was told to the others meanwhile. */
  complete(rev: number): void {
    if (this.channel.spread > rev) {
      this.state = { kind: 'behind', since: rev };
      return;
    }
    this.told = rev;
    this.state = LIVE;
    this.channel.join(this);
    this.channel.collection.told?.();
  }

  /** To be read again from what was told, or with `anew` from the beginning. */
  fallBehind(anew = false): void {
    this.channel.leave(this);
    this.state = anew ? NOTHING_TOLD : { kind: 'behind', since: this.told };
  }

  /** The same items are seen, by another audience or by the same one found out anew. */
  regroup(audience: Audience): void {
    const { settled } = this;
    if (settled) this.channel.leave(this);
    this.audience = audience;
    if (settled) this.channel.join(this);
  }

  /** Other items are seen: the client gets all of them. */
  restart(audience: Audience, tag: string): void {
    this.fallBehind(true);
    this.audience = audience;
    this.tag = tag;
  }

  end(): void {
    this.channel.leave(this);
    this.state = ENDED;
  }
}
