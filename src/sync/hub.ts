// The hub: follows the store, and once a turn of the event loop brings every session up to date: first its rights, then what
// changed, then what it still lacks, then the answers that were to come after that. A client that takes too little waits in
// the store, not here.
import type { Access } from '../service/access.ts';
import type { KnownParty } from '../service/call-row.ts';
import type { Clock } from '../service/clock.ts';
import type { Report } from '../service/report.ts';
import { ONE_SITE, type Sites } from '../service/site-view.ts';
import type { Store } from '../service/store.ts';
import { booksList } from './books-list.ts';
import { callsCollections, type ShowCall, showingCalls } from './calls-collection.ts';
import { Catalog } from './catalog.ts';
import { Channels } from './channels.ts';
import { tableCollections } from './collections.ts';
import { contactsCollections } from './contacts-collection.ts';
import { favoritesList } from './favorites-list.ts';
import { type Frame, READY_FRAME } from './frames.ts';
import { Marks } from './marks.ts';
import { messagesCollections } from './messages-collection.ts';
import type { Outbox } from './outbox.ts';
import { Post } from './post.ts';
import { Reader } from './reader.ts';
import { type Cursors, Review } from './review.ts';
import { type HubCounters, spread } from './spreading.ts';
import type { Subscriber } from './subscription.ts';

/** Time in which one turn may read for clients that are catching up, before others are served. */
const CATCH_UP_MS = 5;

export interface HubParts {
  readonly store: Store;
  readonly access: Access;
  /** How the PBXes are shown; absent: there is one. */
  readonly sites?: Sites;
  readonly clock: Clock;
  readonly report: Report;
  /** A session of this extension holds all messages that were written to it so far. */
  readonly messagesTold?: (extension: string) => void;
  /** A contact has gone from the book that a row of `calls` names. */
  readonly isOutdated?: (known: KnownParty) => boolean;
}

export class Hub {
  readonly counters: HubCounters = { frames: 0, deliveries: 0, fellBehind: 0 };
  /** What a user is shown of a call in his history. */
  readonly showCall: ShowCall;
  readonly #clock: Clock;
  readonly #channels: Channels;
  readonly #catalog: Catalog;
  readonly #reader: Reader;
  readonly #review: Review;
  readonly #post = new Post();
  readonly #subscribers = new Set<Subscriber>();
  readonly #behind = new Set<Subscriber>();
  /** Those that lack something and had no room for it in this turn. */
  readonly #full = new Set<Subscriber>();
  /** Those with responses that wait until they are told everything. */
  readonly #answering = new Set<Subscriber>();
  /** Responses that wait for the end of the turn. */
  #leaving: (() => void)[] = [];
  readonly #stops: (() => void)[];
  #isScheduled = false;
  #mustReview = false;
  /** Changes wait until then, so that spreading them takes at most half of the time. */
  #restUntil = 0;
  #isResting = false;

  constructor(parts: HubParts) {
    const { store, access, sites = ONE_SITE, clock, report, messagesTold = () => {}, isOutdated = () => false } = parts;
    const wake = (subscriber: Subscriber) => this.#wake(subscriber);
    const push = ({ outbox }: Subscriber, frame: Frame, tag: string) => this.push(outbox, frame, tag);
    const marks = new Marks({ store, clock, report });
    this.#clock = clock;
    this.#channels = new Channels(store, tableCollections(access, sites), contactsCollections(access));
    const channels = this.#channels;
    const lists = [booksList(access), favoritesList(access, marks, (contact) => channels.movedTo(contact))];
    this.showCall = showingCalls(access, isOutdated);
    const own = { calls: callsCollections(this.showCall), messages: messagesCollections(messagesTold) };
    this.#catalog = new Catalog({ access, channels, lists, own });
    this.#reader = new Reader({ store, access, channels, clock, report, wake });
    this.#review = new Review({ store, access, catalog: this.#catalog, channels, push, wake });
    const review = () => {
      this.#mustReview = true;
      this.#schedule();
    };
    this.#stops = [
      access.subscribe(review),
      sites.subscribe(review),
      store.subscribe((commit) => {
        channels.hear(commit);
        marks.hear(commit);
        if (channels.isDirty) this.#schedule();
      }),
      () => this.#reader.stop(),
    ];
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Whether a client may name a collection so; whether it may see it is another matter. */
  hasCollection(name: string): boolean {
    return this.#catalog.has(name);
  }

  /** Where a contact is that was moved lately. */
  movedTo(contact: string): string | undefined {
    return this.#channels.movedTo(contact);
  }

  /** From now on the session is told when its rights change. */
  join(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
  }

