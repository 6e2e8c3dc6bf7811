// What the PBX tells, in its order for each extension, while a long snapshot is taken a slice a turn and everything else
// goes on. Knows nothing of what is done with it.
import type { ExtensionFacts, PbxUpdate } from './pbx-port.ts';

/** Extensions of a snapshot that are taken in one turn: a few milliseconds of work. */
const SLICE = 25;
/** Those of which nothing is new are passed over in larger numbers. */
const MOST_LOOKED = 1_000;

/** Facts of a snapshot. */
export interface Listed {
  readonly facts: ExtensionFacts;
  /** The first of the extension since the link came up. */
  readonly first: boolean;
}

export interface NewsTaker {
  /** Whether these facts are the last that were taken. */
  readonly isTold: (facts: ExtensionFacts) => boolean;
  /** A part of a snapshot, with more to come. */
  readonly some: (listed: readonly Listed[]) => void;
  /** The last part of a snapshot, with the whole of it. */
  readonly last: (listed: readonly Listed[], extensions: ReadonlyMap<string, ExtensionFacts>) => void;
  /** An extension changed; `listed` is what a snapshot that is not taken wholly says of it, which is older. */
  readonly extension: (facts: ExtensionFacts, listed: Listed | undefined) => void;
  readonly away: () => void;
}

/** A snapshot that is being taken. */
interface Taking {
  readonly extensions: ReadonlyMap<string, ExtensionFacts>;
  readonly order: readonly ExtensionFacts[];
  /** The place in `order` of the next. */
  next: number;
  /** Those that were taken out of turn. */
  readonly ahead: Set<string>;
}

export class PbxNews {
  readonly #taker: NewsTaker;
  readonly #slice: number;
  #taking: Taking | undefined;
  #turn: NodeJS.Immediate | undefined;
  /** No snapshot was taken whole since the link came up; and the extensions of which facts were taken since. */
  #isFirst = false;
  readonly #seen = new Set<string>();

  constructor(taker: NewsTaker, slice = SLICE) {
    this.#taker = taker;
    this.#slice = slice;
  }

  /** Whether a snapshot is being taken. */
  get isBusy(): boolean {
    return this.#taking !== undefined;
  }

  /** A snapshot that is no longer than a slice is taken at once. One that comes while another is taken replaces its rest. */
  hear(update: PbxUpdate): void {
    if (update.kind === 'away') {
      this.stop();
      this.#taker.away();
    } else if (update.kind === 'extension') {
      this.#taker.extension(update.facts, this.#ahead(update.facts.number));
    } else {
      clearImmediate(this.#turn);
      const { extensions, first } = update;
      this.#isFirst ||= first;
      this.#taking = { extensions, order: [...extensions.values()], next: 0, ahead: new Set() };
      if (extensions.size <= this.#slice) this.#goOn(this.#taking);
      else this.#goOnLater(this.#taking);
    }
  }

  /** Drops what was not taken yet. */
  stop(): void {
    clearImmediate(this.#turn);
    this.#end();
  }

  /** What the snapshot says of an extension, and is to be taken out of turn. */
  #ahead(number: string): Listed | undefined {
    const facts = this.#taking?.extensions.get(number);
    if (!this.#taking || !facts || this.#taking.ahead.has(number)) return undefined;
    this.#taking.ahead.add(number);
    return this.#listed(facts);
  }

  /** The facts as they are to be taken; undefined when nothing is new in them. */
  #listed(facts: ExtensionFacts): Listed | undefined {
    const first = this.#isFirst && !this.#seen.has(facts.number);
    if (!first && this.#taker.isTold(facts)) return undefined;
    if (first) this.#seen.add(facts.number);
    return { facts, first };
  }

  #goOnLater(taking: Taking): void {
    this.#turn = setImmediate(() => this.#goOn(taking));
  }

  #goOn(taking: Taking): void {
    const { extensions, order, ahead } = taking;
    const some: Listed[] = [];
    for (const end = taking.next + MOST_LOOKED; taking.next < Math.min(end, order.length); taking.next += 1) {
      if (some.length === this.#slice) break;
      const facts = order[taking.next] as ExtensionFacts;
      const listed = ahead.has(facts.number) ? undefined : this.#listed(facts);
      if (listed) some.push(listed);
    }
    if (taking.next < order.length) {
      this.#goOnLater(taking);
      if (some.length > 0) this.#taker.some(some);
    } else {
      this.#end();
      this.#taker.last(some, extensions);
    }
  }

  #end(): void {
    this.#taking = undefined;
    this.#isFirst = false;
    this.#seen.clear();
  }
}
