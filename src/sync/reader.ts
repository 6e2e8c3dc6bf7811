// Asks the store for slices of large tables. An answer waits with its subscription for the next turn of the hub; a question that fails is
// asked again a little later, and nobody is lost or held up by it but who asked.

import { LIMITS } from '../protocol/limits.ts';
import type { Access } from '../service/access.ts';
import type { Clock } from '../service/clock.ts';
import { ownerOf } from '../service/contact-row.ts';
import type { Report } from '../service/report.ts';
import { type LargeTable, type Row, SCOPE_OF, type Store } from '../service/store.ts';
import type { Channels } from './channels.ts';
import type { Behind, FeedSubscription } from './feed-subscription.ts';
import { KeptPages } from './pages.ts';
import type { Subscriber } from './subscription.ts';

const RETRY_FROM_MS = 500;
const RETRY_MOST_MS = 30_000;
const AWAY_MS = 1_000;

interface ReaderParts {
  readonly store: Store;
  readonly access: Access;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly report: Report;
  /** Something has come for this one. */
  readonly wake: (subscriber: Subscriber) => void;
}

export class Reader {
  readonly store: Store;
  readonly access: Access;
  readonly channels: Channels;
  readonly pages = new KeptPages();
  readonly #parts: ReaderParts;
  readonly #failed = new Map<FeedSubscription, Behind>();
  #cancelRetry: (() => void) | undefined;
  #retryMs = RETRY_FROM_MS;

  constructor(parts: ReaderParts) {
    this.store = parts.store;
    this.access = parts.access;
    this.channels = parts.channels;
    this.#parts = parts;
  }

  /** The answer becomes the subscription's state, unless it has another one meanwhile. */
  ask(subscription: FeedSubscription, asked: Behind): void {
    const asking = { kind: 'asking' as const };
    subscription.state = asking;
    this.#answer(subscription, asked).then(
      (answered) => {
        this.#retryMs = RETRY_FROM_MS;
        if (subscription.state !== asking) return;
        subscription.state = answered;
        this.#parts.wake(subscription.subscriber);
      },
      (error: unknown) => {
        if (subscription.state === asking) this.#retryLater(subscription, asked, error);
      },
    );
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#failed.clear();
  }

  async #answer({ channel }: FeedSubscription, asked: Behind) {
    const { table, scope = '' } = channel.collection;
    const { since, removedSince = null } = asked;
    const question = { table: table as LargeTable, scope, since, removedSince, limit: LIMITS.pageItems };
    const slice = await this.store.read(question);
    const canMove = table === 'contacts' && slice.removed.length > 0;
    const found = canMove ? await this.store.find('contacts', slice.removed) : NO_ROWS;
    const moved = new Map([...found].map(([id, { value }]) => [id, SCOPE_OF.contacts(value)]));
    return { kind: 'answered' as const, asked, slice, moved, page: 0 };
  }

  #retryLater(subscription: FeedSubscription, asked: Behind, error: unknown): void {
    this.#failed.set(subscription, asked);
    if (this.#cancelRetry) return;
    // A store that is away says so by itself, and is there again at any moment.
    const isAway = this.store.state === 'away';
    const retryMs = isAway ? AWAY_MS : this.#retryMs;
    if (!isAway) this.#report(subscription, retryMs, error);
    this.#cancelRetry = this.#parts.clock.after(retryMs, () => this.#retry());
    this.#retryMs = isAway ? RETRY_FROM_MS : Math.min(2 * retryMs, RETRY_MOST_MS);
  }

  #report({ channel }: FeedSubscription, retryMs: number, error: unknown): void {
    const { table, scope = '' } = channel.collection;
    this.#parts.report('sync.read_failed', {
      ...(table === 'contacts' && ownerOf(scope) === undefined ? { book: scope } : {}),
      ...{ retryMs, error: error instanceof Error ? error.stack : typeof error },
    });
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    const failed = [...this.#failed];
    this.#failed.clear();
    for (const [subscription, asked] of failed) {
      if (subscription.state.kind !== 'asking') continue;
      subscription.state = asked;
      this.#parts.wake(subscription.subscriber);
    }
  }
}

const NO_ROWS: ReadonlyMap<string, Row> = new Map();
