// The form of a number: one text that it has in common with every number by which the same contact or colleague may be found. Whoever
// keeps what was looked up finds by it what has to be looked up again. Knows no store.
import { askedNumber } from '../domain/caller-number.ts';
import { KEY_RULES, mainKey, type Numbering, suffixOf } from '../domain/phone-number.ts';
import type { Directory } from './caller.ts';
import type { ContactRow } from './contact-row.ts';

/** Numbers whose forms are remembered. */
const MOST_KEPT = 20_000;

export interface LookupRules {
  readonly numbering: Numbering;
  readonly order: readonly Directory[];
  readonly lastDigits: number;
}

export class LookupForms {
  readonly #parts: LookupRules;
  readonly #kept = new Map<string, string | undefined>();

  constructor({ numbering, order, lastDigits }: LookupRules) {
    this.#parts = { numbering, order, lastDigits };
  }

  /** What every answer depends on beside contacts, extensions and rights, in one text. */
  get rules(): string {
    const { numbering, order, lastDigits } = this.#parts;
    return JSON.stringify([KEY_RULES, numbering.country, numbering.outsideLine, order, lastDigits]);
  }

  /** Undefined for what is no number: nobody is found by it. */
  of(number: string): string | undefined {
    if (this.#kept.has(number)) return this.#kept.get(number);
    const [key] = askedNumber(number, this.#parts.numbering, this.#parts.lastDigits)?.keys ?? [];
    const form = key === undefined ? undefined : this.#form(key);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(number, form);
    return form;
  }

  /** The forms of all its numbers, each once. */
  ofContact({ keys }: ContactRow): readonly string[] {
    return [...new Set(keys.flatMap(([key]) => (key === undefined ? [] : [this.#form(key)])))];
  }

  #form(key: string): string {
    return suffixOf(key, this.#parts.lastDigits) ?? mainKey(key);
  }
}
