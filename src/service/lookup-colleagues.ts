// The colleagues by extension number and by mobile, kept in step with the store's feed. Knows no asker: who may see whom is
// asked by whoever looks somebody up.
import { oneLine } from '../domain/caller-name.ts';
import { type Numbering, numberKeys } from '../domain/phone-number.ts';
import { byNumber } from './board-view.ts';
import { extensionRow } from './extension-row.ts';
import type { DirectoryDetails, ExtensionRow } from './rows.ts';
import type { Store, Told } from './store.ts';

export interface Colleague {
  readonly number: string;
  /** On one line; undefined when nothing better than the number is known. */
  readonly name: string | undefined;
  /** Keys of the mobile. */
  readonly mobile: readonly string[];
}

const NOBODY: readonly Colleague[] = [];

export class Colleagues {
  readonly #store: Store;
  readonly #numbering: Numbering;
  readonly #byNumber = new Map<string, Colleague>();
  #longest = 0;
  /** By key, those of one number in the order of their extensions. */
  readonly #byMobile = new Map<string, readonly Colleague[]>();

  constructor(store: Store, numbering: Numbering) {
    this.#store = store;
    this.#numbering = numbering;
    for (const { id } of store.all('extensions')) this.#keep(id);
  }

  /** Takes over what a commit has written; whether that may be another colleague. */
  hear(writes: readonly Told[]): boolean {
    let heard = false;
    for (const { table, id } of writes) {
      if (table !== 'extensions' && table !== 'users') continue;
      this.#keep(id);
      heard = true;
    }
    return heard;
  }

  withNumber(number: string): Colleague | undefined {
    return this.#byNumber.get(number);
  }

  /** Digits of the longest number there was. */
  get longest(): number {
    return this.#longest;
  }

  withMobile(key: string): readonly Colleague[] {
    return this.#byMobile.get(key) ?? NOBODY;
  }

  #keep(number: string): void {
    const before = this.#byNumber.get(number);
    const row = this.#store.get('extensions', number)?.value as ExtensionRow | undefined;
    if (!before && !row) return;
    for (const key of before?.mobile ?? []) this.#setMobile(key, number, undefined);
    if (!row) {
      this.#byNumber.delete(number);
      return;
    }
    const next = this.#colleague(number, row);
    this.#byNumber.set(number, next);
    this.#longest = Math.max(this.#longest, number.length);
    for (const key of next.mobile) this.#setMobile(key, number, next);
  }

  #colleague(number: string, { said }: ExtensionRow): Colleague {
    const details = (this.#store.get('users', number)?.value ?? {}) as DirectoryDetails;
    const { item } = extensionRow(number, said, details);
    const name = oneLine(item.name);
    return {
      number,
      name: name === '' || name === number ? undefined : name,
      mobile: item.mobile === undefined ? [] : numberKeys(item.mobile, this.#numbering),
    };
  }

  #setMobile(key: string, number: string, next: Colleague | undefined): void {
    const others = this.withMobile(key).filter((other) => other.number !== number);
    const all = next ? [...others, next].sort((a, b) => byNumber(a.number, b.number)) : others;
    if (all.length > 0) this.#byMobile.set(key, all);
    else this.#byMobile.delete(key);
  }
}
