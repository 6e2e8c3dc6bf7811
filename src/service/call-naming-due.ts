// What of whose history has to be looked up again. Knows no store and no lookup.

/** Beyond so many numbers, sources or rows of one owner all of his are looked at. */
const MOST = 500;

export interface Due {
  /** All numbers. */
  isAll: boolean;
  /** Of all: rows with a name are told again, also when it is the same. */
  isForced: boolean;
  /** Forms of numbers. */
  readonly forms: Set<string>;
  /** Contacts and colleagues: rows that are named by one of these are told again, as if `isForced`, and no others. */
  readonly sources: Set<string>;
  /** Ids of rows. */
  readonly rows: Set<string>;
}

export class CallNamingDue {
  readonly #owners = new Map<string, Due>();

  get isEmpty(): boolean {
    return this.#owners.size === 0;
  }

  /** Owners. */
  get size(): number {
    return this.#owners.size;
  }

  /** `source`: what is named by it is told again. */
  addForm(owner: string, form: string, source?: string): void {
    const due = this.#of(owner);
    due.forms.add(form);
    if (source !== undefined) due.sources.add(source);
    tidy(due);
  }

  addRow(owner: string, id: string): void {
    const due = this.#of(owner);
    due.rows.add(id);
    tidy(due);
  }

  addAll(owner: string, isForced: boolean): void {
    const due = this.#of(owner);
    due.isAll = true;
    due.isForced ||= isForced;
    tidy(due);
  }

  isAll(owner: string): boolean {
    return this.#owners.get(owner)?.isAll === true;
  }

  /** Takes out what is due for one owner, the one who waits longest. */
  take(): readonly [owner: string, due: Due] | undefined {
    for (const [owner, due] of this.#owners) {
      this.#owners.delete(owner);
      return [owner, due];
    }
    return undefined;
  }

  /** What was taken out is due as before. */
  putBack(owner: string, { isAll, isForced, forms, sources, rows }: Due): void {
    if (isAll) this.addAll(owner, isForced);
    const due = this.#of(owner);
    for (const form of forms) due.forms.add(form);
    for (const source of sources) due.sources.add(source);
    for (const id of rows) due.rows.add(id);
    tidy(due);
  }

  #of(owner: string): Due {
    const due = this.#owners.get(owner) ?? nothing();
    this.#owners.set(owner, due);
    return due;
  }
}

function nothing(): Due {
  return { isAll: false, isForced: false, forms: new Set(), sources: new Set(), rows: new Set() };
}

/** What is to be told again is kept apart from the rest as long as there is not too much of it. */
function tidy(due: Due): void {
  if (due.sources.size > MOST) {
    due.isAll = true;
    due.isForced = true;
    due.sources.clear();
  }
  if (due.forms.size > MOST) {
    due.isAll = true;
    due.forms.clear();
  }
  if (due.rows.size > MOST) due.isAll = true;
  if (due.isAll) due.rows.clear();
}
