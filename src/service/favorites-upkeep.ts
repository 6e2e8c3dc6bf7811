// Marks whose target is gone: removed for good when the PBX loses an extension, and looked for in all lists at the start.
// Knows no viewer.
import type { FavoriteRow } from './book-rows.ts';
import { settleMarks } from './contacts-marks.ts';
import type { Report } from './report.ts';
import { type Row, Stale, type Store } from './store.ts';

const SLICE = 200;
const EXTENSION = 'extension:';

export class FavoritesUpkeep {
  readonly #store: Store;
  readonly #report: Report;
  readonly #gone = new Set<string>();
  readonly #stop: () => void;
  #stopped = false;
  /** Resolves when nothing is left to do; it never rejects. */
  #work: Promise<void> = Promise.resolve();
  #working = false;

  constructor({ store, report }: { readonly store: Store; readonly report: Report }) {
    this.#store = store;
    this.#report = report;
    this.#stop = store.subscribe(({ writes }) => {
      for (const { table, id, value } of writes) {
        if (table === 'extensions' && value === null) this.#lost([id]);
      }
    });
  }

  /** Looks through all lists: a crash may have come between a target and its marks. Resolves when that is done. */
  start(): Promise<void> {
    this.#work = this.#work.then(() => this.#tolerant(() => this.#checkAll()));
    return this.idle();
  }

  /** Resolves when all that was heard of up to now has been followed up. */
  idle(): Promise<void> {
    return this.#work;
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#stop();
    return this.#work;
  }

  #lost(numbers: readonly string[]): void {
    for (const number of numbers) this.#gone.add(number);
    if (this.#working) return;
    this.#working = true;
    this.#work = this.#work
      .then(() => this.#tolerant(() => this.#follow()))
      .finally(() => {
        this.#working = false;
      });
  }

  async #follow(): Promise<void> {
    while (this.#gone.size > 0 && !this.#stopped) {
      const numbers = [...this.#gone].slice(0, SLICE);
      for (const number of numbers) this.#gone.delete(number);
      await this.#drop(await this.#store.marksOn(numbers.map((number) => EXTENSION + number)));
    }
  }

  async #checkAll(): Promise<void> {
    for (const owner of (await this.#store.counts('favorites')).keys()) {
      let since: number | null = null;
      for (let more = true; more && !this.#stopped; ) {
        const question = { table: 'favorites' as const, scope: owner, since, removedSince: null, limit: SLICE };
        const slice = await this.#store.read(question);
        await this.#check(slice.rows);
        [since, more] = [slice.rev, slice.more];
      }
    }
  }

  async #check(rows: readonly Row[]): Promise<void> {
    await this.#drop(rows.filter(({ value }) => (value as FavoriteRow).target.startsWith(EXTENSION)));
    const marks = rows.map(({ value }) => value as FavoriteRow);
    const onContacts = marks.filter(({ target }) => !target.startsWith(EXTENSION));
    const ids = onContacts.map(({ target }) => target.slice(target.indexOf(':') + 1));
    const contacts = await this.#store.find('contacts', ids);
    const stale = ids.filter((id, i) => {
      const book = (contacts.get(id)?.value as { book: string } | undefined)?.book;
      return book === undefined || book !== onContacts[i]?.book;
    });
    if (stale.length > 0) await settleMarks(this.#store, this.#report, stale);
  }

  /** Removes those of these marks whose extension is not there. */
  async #drop(marks: readonly Row[]): Promise<void> {
    const numberOf = ({ value }: Row) => (value as FavoriteRow).target.slice(EXTENSION.length);
    const gone = marks.filter((mark) => !this.#store.get('extensions', numberOf(mark)));
    if (gone.length === 0) return;
    try {
      await this.#store.commit(
        gone.map(({ id }) => ({ table: 'favorites', id, value: null })),
        [...new Set(gone.map(numberOf))].map((id) => ({ table: 'extensions', id, rev: null })),
      );
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      await this.#drop(gone);
    }
  }

  async #tolerant(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch {
      this.#report('favorites.upkeep_failed', {});
    }
  }
}
