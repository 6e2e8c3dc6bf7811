// The pages of a slice of a book. Those of a snapshot are the same for everyone who sees the book, as long as the contacts in
// them are, and are kept, up to a bound.
import { LIMITS } from '../protocol/limits.ts';
import type { ContactRow } from '../service/contact-row.ts';
import type { Row } from '../service/store.ts';
import { itemIds } from './collection.ts';
import type { Answered, FeedSubscription } from './feed-subscription.ts';
import { changeFrame, type Frame } from './frames.ts';

/** Bytes of frames that are kept for all books together. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** What is kept: a whole frame, or the items of one whose cursor is always another. */
interface Bytes {
  readonly bytes: Buffer;
}

/** The fewest items of a last page that are kept: what changed lately is seldom asked for twice. */
const WORTH_KEEPING = 50;

interface Kept {
  /** Of each row its id, its revision, and its contact's own. */
  readonly marks: string;
  readonly page: Bytes;
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

  /** The page kept under this key when it was made of these rows of contacts, else a new one. A key is always of the same kind of page. */
  page<T extends Bytes>(key: string, rows: readonly Row[], make: () => T): T {
    const kept = this.#pages.get(key);
    const marks = rows.map(({ id, rev, value }) => `${id} ${rev} ${(value as ContactRow).rev}`).join(' ');
    if (kept?.marks === marks) {
      this.#pages.delete(key);
      this.#pages.set(key, kept);
      return kept.page as T;
    }
    if (kept) this.#drop(key, kept);
    const made = make();
    this.#pages.set(key, { marks, page: made });
    this.#bytes += made.bytes.length;
    for (const [oldest, page] of this.#pages) {
      if (this.#bytes <= this.#most) break;
      this.#drop(oldest, page);
    }
    return made;
  }

  #drop(key: string, { page }: Kept): void {
    this.#pages.delete(key);
    this.#bytes -= page.bytes.length;
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
    remove: itemIds(channel.collection, slice.removed.slice(from, to)),
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
  const { name, table, scope } = channel.collection;
  const { reset, rows, remove, rev } = page;
  const texts = () => rows.map(({ id, value }) => audience.encode(id, value));
  const make = (put: readonly string[] | Buffer) =>
    changeFrame({
      collection: name,
      reset,
      more: rev === undefined,
      put,
      remove,
      ...(rev === undefined ? {} : { held: channel.mask.hide(rev) }),
    });
  const [first] = rows;
  // What is one user's own nobody else asks for, and what is shown of it may change without the row.
  if (table !== 'contacts' || remove.length > 0 || !first) return make(texts());
  const key = (kind: string) => JSON.stringify([table, scope, audience.key, kind, reset, first.id]);
  if (rev === undefined) return kept.page(key('frame'), rows, () => make(texts()));
  if (rows.length < WORTH_KEEPING) return make(texts());
  return make(kept.page(key('items'), rows, () => ({ bytes: Buffer.from(texts().join(',')) })).bytes);
}