  /** Starts the subscriptions of a session for these names, from its cursors. */
  open(subscriber: Subscriber, names: readonly string[], cursors: Cursors): void {
    this.#review.open(subscriber, [...new Set(names)], cursors);
    this.#wake(subscriber);
  }

  /** From now on the session is told nothing; its answers still come. */
  mute(subscriber: Subscriber): void {
    this.#review.end(subscriber);
    this.#behind.delete(subscriber);
    this.#full.delete(subscriber);
    this.#subscribers.delete(subscriber);
    this.#schedule();
  }

  /** Ends all subscriptions of a session, and whatever waits for them. */
  close(subscriber: Subscriber): void {
    this.mute(subscriber);
    this.#answer(subscriber);
  }

  /** A frame for one client; it leaves with everything else of this turn. */
  push(outbox: Outbox, frame: Frame, tag: string): void {
    this.#post.push(outbox, frame, tag);
    this.#schedule();
  }

  /** The client took what was buffered: what it lacks can be read now. */
  drained(subscriber: Subscriber): void {
    if (!subscriber.subscriptions.every(({ settled }) => settled)) this.#wake(subscriber);
  }

  /** Calls `answer` in the turn in which the client is told every change up to now, after these (rule S5). */
  afterChanges(subscriber: Subscriber, answer: () => void): void {
    subscriber.answers ??= [];
    subscriber.answers.push(answer);
    this.#answering.add(subscriber);
    this.#schedule();
  }

  /** Calls `answer` in the next turn, after the rights of all were looked at and right before its frames leave. */
  atTurn(answer: () => void): void {
    this.#leaving.push(answer);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #wake(subscriber: Subscriber): void {
    this.#behind.add(subscriber);
    this.#schedule();
  }

  #turn(): void {
    this.#isScheduled = false;
    if (this.#mustReview) this.#reviewAll();
    const wait = this.#restUntil - this.#clock.now();
    if (this.#channels.isDirty && wait <= 0) this.#spread();
    else if (this.#channels.isDirty) this.#rest(wait);
    this.#catchUp();
    for (const answer of this.#leaving.splice(0)) answer();
    for (const subscriber of this.#answering) if (this.#isTold(subscriber)) this.#answer(subscriber);
    this.#post.flush();
    this.#readOnWhereRoomIs();
  }

  /** What the network took at once makes room that no socket tells of: those read on in the next turn, the others when drained. */
  #readOnWhereRoomIs(): void {
    for (const subscriber of this.#full) if (!subscriber.outbox.full) this.#wake(subscriber);
    this.#full.clear();
  }

  #reviewAll(): void {
    this.#mustReview = false;
    for (const subscriber of this.#subscribers) {
      this.#review.look(subscriber);
      subscriber.reviewed();
    }
  }

  #rest(ms: number): void {
    if (this.#isResting) return;
    this.#isResting = true;
    this.#clock.after(ms, () => {
      this.#isResting = false;
      this.#schedule();
    });
  }

  #spread(): void {
    const begun = this.#clock.now();
    const spreading = {
      post: this.#post,
      counters: this.counters,
      wake: (one: Subscriber) => this.#wake(one),
      full: this.#full,
    };
    for (const channel of this.#channels.takeDirty()) spread(channel, spreading);
    this.#restUntil = this.#clock.now() + (this.#clock.now() - begun);
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

  /** Sends the next pages of what the client lacks. Whether there is more that it could take now. */
  #readOn(subscriber: Subscriber): boolean {
    const { outbox, subscriptions } = subscriber;
    for (const subscription of subscriptions) {
      if (subscription.settled) continue;
      if (outbox.full) {
        this.#full.add(subscriber);
        return false;
      }
      const frames = subscription.next(this.#reader);
      for (const frame of frames) this.push(outbox, frame, subscription.tag);
      if (frames.length > 0) return true;
      // Before sync.ready the collections come in their order, as far as the store can be asked; afterwards none waits for another.
      const isOrdered = !subscriber.ready && this.#reader.store.state !== 'away';
      if (!subscription.settled && isOrdered) return false;
    }
    if (!subscriber.ready && subscriptions.every(({ settled }) => settled)) {
      subscriber.ready = true;
      this.push(outbox, READY_FRAME, '');
    }
    return false;
  }

  #isTold({ subscriptions }: Subscriber): boolean {
    return !this.#channels.isDirty && subscriptions.every(({ settled }) => settled);
  }

  #answer(subscriber: Subscriber): void {
    this.#answering.delete(subscriber);
    const answers = subscriber.answers ?? [];
    subscriber.answers = undefined;
    for (const answer of answers) answer();
  }
}
