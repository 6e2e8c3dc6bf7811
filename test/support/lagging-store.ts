// A daemon's view of a store that it shares with others: its small tables and its feed fall behind what others have written until the test
// lets them follow, or for as many turns as a pace says. What it commits itself, and what a commit of its own stumbled over, it has heard of.
import type {
  Changes,
  Commit,
  Guard,
  LargeTable,
  NumberQuestion,
  Question,
  Row,
  SearchQuestion,
  Store,
  Table,
  Write,
} from '../../src/service/store.ts';

/** Waits before something is passed on. */
export type Pace = () => Promise<void>;

export class LaggingStore implements Store {
  readonly #behind: Store;
  readonly #pace: Pace;
  readonly #tables = new Map<string, Map<string, Row>>();
  readonly #unheard: Commit[] = [];
  readonly #listeners = new Set<(commit: Commit) => void>();
  #rev: number;
  #isTelling = false;
  /** Whether what others write stays unheard. */
  lags = false;

  /** `small`: the small tables that are used. */
  constructor(behind: Store, small: readonly Table[], pace: Pace = async () => {}) {
    this.#behind = behind;
    this.#pace = pace;
    for (const table of small) this.#tables.set(table, new Map([...behind.all(table)].map((row) => [row.id, row])));
    this.#rev = behind.changes('pbx', null).rev;
    behind.subscribe((commit) => {
      this.#unheard.push(commit);
      if (!this.lags) this.follow();
    });
  }

  get epoch(): string {
    return this.#behind.epoch;
  }

  get state() {
    return this.#behind.state;
  }

  /** Hears what there is to be heard. */
  follow(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#unheard.shift(); next; next = this.#unheard.shift()) {
      this.#rev = next.rev;
      for (const { table, id, value } of next.writes) {
        const rows = this.#tables.get(table);
        if (value === null) rows?.delete(id);
        else rows?.set(id, { id, value, rev: next.rev });
      }
      for (const listener of [...this.#listeners]) listener(next);
    }
    this.#isTelling = false;
  }

  get(table: Table, id: string): Row | undefined {
    return this.#rowsOf(table).get(id);
  }

  all(table: Table): Iterable<Row> {
    return [...this.#rowsOf(table).values()];
  }

  /** The whole table each time, which is an answer to any revision. */
  changes(table: Table): Changes {
    const rows = [...(this.#tables.get(table)?.values() ?? [])].sort((a, b) => a.rev - b.rev);
    return { reset: true, rows, removed: [], rev: this.#rev };
  }

  async find(table: LargeTable, ids: readonly string[]) {
    await this.#pace();
    const rows = await this.#behind.find(table, ids);
    await this.#pace();
    return rows;
  }

  async read(question: Question) {
    await this.#pace();
    const slice = await this.#behind.read(question);
    this.follow();
    return slice;
  }

  counts(table: LargeTable) {
    return this.#behind.counts(table);
  }

  async count(table: LargeTable, scope: string) {
    await this.#pace();
    return this.#behind.count(table, scope);
  }

  marksOn(targets: readonly string[]) {
    return this.#behind.marksOn(targets);
  }

  search(question: SearchQuestion) {
    return this.#behind.search(question);
  }

  byNumber(question: NumberQuestion) {
    return this.#behind.byNumber(question);
  }

  async commit(writes: readonly Write[], guards?: readonly Guard[]): Promise<number> {
    await this.#pace();
    try {
      return await this.#behind.commit(writes, guards);
    } finally {
      this.follow();
    }
  }

  async commitMany(writes: readonly Write[], guards?: readonly Guard[], progress?: (written: number) => void) {
    await this.#pace();
    try {
      return await this.#behind.commitMany(writes, guards, progress);
    } finally {
      this.follow();
    }
  }

  /** It takes effect after what others wrote before. */
  note(writes: readonly Write[]): number {
    this.follow();
    const rev = this.#behind.note(writes);
    this.follow();
    return rev;
  }

  lasting(rev: number): number | undefined {
    return this.#behind.lasting(rev);
  }

  known(lasting: number): number {
    return this.#behind.known(lasting);
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  backup() {
    return this.#behind.backup();
  }

  async close(): Promise<void> {}

  #rowsOf(table: Table): Map<string, Row> {
    const rows = this.#tables.get(table);
    if (!rows) throw new Error(`the table ${table} is not among those this view was made for`);
    return rows;
  }
}
