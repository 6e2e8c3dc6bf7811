// Which rules of an ordered list name a person, without reading the whole list for each. Pure.
import type { Person, Who } from '../domain/rules.ts';

export class RuleIndex {
  readonly #everyone: number[] = [];
  readonly #byExtension = new Map<string, number[]>();
  readonly #byGroup = new Map<string, number[]>();

  constructor(rules: readonly { readonly who: Who }[]) {
    rules.forEach(({ who }, i) => {
      if ('everyone' in who) this.#everyone.push(i);
      else if ('extension' in who) add(this.#byExtension, who.extension, i);
      else add(this.#byGroup, who.group, i);
    });
  }

  /** Positions in the list, rising. */
  naming({ extension, groups }: Person): number[] {
    const own = this.#byExtension.get(extension) ?? [];
    const grouped = [...new Set(groups)].flatMap((group) => this.#byGroup.get(group) ?? []);
    return [...this.#everyone, ...own, ...grouped].sort((a, b) => a - b);
  }
}

function add(lists: Map<string, number[]>, key: string, i: number): void {
  const list = lists.get(key) ?? [];
  list.push(i);
  lists.set(key, list);
}
