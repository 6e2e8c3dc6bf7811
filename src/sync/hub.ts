// The hub: turns the store's commits into frames, one per collection and audience, and brings every subscription up to
// date. Work is done once per turn of the event loop; a client that takes too little waits in the store, not here.

import { LIMITS } from '../protocol/limits.ts';
import type { Clock } from '../service/clock.ts';
import type { Commit, Store, Table } from '../service/store.ts';
import type { Viewer } from '../service/viewer.ts';
import { type Batch, type Collection, Dirty } from './collection.ts';
import { readCursor } from './cursor.ts';
import { changeFrame, goneFrame, READY_FRAME } from './frames.ts';
import type { Outbox } from './outbox.ts';
import { HIDDEN, Subscription, WITHDRAWN } from './subscription.ts';

/** Time in which one turn may read for clients that are catching up, before others are served. */
const CATCH_UP_MS = 5;

const NONE: readonly Subscription[] = [];

/** The collections of one session, in the order it named them. */
export interface Subscriber {
  readonly outbox: Outbox;
  subscriptions: readonly Subscription[];
  /** Whether `sync.ready` was sent for the present `sync.open`. */
  ready: boolean;
  /** Responses that are to come after the changes made so far, when there are any. */
  answers: (() => void)[] | undefined;
}

export interface HubCounters {
  frames: number;
  deliveries: number;
  fellBehind: number;
}

export class Hub {
  readonly counters: HubCounters = { frames: 0, deliveries: 0, fellBehind: 0 };
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #collections: ReadonlyMap<string, Collection>;
  readonly #byTable = new Map<Table, { collection: Collection; dirty: Dirty }[]>();
  /** Live subscriptions per collection and audience. */
  readonly #live = new Map<Collection, Map<string, Set<Subscription>>>();
  /** Those with frames of this turn. */
  #outboxes: Outbox[] = [];
  readonly #behind = new Set<Subscriber>();
  /** Those with responses that wait. */
  readonly #answering = new Set<Subscriber>();
  readonly #stop: () => void;
  #scheduled = false;
  #dirty = false;
  /** Changes wait until then, so that spreading them takes at most half of the time. */
  #restUntil = 0;
  #resting = false;

  constructor(deps: { readonly store: Store; readonly clock: Clock; readonly collections: readonly Collection[] }) {
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#collections = new Map(deps.collections.map((collection) => [collection.name, collection]));
    for (const collection of deps.collections) {
      const list = this.#byTable.get(collection.table) ?? [];
      list.push({ collection, dirty: new Dirty() });
      this.#byTable.set(collection.table, list);
      this.#live.set(collection, new Map());
    }
    this.#stop = deps.store.subscribe((commit) => this.#hear(commit));
  }

  stop(): void {
    this.#stop();
  }

  collection(name: string): Collection | undefined {
    return this.#collections.get(name);
  }

  /** Starts the subscriptions of a session for these collections, from its cursors. */
  open(
    subscriber: Subscriber,
    viewer: Viewer,
    collections: readonly Collection[],
    cursors: Readonly<Record<string, string>>,
  ): void {
    this.#end(subscriber);
    subscriber.ready = false;
    subscriber.subscriptions = [...new Set(collections)].map((one) => new Subscription(one, subscriber));
    for (const subscription of subscriber.subscriptions) {
      const { collection } = subscription;
      const cursor = Object.hasOwn(cursors, collection.name) ? cursors[collection.name] : undefined;
      const audience = collection.audience(viewer);
      if (audience === null) {
        if (cursor !== undefined) subscription.state = WITHDRAWN;
        continue;
      }
      subscription.show(this.#store.epoch, viewer.extension, audience);
      const since = cursor === undefined ? null : readCursor(cursor, subscription.tag);
      subscription.state = { kind: 'behind', since };
    }
    this.#behind.add(subscriber);
    this.#schedule();
  }

  /** The viewer's rights changed: collections appear with all their items, or are withdrawn. */
  review(subscriber: Subscriber, viewer: Viewer): void {
    for (const subscription of subscriber.subscriptions) {
      const audience = subscription.collection.audience(viewer);
      const hidden = subscription.state.kind === 'hidden';
      if (audience === null ? hidden : !hidden && audience === subscription.audience) continue;
      this.#leave(subscription);
      if (audience === null) {
        subscription.state = HIDDEN;
        this.push(subscriber.outbox, goneFrame(subscription.collection.name, 'no_permission'), '');
      } else {
        subscription.show(this.#store.epoch, viewer.extension, audience);
        this.#behind.add(subscriber);
      }
    }
    this.#schedule();
  }

  /** Ends all subscriptions of a session, and whatever waits for them. */
  close(subscriber: Subscriber): void {
    this.#end(subscriber);
    this.#answer(subscriber);
  }

  #end(subscriber: Subscriber): void {
    for (const subscription of subscriber.subscriptions) this.#leave(subscription);
    subscriber.subscriptions = NONE;
    this.#behind.delete(subscriber);
  }

  /** A frame for one client; it leaves with everything else of this turn. */
  push(outbox: Outbox, frame: Parameters<Outbox['push']>[0], tag: string): void {
    if (outbox.push(frame, tag)) this.#outboxes.push(outbox);
    this.#schedule();
  }

  /** The client took what was buffered: what it lacks can be read now. */
  drained(subscriber: Subscriber): void {
    if (subscriber.subscriptions.some((subscription) => subscription.state.kind !== 'live')) {
      this.#behind.add(subscriber);
      this.#schedule();
    }
  }

  /** Calls `answer` when the client was told every change up to now (rule S5): at once, or in the turn that tells it. */
  afterChanges(subscriber: Subscriber, answer: () => void): void {
    subscriber.answers ??= [];
    subscriber.answers.push(answer);
    if (this.#isTold(subscriber)) {
      this.#answer(subscriber);
      return;
    }
    this.#answering.add(subscriber);
    this.#schedule();
  }

  #isTold({ subscriptions }: Subscriber): boolean {
    return !this.#dirty && subscriptions.every(({ state }) => state.kind === 'live' || state.kind === 'hidden');
  }

