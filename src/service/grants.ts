// What the permission rules give each person in each company book: the first rule that names both decides. Built anew when a
// rule or a book changes; people whom the same rules name share one answer. Knows no store.
import type { Permission, PermissionRule, Person } from '../domain/rules.ts';
import { RuleIndex } from './rule-index.ts';

const NOTHING: Permission = { view: false, manage: false };

export class Grants {
  readonly #rules: readonly PermissionRule[];
  readonly #index: RuleIndex;
  readonly #books: readonly string[];
  readonly #shared = new Map<string, ReadonlyMap<string, Permission>>();
  readonly #viewed = new Map<ReadonlyMap<string, Permission>, readonly string[]>();

  constructor(rules: readonly PermissionRule[], books: Iterable<string>) {
    this.#rules = rules;
    this.#index = new RuleIndex(rules);
    this.#books = [...books];
  }

  /** What the person may do with each book, the same object for all whom the same rules name; books without a rule are missing. */
  of(person: Person): ReadonlyMap<string, Permission> {
    const applying = this.#index.naming(person);
    const name = applying.join();
    const kept = this.#shared.get(name) ?? this.#decide(applying);
    this.#shared.set(name, kept);
    return kept;
  }

  /** The books the person may view, by id; the same list for all whom the same rules name. */
  viewed(person: Person): readonly string[] {
    const granted = this.of(person);
    const kept = this.#viewed.get(granted);
    if (kept) return kept;
    const books = [...granted].flatMap(([book, { view }]) => (view ? [book] : [])).sort();
    this.#viewed.set(granted, books);
    return books;
  }

  #decide(applying: readonly number[]): ReadonlyMap<string, Permission> {
    const decided = new Map<string, Permission>();
    const known = new Set(this.#books);
    for (const i of applying) {
      const { id, books, view, manage } = this.#rules[i] ?? { ...NOTHING, id: '', books: [] };
      for (const book of books === '*' ? this.#books : books) {
        if (known.has(book) && !decided.has(book)) decided.set(book, { view: view || manage, manage, rule: id });
      }
      if (decided.size === known.size) break;
    }
    return decided;
  }
}
