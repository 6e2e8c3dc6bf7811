// When the country or the outside line of the settings changes, or the rules by which keys are made, the keys stored with contacts are made again, some at a time
// and in the background. Knows no viewer.

import type { NumberingMark } from './book-rows.ts';
import type { ContactRow } from './contact-row.ts';
import { KEY_RULES, keysOf, type Numbering } from './numbering.ts';
import type { Report } from './report.ts';
import { slicesOf } from './scope-rows.ts';
import { type Row, Stale, type Store } from './store.ts';

const SLICE = 100;

export interface NumberingUpkeepParts {
  readonly store: Store;
  readonly numbering: Numbering;
  readonly report: Report;
}

export class NumberingUpkeep {
  readonly #parts: NumberingUpkeepParts;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: NumberingUpkeepParts) {
    this.#parts = parts;
  }

  /** Begins when the stored keys are not those of the settings. Resolves when all are, or when that could not be done now. */
  start(): Promise<void> {
    this.#work = this.#renew().catch(() => this.#parts.report('numbering.upkeep_failed', {}));
    return this.#work;
  }

  /** Stops between two slices; the next start goes on. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.#work;
  }

  async #renew(): Promise<void> {
    const { store, numbering } = this.#parts;
    const { country, outsideLine } = numbering;
    const mark: NumberingMark = { country, outsideLine, rules: KEY_RULES };
    const known = store.get('upkeep', 'numbering')?.value as NumberingMark | undefined;
    if (known && sameMark(known, mark)) return;
    const scopes = [...(await store.counts('contacts')).keys()];
    for (const scope of scopes) await this.#renewScope(scope);
    if (!this.#stopped) await store.commit([{ table: 'upkeep', id: 'numbering', value: mark }]);
  }

  async #renewScope(scope: string): Promise<void> {
    // What is written from now on, by this or by a use case, has the new keys.
    for await (const rows of slicesOf(this.#parts.store, { table: 'contacts', scope, limit: SLICE })) {
      if (this.#stopped) return;
      // A slice is as long as what was written at once.
      for (let i = 0; i < rows.length; i += SLICE) await this.#renewRows(rows.slice(i, i + SLICE));
    }
  }

  async #renewRows(rows: readonly Row[]): Promise<void> {
    const { store, numbering } = this.#parts;
    const renewed = rows.flatMap((row) => {
      const contact = row.value as ContactRow;
      const keys = keysOf(contact.fields, numbering);
      return JSON.stringify(keys) === JSON.stringify(contact.keys) ? [] : [{ row, value: { ...contact, keys } }];
    });
    if (renewed.length === 0) return;
    try {
      await store.commit(
        renewed.map(({ row, value }) => ({ table: 'contacts', id: row.id, value })),
        renewed.map(({ row }) => ({ table: 'contacts', id: row.id, rev: row.rev })),
      );
    } catch (error) {
      if (!(error instanceof Stale)) throw error;
      const now = await store.find(
        'contacts',
        renewed.map(({ row }) => row.id),
      );
      await this.#renewRows([...now.values()]);
    }
  }
}

function sameMark(a: NumberingMark, b: NumberingMark): boolean {
  return a.country === b.country && a.outsideLine === b.outsideLine && (a.rules ?? 1) === (b.rules ?? 1);
}
