// How one daemon translates between the numbers of its PBX and the ids that extensions have everywhere else. Without a prefix both
// are the same. Knows no PBX.
import type { DialledNumber } from '../domain/dial-number.ts';
import { toId, toNumber } from '../domain/site-number.ts';
import type { ExtensionRow } from './rows.ts';
import type { Store } from './store.ts';

export interface Site {
  /** Empty where sites have no names. */
  readonly name: string;
  /** Digits before the numbers of its PBX; empty: none. */
  readonly prefix: string;
}

export class SiteNumbers {
  readonly site: Site;
  readonly #store: Pick<Store, 'get'>;

  constructor(store: Pick<Store, 'get'>, site: Site) {
    this.site = site;
    this.#store = store;
  }

  /** Whether ids and numbers are different. */
  get hasPrefix(): boolean {
    return this.site.prefix !== '';
  }

  /** Whether there is an extension of this id, and it is one of this PBX. */
  isOwn(id: string): boolean {
    const row = this.#row(id);
    return row !== undefined && (row.site ?? '') === this.site.name;
  }

  /** The id of an extension of this PBX. */
  idOf(number: string): string {
    return toId(this.site.prefix, number);
  }

  /** What an extension of this PBX is called there. */
  numberOf(id: string): string {
    return toNumber(this.site.prefix, id) ?? id;
  }

  /** The id of the extension of this PBX that has the number there; else the number as it stands. */
  idIfOwn(number: string): string {
    const id = this.idOf(number);
    return this.isOwn(id) ? id : number;
  }

  /** What is dialled at this PBX for an id; what is none of its own stands as it is. */
  numberIfOwn(id: string): string {
    return this.isOwn(id) ? this.numberOf(id) : id;
  }

  /** Whether an extension of another site has an id that is dialled at this PBX for one of its own. */
  isAmbiguous(id: string): boolean {
    return this.hasPrefix && this.#row(id) !== undefined && !this.isOwn(id) && this.isOwn(this.idOf(id));
  }

  /** The same number for this PBX. What it reaches are ids: what is dialled there for an extension may be the id of another one. */
  dialled(number: DialledNumber): DialledNumber {
    if (!this.hasPrefix) return number;
    const { dialString, reaches, spellings } = number;
    const id = this.#row(dialString) ? dialString : this.idIfOwn(dialString);
    if (!this.isOwn(id))
      return { ...number, reaches: [...new Set(reaches.flatMap((one) => [one, this.idIfOwn(one)]))] };
    const own = this.numberOf(id);
    return { written: id, dialString: own, reaches: [id], spellings: [...new Set([own, id, ...spellings])] };
  }

  /** Where sites have names, what is of a time before they had counts for nothing. */
  #row(id: string): ExtensionRow | undefined {
    const row = this.#store.get('extensions', id)?.value as ExtensionRow | undefined;
    return this.site.name !== '' && row?.site === undefined ? undefined : row;
  }
}
