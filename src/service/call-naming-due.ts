// What of whose history has to be looked up again. Knows no store and no lookup.

/** Beyond so many numbers or rows of one owner all of his are looked at. */
const MOST = 500;

export interface Due {
  /** All numbers. */
  isAll: boolean;
  /** Of all: rows with a name are told again, also when it is the same. */
  isForced: boolean;
  /** By form; true: as `isForced`, for those. */
  readonly forms: Map<string, boolean>;
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

  addForm(owner: string, form: string, isForced: boolean): void {
    const due = this.#of(owner);
    due.forms.set(form, isForced || due.forms.get(form) === true);
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
  putBack(owner: string, { isAll, isForced, forms, rows }: Due): void {
    if (isAll) this.addAll(owner, isForced);
    for (const [form, forced] of forms) this.addForm(owner, form, forced);
    for (const id of rows) this.addRow(owner, id);
  }

  #of(owner: string): Due {
    const due = this.#owners.get(owner) ?? { isAll: false, isForced: false, forms: new Map(), rows: new Set() };
    this.#owners.set(owner, due);
    return due;
  }
}

/** What is to be told again is kept apart from the rest as long as there is not too much of it. */
function tidy(due: Due): void {
  if (due.forms.size > MOST) {
    due.isAll = true;
    due.isForced ||= [...due.forms.values()].includes(true);
    due.forms.clear();
  }
  if (due.rows.size > MOST) due.isAll = true;
  if (due.isAll) due.rows.clear();
}
