// Names in the call histories follow contacts, colleagues and rights: what may have changed is looked up again for whoever has such
// a number in his history, some at a time, and told to him by the row. Knows no PBX.

import type { Access } from './access.ts';
import type { Due } from './call-naming-due.ts';
import type { MovedContacts } from './call-naming-moved.ts';
import { CallNamingNews } from './call-naming-news.ts';
import { recheck } from './call-naming-recheck.ts';
import { type CallNamingMark, tellChanged } from './call-naming-since.ts';
import type { CallRow } from './call-row.ts';
import type { Clock } from './clock.ts';
import { Breath, nextTurn } from './import-breath.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import { slicesOf } from './scope-rows.ts';
import type { Commit, Row, Store } from './store.ts';

export interface CallNamingParts {
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Pick<Lookup, 'find' | 'reach' | 'forms'>;
  readonly moved: MovedContacts;
  readonly clock: Clock;
  readonly report: Report;
}

const SLICE = 500;
/** Histories that are looked at at the same time. */
const LANES = 8;
const AGAIN_MS = 10_000;
const MARK_MS = 60_000;
/** After long work others have as much time, but no more than this. */
const LONGEST_REST_MS = 1_000;

export class CallNaming {
  readonly #parts: CallNamingParts;
  readonly #news: CallNamingNews;
  #stops: (() => void)[] = [];
  #reading: Promise<void> = Promise.resolve();
  #work: Promise<void> | undefined;
  /** What is being looked up, by owner. */
  readonly #current = new Map<string, Due>();
  #rest: Promise<void> | undefined;
  #wakeLater: (() => void) | undefined;
  #isTroubled = false;
  #isStopped = false;
  #heard = 0;
  /** Something was heard of that the last mark does not speak of. */
  #isUnmarked = true;
  #markLater: (() => void) | undefined;
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: CallNamingParts) {
    this.#parts = parts;
    this.#news = new CallNamingNews(parts);
  }

  start(): void {
    const { store, access } = this.#parts;
    this.#heard = store.changes('upkeep', null).rev;
    this.#stops = [store.subscribe((commit) => this.#hear(commit)), access.subscribe(() => this.#review())];
    this.#reading = this.#readAll();
  }

  /** Resolves when all that was heard of has been followed, or cannot be now. */
  async idle(): Promise<void> {
    await this.#reading;
    while (this.#work ?? this.#rest) await (this.#work ?? this.#rest);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
    this.#wakeLater?.();
    this.#markLater?.();
    await this.#reading;
    await this.#work;
    if (this.#isInStep && this.#isUnmarked) this.#mark();
  }

  get #isInStep(): boolean {
    const { isReading, due } = this.#news;
    return !isReading && due.isEmpty && this.#current.size === 0;
  }

  #hear({ rev, writes }: Commit): void {
    this.#heard = rev;
    let isRelevant = false;
    for (const write of writes) isRelevant = this.#news.hear(write) || isRelevant;
    if (isRelevant) this.#markSoon();
    this.#wake();
  }

  /** At once: what is looked up from here on is looked up with other rights. */
  #review(): void {
    this.#news.review((owner) => this.#current.get(owner)?.isAll === true);
    this.#wake();
  }

  /** Never rejects: what cannot be read is read again later. */
  async #readAll(): Promise<void> {
    const { clock } = this.#parts;
    try {
      await this.#tellChanged();
      const books = new Set((await this.#parts.store.counts('contacts')).keys());
      const breath = new Breath(clock, nextTurn);
      for (const owner of (await this.#parts.store.counts('calls')).keys()) {
        await this.#each(owner, breath, (row) => this.#news.read(row, books));
      }
      if (this.#isStopped) return;
      this.#news.endReading();
      this.#markSoon();
      this.#wake();
    } catch {
      this.#troubled(() => {
        this.#reading = this.#readAll();
      });
    }
  }

  async #tellChanged(): Promise<void> {
    const { store, lookup } = this.#parts;
    const news = this.#news;
    const mark = store.get('upkeep', 'calls')?.value as CallNamingMark | undefined;
    if (!mark || mark.epoch !== store.epoch || mark.rules !== lookup.forms.rules) return news.everything();
    const changed = {
      contact: (id: string, row: object | null, scope: string | undefined) => news.contact(id, row, { scope }),
      colleague: (id: string) => news.colleague(id),
      everything: () => news.everything(),
    };
    await tellChanged(store, store.known(mark.rev), changed, nextTurn);
  }

  /** Every row of one history as it is now; what is written meanwhile is told of. */
  async #each(owner: string, breath: Breath, take: (row: Row) => void): Promise<void> {
    for await (const rows of slicesOf(this.#parts.store, { table: 'calls', scope: owner, limit: SLICE })) {
      for (const row of rows) {
        take(row);
        if (breath.isDue) await breath.pause();
      }
      if (this.#isStopped) return;
    }
  }

  #wake(): void {
    const { isReading, due, thinned } = this.#news;
    if (isReading || this.#work || this.#wakeLater || this.#isStopped) return;
    if (due.isEmpty && thinned.size === 0) return;
    const ms = this.#restUntil - this.#parts.clock.now();
    if (ms > 0) this.#restFor(ms);
    else this.#begin();
  }

  #restFor(ms: number): void {
    this.#rest = new Promise((resolve) => {
      this.#later(ms, () => {
        this.#rest = undefined;
        resolve();
      });
    });
  }

  #begin(): void {
    this.#work = this.#follow().finally(() => {
      this.#work = undefined;
      this.#wake();
    });
  }

  #later(ms: number, then: () => void = () => {}): void {
    if (this.#isStopped) return;
    this.#wakeLater?.();
    this.#wakeLater = this.#parts.clock.after(ms, () => {
      this.#wakeLater = undefined;
      then();
      this.#wake();
    });
  }

  #troubled(again?: () => void): void {
    if (!this.#isTroubled) this.#parts.report('calls.naming_failed', {});
    this.#isTroubled = true;
    this.#later(AGAIN_MS, again);
  }

  /** Everyone for whom something is due, once: what comes meanwhile is taken together. Never rejects. */
  async #follow(): Promise<void> {
    const { clock } = this.#parts;
    const began = clock.now();
    const breath = new Breath(clock, nextTurn);
    try {
      await this.#recheckAll(breath);
      for (const owner of [...this.#news.thinned]) await this.#reread(owner, breath);
      this.#isTroubled = false;
    } catch {
      this.#troubled();
    }
    const now = clock.now();
    this.#restUntil = now + Math.min(Math.max(0, now - began), LONGEST_REST_MS);
  }

  /** Some at the same time, so that their rows come to the disk together. Rejects when none is under way any more. */
  async #recheckAll(breath: Breath): Promise<void> {
    const { due } = this.#news;
    let left = due.size;
    const lane = async (): Promise<void> => {
      for (; left > 0 && !this.#isStopped; ) {
        left -= 1;
        const next = due.take();
        // Due again while it is looked at: afterwards.
        if (next && this.#current.has(next[0])) due.putBack(...next);
        else if (next) await this.#recheck(...next, breath);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: Math.min(LANES, left) }, lane));
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  async #recheck(owner: string, due: Due, breath: Breath): Promise<void> {
    const { store, lookup } = this.#parts;
    const news = this.#news;
    this.#current.set(owner, due);
    try {
      await recheck({
        ...{ store, lookup, owner, due, breath },
        late: (ids) => {
          for (const id of ids) news.due.addRow(owner, id);
        },
      });
    } catch (error) {
      news.due.putBack(owner, due);
      throw error;
    } finally {
      this.#current.delete(owner);
    }
  }

  /** The numbers that are in no row of the history any more are forgotten. */
  async #reread(owner: string, breath: Breath): Promise<void> {
    const { index, thinned } = this.#news;
    thinned.delete(owner);
    index.reread(owner);
    const forms = new Set<string>();
    await this.#each(owner, breath, ({ value }) => {
      const form = this.#parts.lookup.forms.of((value as CallRow).number);
      if (form !== undefined) forms.add(form);
    });
    if (this.#isStopped) return;
    index.replace(owner, forms);
    if (!index.has(owner)) this.#news.forget(owner);
  }

  /** Not with every change: what a mark does not speak of is looked at again at the next start. */
  #markSoon(): void {
    this.#isUnmarked = true;
    if (this.#isStopped) return;
    this.#markLater ??= this.#parts.clock.after(MARK_MS, () => {
      this.#markLater = undefined;
      if (this.#isInStep) this.#mark();
      else this.#markSoon();
    });
  }

  #mark(): void {
    const { store, lookup } = this.#parts;
    // One that nobody else knows speaks for nothing: the next mark does.
    const rev = store.lasting(this.#heard);
    if (rev === undefined) return;
    const mark: CallNamingMark = { epoch: store.epoch, rev, rules: lookup.forms.rules };
    this.#isUnmarked = false;
    store.note([{ table: 'upkeep', id: 'calls', value: mark }]);
  }
}
