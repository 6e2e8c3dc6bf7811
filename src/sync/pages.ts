// The pages of a slice of a book. Those of a snapshot are the same for everyone who sees the book, as long as the contacts in
// them are, and are kept, up to a bound.
import { LIMITS } from '../protocol/limits.ts';
import type { Row } from '../service/store.ts';
import type { Answered, FeedSubscription } from './feed-subscription.ts';
import { changeFrame, type Frame } from './frames.ts';

/** Bytes of frames that are kept for all books together. */
const KEPT_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly values: readonly object[];
  readonly frame: Frame;
}

export class KeptPages {
  readonly #pages = new Map<string, Kept>();
  readonly #most: number;
  #bytes = 0;

  constructor(most = KEPT_BYTES) {
    this.#most = most;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The page kept under this key when it was made of these rows, else a new one. */
  page(key: string, rows: readonly Row[], make: () => Frame): Frame {
    const kept = this.#pages.get(key);
    if (kept && kept.values.length === rows.length && rows.every(({ value }, i) => value === kept.values[i])) {
      this.#pages.delete(key);
      this.#pages.set(key, kept);
      return kept.frame;
    }
    if (kept) this.#drop(key, kept);
    const frame = make();
    this.#pages.set(key, { values: rows.map(({ value }) => value), frame });
    this.#bytes += frame.bytes.length;
    for (const [oldest, page] of this.#pages) {
      if (this.#bytes <= this.#most) break;
      this.#drop(oldest, page);
    }
    return frame;
  }

  #drop(key: string, { frame }: Kept): void {
    this.#pages.delete(key);
    this.#bytes -= frame.bytes.length;
  }
}

/** How many frames bring a slice: none when it holds nothing and nothing has to be closed. */
export function pagesIn({ slice, asked }: Answered): number {
  const pages = Math.ceil(Math.max(slice.rows.length, slice.removed.length) / LIMITS.pageItems);
  const isClosing = !slice.more && asked.isOpen === true;
  return Math.max(pages, slice.reset || isClosing ? 1 : 0);
}

/** The frame of the next page. */
export function slicePage(subscription: FeedSubscription, answered: Answered, kept: KeptPages): Frame {
  const { slice, page } = answered;
  const [from, to] = [page * LIMITS.pageItems, (page + 1) * LIMITS.pageItems];
  const { channel } = subscription;
  const isLast = !slice.more && page === pagesIn(answered) - 1;
  return pageOf(subscription, kept, {
    reset: slice.reset && page === 0,
    rows: slice.rows.slice(from, to).filter(({ id }) => !channel.hasLeft(id, slice.now)),
    remove: slice.removed.slice(from, to),
    rev: isLast ? slice.rev : undefined,
  });
}

interface Page {
  readonly reset: boolean;
  readonly rows: readonly Row[];
  readonly remove: readonly string[];
  /** Of the last page. */
  readonly rev: number | undefined;
}

function pageOf({ channel, audience }: FeedSubscription, kept: KeptPages, page: Page): Frame {
  const { name, scope } = channel.collection;
  const { reset, rows, remove, rev } = page;
  const make = () =>
    changeFrame({
      collection: name,
      reset,
      more: rev === undefined,
      put: rows.map(({ id, value }) => audience.encode(id, value)),
      remove,
      ...(rev === undefined ? {} : { held: channel.mask.hide(rev) }),
    });
  const [first] = rows;
  if (rev !== undefined || remove.length > 0 || !first) return make();
  return kept.page(JSON.stringify([scope, audience.key, reset, first.id]), rows, make);
}