  #answer(subscriber: Subscriber): void {
    this.#answering.delete(subscriber);
    const answers = subscriber.answers ?? [];
    subscriber.answers = undefined;
    for (const answer of answers) answer();
  }

  #hear({ rev, writes }: Commit): void {
    for (const write of writes) {
      for (const { dirty } of this.#byTable.get(write.table) ?? []) {
        dirty.add(write, rev);
        this.#dirty = true;
      }
    }
    if (this.#dirty) this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const wait = this.#restUntil - this.#clock.now();
    if (this.#dirty && wait <= 0) this.#spread();
    else if (this.#dirty) this.#rest(wait);
    this.#catchUp();
    for (const subscriber of this.#answering) if (this.#isTold(subscriber)) this.#answer(subscriber);
    const outboxes = this.#outboxes;
    this.#outboxes = [];
    for (const outbox of outboxes) outbox.flush();
  }

  #rest(ms: number): void {
    if (this.#resting) return;
    this.#resting = true;
    this.#clock.after(ms, () => {
      this.#resting = false;
      this.#schedule();
    });
  }

  #spread(): void {
    const begun = this.#clock.now();
    this.#dirty = false;
    for (const list of this.#byTable.values()) {
      for (const { collection, dirty } of list) {
        if (dirty.size === 0) continue;
        const batch = dirty.take();
        for (const [audience, subscriptions] of this.#live.get(collection) ?? []) {
          this.#tell(collection, audience, subscriptions, batch);
        }
      }
    }
    this.#restUntil = this.#clock.now() + (this.#clock.now() - begun);
  }

  #tell(collection: Collection, audience: string, subscriptions: Set<Subscription>, batch: Batch): void {
    const { rev } = batch;
    const seen = batch.writes.filter((write) => collection.sees(audience, write.id));
    if (seen.length === 0) return;
    const put = seen.flatMap((write) => (write.value ? [collection.encode(write.value)] : []));
    const remove = seen.flatMap((write) => (write.value ? [] : [write.id]));
    const frame = changeFrame({ collection: collection.name, put, remove, rev });
    this.counters.frames += 1;
    for (const subscription of subscriptions) {
      const { outbox } = subscription.subscriber;
      if (subscription.told >= rev) continue;
      if (subscription.told >= batch.firstRev) this.#fallBehind(subscription, true);
      else if (outbox.full) this.#fallBehind(subscription, false);
      else {
        this.push(outbox, frame, subscription.tag);
        subscription.told = rev;
        this.counters.deliveries += 1;
      }
    }
  }

  /** What the client lacks is read again from the store: at once when it can take it, else when its socket drains. */
  #fallBehind(subscription: Subscription, now: boolean): void {
    this.#leave(subscription);
    subscription.state = { kind: 'behind', since: subscription.told };
    this.counters.fellBehind += 1;
    if (now) this.#behind.add(subscription.subscriber);
  }

  #catchUp(): void {
    const end = this.#clock.now() + CATCH_UP_MS;
    for (const subscriber of this.#behind) {
      this.#behind.delete(subscriber);
      if (this.#readOn(subscriber)) this.#behind.add(subscriber);
      if (this.#clock.now() >= end) break;
    }
    if (this.#behind.size > 0) this.#schedule();
  }

  /** Sends one page of what the client lacks. Whether there is more that it could take now. */
  #readOn(subscriber: Subscriber): boolean {
    const { outbox } = subscriber;
    for (const subscription of subscriber.subscriptions) {
      if (subscription.state.kind === 'live' || subscription.state.kind === 'hidden') continue;
      if (outbox.full) return false;
      if (subscription.state.kind === 'withdrawn') {
        subscription.state = HIDDEN;
        this.push(outbox, goneFrame(subscription.collection.name, 'no_permission'), '');
        continue;
      }
      const page = subscription.nextPage(LIMITS.pageItems);
      if (page) {
        this.push(outbox, page, subscription.tag);
        return true;
      }
      this.#join(subscription);
    }
    if (!subscriber.ready) {
      subscriber.ready = true;
      this.push(outbox, READY_FRAME, '');
    }
    return false;
  }

  #join(subscription: Subscription): void {
    const audiences = this.#live.get(subscription.collection);
    const set = audiences?.get(subscription.audience) ?? new Set();
    set.add(subscription);
    audiences?.set(subscription.audience, set);
  }

  #leave(subscription: Subscription): void {
    const audiences = this.#live.get(subscription.collection);
    const set = audiences?.get(subscription.audience);
    set?.delete(subscription);
    if (set?.size === 0) audiences?.delete(subscription.audience);
  }
}
