// One collection while somebody follows it: what was written and is not yet told, and the live subscriptions by audience.
// Knows no socket; that its subscriptions are told is another's work.
import type { Told } from '../service/store.ts';
import type { Audience, Collection } from './collection.ts';
import { Dirty } from './dirty.ts';
import type { FeedSubscription } from './feed-subscription.ts';
import type { Mask } from './revision-mask.ts';

/** Departures that are remembered: many times what happens while a slice of a book is sent. */
const DEPARTURES_KEPT = 2_000;

interface Group {
  audience: Audience;
  readonly members: Set<FeedSubscription>;
}

export class Channel {
  readonly collection: Collection;
  readonly mask: Mask;
  readonly dirty = new Dirty();
  /** Live subscriptions by the key of their audience. */
  readonly groups = new Map<string, Group>();
  /** Newest revision of what was told to the live ones: who goes live must have been told as much. */
  spread: number;
  /** Newest revision that took an item out of the collection. */
  departed = 0;
  /** Items that were taken out lately, with the revision. */
  readonly #departures = new Map<string, number>();
  /** Departures up to this revision are forgotten. */
  #forgotten: number;
  /** Subscriptions, live and not. */
  users = 0;

  /** `heard`: what was written up to this revision is not in the channel, and must be read. */
  constructor(collection: Collection, mask: Mask, heard: number) {
    this.collection = collection;
    this.mask = mask;
    this.spread = heard;
    this.#forgotten = heard;
  }

  put(write: Told, rev: number): void {
    const { scope } = this.collection;
    this.dirty.add(write.id, write.value, rev, scope !== undefined && this.collection.isNew(write));
  }

  remove(id: string, rev: number): void {
    this.dirty.add(id, null, rev, false);
    if (this.collection.scope === undefined) return;
    this.departed = rev;
    this.#departures.delete(id);
    this.#departures.set(id, rev);
    for (const [oldest, at] of this.#departures) {
      if (this.#departures.size <= DEPARTURES_KEPT) break;
      this.#departures.delete(oldest);
      this.#forgotten = at;
    }
  }

  /** Whether all departures after a revision are remembered. */
  remembers(rev: number): boolean {
    return rev >= this.#forgotten;
  }

  /** Whether an item was taken out after a revision that is remembered. */
  hasLeft(id: string, rev: number): boolean {
    return (this.#departures.get(id) ?? 0) > rev;
  }

  join(subscription: FeedSubscription): void {
    const { audience } = subscription;
    const group = this.groups.get(audience.key) ?? { audience, members: new Set() };
    // The newest of equal audiences knows extensions that the older ones do not.
    group.audience = audience;
    group.members.add(subscription);
    this.groups.set(audience.key, group);
  }

  leave(subscription: FeedSubscription): void {
    const { key } = subscription.audience;
    const group = this.groups.get(key);
    if (group?.members.delete(subscription) && group.members.size === 0) this.groups.delete(key);
  }
}
