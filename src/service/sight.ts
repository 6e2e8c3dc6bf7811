// Which extensions a viewer may know of, for many viewers and extensions: the first rule that names both sides decides.
// Built anew from the rules and the groups when one of them changes; knows no store.
import type { Person, VisibilityRule, Who } from '../domain/rules.ts';
import { RuleIndex } from './rule-index.ts';

/** What one viewer may know of. */
export interface Sight {
  /**
   * `everyone` when nobody is hidden, else a digest of who is; or of who is seen, where all are hidden of whom nothing is known.
   * Equal keys mean equal answers of `sees` for whomever, known or not, at whatever time, also after a restart.
   */
  readonly key: string;
  sees(extension: string): boolean;
}

export const SEES_EVERYONE: Sight = { key: 'everyone', sees: () => true };

/** What all viewers whom the same rules name have in common. */
interface Outlook {
  /** By the position of the extension: 1 when it is hidden. */
  readonly hidden: Uint8Array;
  /** Whether extensions that nothing is known of are seen. */
  readonly seesOthers: boolean;
  /** How many are hidden; when others are not seen: how many are seen. */
  readonly count: number;
  /** Sum of their digests. */
  readonly sum: Digest;
  /** For those who are not themselves hidden from it. */
  readonly sight: Sight;
}

/** 128 bits in four lanes, added up over those who count, so that one can be taken out again. */
type Digest = readonly [number, number, number, number];

const SEEDS: Digest = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];

export class Sights {
  readonly #rules: readonly VisibilityRule[];
  readonly #index: RuleIndex;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #all: readonly number[];
  readonly #inGroup = new Map<string, number[]>();
  /** Four lanes for each position. */
  readonly #digests: Int32Array;
  readonly #outlooks = new Map<string, Outlook>();
  readonly #sights = new Map<string, Sight>();
  readonly #groupsOf: (extension: string) => readonly string[];

  /** `known`: every extension of which anything is known, viewers among them; each one that a rule names is added. */
  constructor(
    rules: readonly VisibilityRule[],
    known: Iterable<string>,
    groupsOf: (extension: string) => readonly string[],
  ) {
    const named = rules.flatMap(({ whom }) => ('extension' in whom ? [whom.extension] : []));
    const numbers = rules.length === 0 ? [] : [...new Set([...known, ...named])];
    this.#rules = rules;
    this.#index = new RuleIndex(rules);
    this.#groupsOf = groupsOf;
    this.#positions = new Map(numbers.map((extension, i) => [extension, i]));
    this.#all = numbers.map((_, i) => i);
    this.#digests = Int32Array.from(numbers.flatMap((extension) => SEEDS.map((seed) => lane(extension, seed))));
    numbers.forEach((extension, i) => {
      for (const group of groupsOf(extension)) {
        const members = this.#inGroup.get(group) ?? [];
        members.push(i);
        this.#inGroup.set(group, members);
      }
    });
  }

  of(extension: string): Sight {
    if (this.#rules.length === 0) return SEES_EVERYONE;
    const kept = this.#sights.get(extension);
    if (kept) return kept;
    const sight = this.#look(extension);
    this.#sights.set(extension, sight);
    return sight;
  }

  #look(extension: string): Sight {
    const asker: Person = { extension, groups: this.#groupsOf(extension) };
    const applying = this.#index.naming(asker);
    const name = applying.join();
    const outlook = this.#outlooks.get(name) ?? this.#survey(applying);
    this.#outlooks.set(name, outlook);
    const self = this.#positions.get(extension);
    // Nobody is hidden from himself.
    if (self === undefined || outlook.hidden[self] === 0) return outlook.sight;
    return this.#sightOf(outlook, self);
  }

  #survey(applying: readonly number[]): Outlook {
    const hidden = new Uint8Array(this.#all.length);
    const decided = new Uint8Array(this.#all.length);
    let seesOthers: boolean | undefined;
    for (const i of applying) {
      const rule = this.#rules[i];
      if (!rule) continue;
      for (const position of this.#membersOf(rule.whom)) {
        if (decided[position] === 1) continue;
        decided[position] = 1;
        hidden[position] = rule.see ? 0 : 1;
      }
      if (!('everyone' in rule.whom)) continue;
      seesOthers = rule.see;
      break;
    }
    let sum: Digest = [0, 0, 0, 0];
    let count = 0;
    const counted = seesOthers === false ? 0 : 1;
    for (const position of this.#all) {
      if (hidden[position] !== counted) continue;
      count += 1;
      sum = this.#add(sum, position, 1);
    }
    const outlook = { hidden, seesOthers: seesOthers ?? true, count, sum };
    return { ...outlook, sight: this.#sightOf(outlook, undefined) };
  }

  #membersOf(whom: Who): readonly number[] {
    if ('everyone' in whom) return this.#all;
    if ('group' in whom) return this.#inGroup.get(whom.group) ?? [];
    const position = this.#positions.get(whom.extension);
    return position === undefined ? [] : [position];
  }

  #sightOf({ hidden, seesOthers, count, sum }: Omit<Outlook, 'sight'>, self: number | undefined): Sight {
    const change = seesOthers ? -1 : 1;
    const counted = self === undefined ? sum : this.#add(sum, self, change);
    const left = self === undefined ? count : count + change;
    if (left === 0 && seesOthers) return SEES_EVERYONE;
    const key = `${left}${seesOthers ? '' : '+'}.${counted.map((lane) => (lane >>> 0).toString(36)).join('.')}`;
    return {
      key,
      sees: (extension) => {
        const position = this.#positions.get(extension);
        if (position === undefined) return seesOthers;
        return hidden[position] === 0 || position === self;
      },
    };
  }

  #add([a, b, c, d]: Digest, position: number, sign: 1 | -1): Digest {
    const lanes = this.#digests;
    const at = 4 * position;
    return [
      (a + sign * (lanes[at] ?? 0)) | 0,
      (b + sign * (lanes[at + 1] ?? 0)) | 0,
      (c + sign * (lanes[at + 2] ?? 0)) | 0,
      (d + sign * (lanes[at + 3] ?? 0)) | 0,
    ];
  }
}

/** 32 bits of a text. */
function lane(text: string, seed: number): number {
  let state = seed ^ text.length;
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
    state ^= state >>> 13;
  }
  state = Math.imul(state ^ (state >>> 16), 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) | 0;
}
