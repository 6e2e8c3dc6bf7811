// A store whose answers about large tables come when the test says, in whatever order, each as things stood when it was asked;
// or fail. Everything else is the store behind it.
import type {
  Commit,
  Guard,
  LargeTable,
  NumberQuestion,
  Question,
  SearchQuestion,
  Store,
  Table,
  Write,
} from '../../src/service/store.ts';

export class LateStore<S extends Store = Store> implements Store {
  readonly behind: S;
  /** Whether questions are held back until they are released. */
  late = false;
  /** Questions to come that fail. */
  failing = 0;
  /** Whether it says that what it asks is away. */
  away = false;
  /** Questions that were asked. */
  asked = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(behind: S) {
    this.behind = behind;
  }

  get epoch(): string {
    return this.behind.epoch;
  }

  get state() {
    return this.away ? 'away' : this.behind.state;
  }

  /** Questions that wait for their answers. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get(table: Table, id: string) {
    return this.behind.get(table, id);
  }

  all(table: Table) {
    return this.behind.all(table);
  }

  changes(table: Table, since: number | null) {
    return this.behind.changes(table, since);
  }

  find(table: LargeTable, ids: readonly string[]) {
    return this.#held(this.behind.find(table, ids));
  }

  read(question: Question) {
    return this.#held(this.behind.read(question));
  }

  search(question: SearchQuestion) {
    return this.#held(this.behind.search(question));
  }

  byNumber(question: NumberQuestion) {
    return this.#held(Promise.resolve(this.behind.byNumber(question)));
  }

  counts(table: LargeTable) {
    return this.behind.counts(table);
  }

  count(table: LargeTable, scope: string) {
    return this.behind.count(table, scope);
  }

  marksOn(targets: readonly string[]) {
    return this.#held(this.behind.marksOn(targets));
  }

  commit(writes: readonly Write[], guards?: readonly Guard[]) {
    return this.behind.commit(writes, guards);
  }

  commitMany(writes: readonly Write[], guards?: readonly Guard[], progress?: (written: number) => void) {
    return this.behind.commitMany(writes, guards, progress);
  }

  note(writes: readonly Write[]) {
    return this.behind.note(writes);
  }

  lasting(rev: number): number | undefined {
    return this.behind.lasting(rev);
  }

  known(lasting: number): number {
    return this.behind.known(lasting);
  }

  subscribe(listener: (commit: Commit) => void) {
    return this.behind.subscribe(listener);
  }

  backup() {
    return this.behind.backup();
  }

  close() {
    return this.behind.close();
  }

  /** Lets one answer go, or all that wait. */
  release(which: number | 'all'): void {
    const answers =
      which === 'all' ? this.#waiting.splice(0) : this.#waiting.splice(which % this.#waiting.length || 0, 1);
    for (const answer of answers) answer();
  }

  async #held<T>(answer: Promise<T>): Promise<T> {
    this.asked += 1;
    const fails = this.failing > 0;
    if (fails) this.failing -= 1;
    const value = await answer;
    if (this.late) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (fails) throw new Error('the disk did not answer');
    return value;
  }
}
