// Brings the subscriptions of a session in line with what its user may see: at `sync.open`, and in the turn in which rights have
// changed, before anything is told. What comes is sent whole; what goes is said to be gone.
import type { Access } from '../service/access.ts';
import type { Store } from '../service/store.ts';
import { type Catalog, isAllBooks, isBook, type Offer } from './catalog.ts';
import type { Channels } from './channels.ts';
import { CONTACTS_VIEW } from './contacts-collection.ts';
import { cursorTag, readCursor } from './cursor.ts';
import { FeedSubscription } from './feed-subscription.ts';
import { type Frame, goneFrame, type Why } from './frames.ts';
import { ListSubscription } from './list-subscription.ts';
import { type Subscriber, type Subscription, Withdrawal } from './subscription.ts';

export type Cursors = Readonly<Record<string, string>>;

interface ReviewParts {
  readonly store: Store;
  readonly access: Access;
  readonly catalog: Catalog;
  readonly channels: Channels;
  readonly push: (subscriber: Subscriber, frame: Frame, tag: string) => void;
  /** There is something to tell to this one. */
  readonly wake: (subscriber: Subscriber) => void;
}

const NO_CURSORS: Cursors = {};
const NOTHING: readonly Subscription[] = [];

export class Review {
  readonly #parts: ReviewParts;

  constructor(parts: ReviewParts) {
    this.#parts = parts;
  }

  /** Starts the subscriptions of a session for these names, from its cursors. */
  open(subscriber: Subscriber, wanted: readonly string[], cursors: Cursors): void {
    this.end(subscriber);
    subscriber.wanted = wanted;
    subscriber.ready = false;
    const offers = this.#parts.catalog.offers(subscriber.viewer, wanted);
    const made = new Map([...offers].map(([name, offer]) => [name, this.#make(subscriber, name, offer, cursors)]));
    for (const name of withdrawn(wanted, cursors)) {
      if (!made.has(name))
        made.set(name, new Withdrawal(name, goneFrame(name, this.#whyGone(subscriber, name, cursors))));
    }
    subscriber.subscriptions = inOrder(made, wanted);
    this.#parts.wake(subscriber);
  }

  /** The viewer's rights may have changed. */
  look(subscriber: Subscriber): void {
    if (subscriber.wanted.length === 0) return;
    const before = new Map(subscriber.subscriptions.map((one) => [one.name, one]));
    const after = new Map<string, Subscription>();
    for (const [name, offer] of this.#parts.catalog.offers(subscriber.viewer, subscriber.wanted)) {
      const one = before.get(name);
      const kept = this.#keep(one, offer, subscriber);
      if (kept) before.delete(name);
      after.set(name, kept ?? this.#make(subscriber, name, offer, NO_CURSORS, one?.isKnown));
    }
    for (const [name, one] of before) {
      if (!after.has(name) && one instanceof Withdrawal && !one.settled) after.set(name, one);
      else this.#withdraw(subscriber, one, after.has(name));
    }
    subscriber.subscriptions = inOrder(after, subscriber.wanted);
    if (subscriber.subscriptions.some(({ settled }) => !settled)) this.#parts.wake(subscriber);
  }

  /** Ends all subscriptions of a session. */
  end(subscriber: Subscriber): void {
    for (const subscription of subscriber.subscriptions) this.#end(subscription);
    subscriber.subscriptions = NOTHING;
    subscriber.wanted = [];
  }

  #make(subscriber: Subscriber, name: string, offer: Offer, cursors: Cursors, isKnown = false): Subscription {
    const { store, wake, channels } = this.#parts;
    const cursor = Object.hasOwn(cursors, name) ? cursors[name] : undefined;
    if (offer.kind === 'list') {
      const tag = this.#tag(subscriber, name, 'list');
      return new ListSubscription({ list: offer.list, subscriber, tag, cursor, wake });
    }
    const { channel, audience } = offer;
    const tag = cursorTag(store.epoch, name, subscriber.viewer.extension, audience.view);
    const since = cursor === undefined ? null : readCursor(cursor, tag, channel.mask);
    channels.use(channel, 1);
    return new FeedSubscription({
      channel,
      subscriber,
      audience,
      tag,
      since,
      isKnown: isKnown || cursor !== undefined,
    });
  }

  /** The subscription as it is to go on for what is offered now; undefined when it is of something else. */
  #keep(one: Subscription | undefined, offer: Offer, subscriber: Subscriber): Subscription | undefined {
    if (one instanceof ListSubscription && offer.kind === 'list') one.look();
    else if (one instanceof FeedSubscription && offer.kind === 'feed') this.#renew(one, offer.audience, subscriber);
    else return undefined;
    return one;
  }

  #renew(one: FeedSubscription, audience: FeedSubscription['audience'], subscriber: Subscriber): void {
    if (audience === one.audience) return;
    if (audience.view === one.audience.view) one.regroup(audience);
    else one.restart(audience, this.#tag(subscriber, one.name, audience.view));
  }

  #tag({ viewer }: Subscriber, name: string, view: string): string {
    return cursorTag(this.#parts.store.epoch, name, viewer.extension, view);
  }

  #withdraw(subscriber: Subscriber, one: Subscription, isReplaced: boolean): void {
    this.#end(one);
    if (!(one instanceof FeedSubscription) || isReplaced || !one.isKnown) return;
    const why = this.#parts.catalog.isDeleted(one.channel) ? 'deleted' : 'no_permission';
    this.#parts.push(subscriber, goneFrame(one.name, why), '');
  }

  /** Whoever has a cursor of a book saw it once, and may learn that it was deleted. */
  #whyGone(subscriber: Subscriber, name: string, cursors: Cursors): Why {
    const wasSeen = cursors[name]?.startsWith(this.#tag(subscriber, name, CONTACTS_VIEW)) ?? false;
    return wasSeen && this.#parts.catalog.hasNoBook(name) ? 'deleted' : 'no_permission';
  }

  #end(subscription: Subscription): void {
    subscription.end();
    if (subscription instanceof FeedSubscription) this.#parts.channels.use(subscription.channel, -1);
  }
}

/** Names that the client holds copies of and asks for again. */
function withdrawn(wanted: readonly string[], cursors: Cursors): string[] {
  return wanted.flatMap((name) => {
    if (isAllBooks(name)) return Object.keys(cursors).filter(isBook);
    return Object.hasOwn(cursors, name) ? [name] : [];
  });
}

/** As the names were given; books stand where all of them were asked for. */
function inOrder(made: ReadonlyMap<string, Subscription>, wanted: readonly string[]): Subscription[] {
  const ordered = new Set<Subscription>();
  for (const name of wanted) {
    const named = isAllBooks(name) ? [...made.keys()].filter(isBook) : [name];
    for (const one of named) {
      const subscription = made.get(one);
      if (subscription) ordered.add(subscription);
    }
  }
  return [...ordered];
}
