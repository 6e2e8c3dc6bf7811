// A PBX among those of several sites, as the board sees it: its extensions by id, without those that another site has. Knows neither the
// board nor AMI.
import type { ExtensionFacts, Pbx, PbxUpdate } from '../service/pbx-port.ts';
import type { SiteExtensions } from '../service/site-extensions.ts';
import type { SiteNumbers } from '../service/site-numbers.ts';
import type { Store } from '../service/store.ts';

export interface SitePbxParts {
  readonly store: Pick<Store, 'subscribe'>;
  readonly numbers: SiteNumbers;
  readonly extensions: Pick<SiteExtensions, 'isTaken'>;
}

/** The same PBX where sites have no names. */
export function sitePbx(pbx: Pbx, parts: SitePbxParts): Pbx {
  const { numbers, store } = parts;
  if (numbers.site.name === '') return pbx;
  return {
    subscribe: (listener) => {
      const facts = new SiteFacts(parts, listener);
      const stops = [
        pbx.subscribe((update) => facts.hear(update)),
        store.subscribe(({ writes }) => {
          for (const { table, id } of writes) if (table === 'extensions') facts.look(id);
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    carryOut: (order) => pbx.carryOut({ ...order, number: numbers.numberOf(order.number) }),
  };
}

/** What one listener was told. */
class SiteFacts {
  readonly #parts: SitePbxParts;
  readonly #tell: (update: PbxUpdate) => void;
  /** Facts as they were told, so that the same are the same object. */
  readonly #told = new WeakMap<ExtensionFacts, ExtensionFacts>();
  #isConnected = false;
  /** By id. */
  #own = new Map<string, ExtensionFacts>();
  #others = new Map<string, ExtensionFacts>();

  constructor(parts: SitePbxParts, tell: (update: PbxUpdate) => void) {
    this.#parts = parts;
    this.#tell = tell;
  }

  hear(update: PbxUpdate): void {
    if (update.kind === 'snapshot') this.#hearAll(update.extensions, update.first);
    else if (update.kind === 'extension') this.#hearOne(this.#named(update.facts));
    else {
      this.#isConnected = false;
      this.#tell(update);
    }
  }

  /** The row of an extension was written by somebody. */
  look(id: string): void {
    if (!this.#isConnected) return;
    const facts = this.#own.get(id) ?? this.#others.get(id);
    if (facts && this.#others.has(id) === this.#parts.extensions.isTaken(id)) return;
    if (facts) this.#hearOne(facts);
  }

  #hearAll(extensions: ReadonlyMap<string, ExtensionFacts>, first: boolean): void {
    this.#isConnected = true;
    this.#own = new Map();
    this.#others = new Map();
    for (const facts of extensions.values()) {
      const named = this.#named(facts);
      const place = this.#parts.extensions.isTaken(named.number) ? this.#others : this.#own;
      place.set(named.number, named);
    }
    this.#tell({ kind: 'snapshot', extensions: new Map(this.#own), first });
  }

  #hearOne(facts: ExtensionFacts): void {
    const { number: id } = facts;
    if (!this.#parts.extensions.isTaken(id)) {
      this.#others.delete(id);
      this.#own.set(id, facts);
      this.#tell({ kind: 'extension', facts });
      return;
    }
    this.#others.set(id, facts);
    if (this.#own.delete(id)) this.#tell({ kind: 'snapshot', extensions: new Map(this.#own), first: false });
  }

  #named(facts: ExtensionFacts): ExtensionFacts {
    const { numbers } = this.#parts;
    if (!numbers.hasPrefix) return facts;
    const before = this.#told.get(facts);
    if (before) return before;
    const named = { ...facts, number: numbers.idOf(facts.number) };
    this.#told.set(facts, named);
    return named;
  }
}
