// Some hundred contacts of one book, made ready for searching: their words in order, and their numbers. Never
// changes, except that contacts are struck out.

import { numberIn, type Part, type Searchable, type SearchQuery, scorePart } from '../../domain/search.ts';
import type { ContactRow } from '../../service/contact-row.ts';
import { SearchNumbers } from './search-numbers.ts';
import type { TopHits } from './top-hits.ts';

/** Most contacts in a page. */
export const PAGE = 512;

export interface Prepared {
  readonly id: string;
  readonly row: ContactRow;
  readonly contact: Searchable;
}

const PARTS: readonly Part[] = ['name', 'company', 'other'];
const WHOLE = PARTS.map((part) => scorePart(part, true));
const BEGINS = PARTS.map((part) => scorePart(part, false));
/** Stands between words and in none. */
const BETWEEN = '\n';

// Used by one page at a time: a search of a page is one step.
const total = new Uint8Array(PAGE);
const ofWord = new Uint8Array(PAGE);

export class SearchPage {
  /** In the order of answers: by name, then id. */
  readonly #rows: ContactRow[];
  readonly #ids: string[];
  readonly #names: string[];
  readonly #gone: Uint8Array;
  /** Places in the order of ids, in which one is found quickly. */
  readonly #byId: Uint16Array;
  #left: number;
  /** All words in order, and where each begins; one entry more at the end. */
  readonly #words: string;
  readonly #starts: Uint32Array;
  /** Who has the word: four times the place of the contact, plus the part. From `#owned[word]` to the next one's. */
  readonly #owners: Uint16Array;
  readonly #owned: Uint32Array;
  readonly #numbers: SearchNumbers;

  constructor(contacts: readonly Prepared[]) {
    const sorted = [...contacts].sort((a, b) => (before(a, b) ? -1 : 1));
    this.#rows = sorted.map(({ row }) => row);
    this.#ids = sorted.map(({ id }) => id);
    this.#names = sorted.map(({ contact }) => contact.name);
    this.#gone = new Uint8Array(sorted.length);
    this.#byId = orderOf(this.#ids);
    this.#left = sorted.length;
    const owners = ownersOf(sorted);
    const words = [...owners.keys()].sort();
    this.#words = words.join(BETWEEN);
    this.#starts = startsOf(words);
    this.#owners = Uint16Array.from(words.flatMap((word) => owners.get(word) ?? []));
    this.#owned = sumsOf(words.map((word) => owners.get(word)?.length ?? 0));
    this.#numbers = new SearchNumbers(sorted.map(({ contact }) => contact.digits));
  }

  /** Contacts that are not struck out. */
  get size(): number {
    return this.#left;
  }

  strike(id: string): void {
    const place = this.#placeOf(id);
    if (place === undefined || this.#gone[place] === 1) return;
    this.#gone[place] = 1;
    this.#left -= 1;
  }

  #placeOf(id: string): number | undefined {
    let [low, high] = [0, this.#byId.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ids[this.#byId[middle] ?? 0] ?? '') < id) low = middle + 1;
      else high = middle;
    }
    const place = this.#byId[low];
    return place !== undefined && this.#ids[place] === id ? place : undefined;
  }

  *contacts(): Iterable<readonly [id: string, row: ContactRow]> {
    for (const [place, id] of this.#ids.entries()) {
      const row = this.#rows[place];
      if (row && this.#gone[place] === 0) yield [id, row];
    }
  }

  /** Adds those who answer, as src/domain/search.ts says. */
  search(query: SearchQuery, hits: TopHits): void {
    if (!this.#score(query)) return;
    // Contacts stand in the order of answers: after one that came too late, all of its score do.
    let late = 0;
    const [ids, names, gone] = [this.#ids, this.#names, this.#gone];
    for (let place = 0; place < ids.length; place += 1) {
      const score = total[place] ?? 0;
      if (score <= late || gone[place] === 1) continue;
      if (!hits.add(ids[place] ?? '', score, names[place] ?? '')) late = score;
    }
  }

  /** Leaves the score of each contact in `total`; false when nobody answers. */
  #score({ words, digits }: SearchQuery): boolean {
    total.fill(0);
    let some = false;
    for (const [index, word] of words.entries()) {
      ofWord.fill(0);
      const number = digits === '' ? numberIn(word) : '';
      some = this.#scoreWord(word);
      if (number !== '') some = this.#numbers.score(number, ofWord) || some;
      if (index === 0) total.set(ofWord);
      else lower(total, ofWord);
      if (!some) break;
    }
    return (digits !== '' && this.#numbers.score(digits, total)) || some;
  }

  #scoreWord(word: string): boolean {
    let index = this.#lowest(word);
    let some = false;
    for (; index < this.#starts.length - 1; index += 1) {
      const start = this.#starts[index] ?? 0;
      if (!this.#words.startsWith(word, start)) break;
      some = true;
      const scores = (this.#starts[index + 1] ?? 0) - start - 1 === word.length ? WHOLE : BEGINS;
      for (let at = this.#owned[index] ?? 0; at < (this.#owned[index + 1] ?? 0); at += 1) {
        const owner = this.#owners[at] ?? 0;
        const score = scores[owner & 3] ?? 0;
        if (score > (ofWord[owner >> 2] ?? 0)) ofWord[owner >> 2] = score;
      }
    }
    return some;
  }

  /** The first word that is not before `word`. */
  #lowest(word: string): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = this.#words.slice(this.#starts[middle] ?? 0, (this.#starts[middle + 1] ?? 0) - 1);
      if (found < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Every score is at most the other one. */
function lower(scores: Uint8Array, others: Uint8Array): void {
  for (let place = 0; place < PAGE; place += 1) {
    const other = others[place] ?? 0;
    if (other < (scores[place] ?? 0)) scores[place] = other;
  }
}

/** The places of these texts in the order of the texts. */
function orderOf(texts: readonly string[]): Uint16Array {
  const places = Array.from(texts.keys());
  return Uint16Array.from(places.sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : 1)));
}

function before(a: Prepared, b: Prepared): boolean {
  return a.contact.name === b.contact.name ? a.id < b.id : a.contact.name < b.contact.name;
}

function ownersOf(contacts: readonly Prepared[]): Map<string, number[]> {
  const owners = new Map<string, number[]>();
  for (const [place, { contact }] of contacts.entries()) {
    for (const [part, name] of PARTS.entries()) {
      for (const word of contact.words[name]) {
        const list = owners.get(word);
        if (list) list.push(place * 4 + part);
        else owners.set(word, [place * 4 + part]);
      }
    }
  }
  return owners;
}

/** Where each text begins when they stand one after the other with something between; one entry more. */
function startsOf(texts: readonly string[]): Uint32Array {
  return sumsOf(texts.map((text) => text.length + 1));
}

function sumsOf(lengths: readonly number[]): Uint32Array {
  const sums = new Uint32Array(lengths.length + 1);
  let sum = 0;
  for (const [index, length] of lengths.entries()) {
    sum += length;
    sums[index + 1] = sum;
  }
  return sums;
}
