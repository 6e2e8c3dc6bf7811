// What becomes of each row of a file, one after the other: decided on the draft of the book, counted, and told. Stores nothing.

import { callerName } from '../domain/caller-name.ts';
import { type ContactFields, sameFields } from '../domain/contact.ts';
import type { CellFault, ImportReport, OnDuplicate } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { FileRow } from './contact-file.ts';
import type { BookDraft } from './import-draft.ts';
import { Faults, faultsOf } from './import-faults.ts';
import { type Made, madeOf, mergedWith } from './import-merge.ts';
import { WideMap } from './import-wide-map.ts';
import { keysOf, type Numbering } from './numbering.ts';

const MOST_ROWS = 250_000;
const PREVIEWED = 200;

interface Decided {
  readonly outcome: ImportReport['preview'][number]['outcome'];
  readonly fields: ContactFields;
}

type Keys = ReturnType<typeof keysOf>;

export interface PlanParts {
  readonly draft: BookDraft;
  readonly onDuplicate: OnDuplicate;
  readonly numbering: Numbering;
  readonly newId: () => string;
  /** Whether nothing may show of what is in the book: every row that is taken is told as added. */
  readonly blind: boolean;
  /** Header of the column with the ids. */
  readonly idColumn: string;
  /** Rows of a file; a million when it is left out. */
  readonly mostRows?: number | undefined;
}

export class Plan {
  readonly faults = new Faults();
  readonly #parts: PlanParts;
  readonly #counts = { added: 0, updated: 0, unchanged: 0, skipped: 0 };
  readonly #preview: ImportReport['preview'][number][] = [];
  readonly #ids = new WideMap<true>();
  #rows = 0;
  #failed = 0;

  constructor(parts: PlanParts) {
    this.#parts = parts;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows that were not refused. */
  get taken(): number {
    return this.#rows - this.#failed;
  }

  /** What is told, and all that is counted for the one who may know. */
  get counts() {
    const { blind } = this.#parts;
    const counts = blind ? { added: this.taken, updated: 0, unchanged: 0, skipped: 0 } : this.#counts;
    return { rows: this.#rows, ...counts, failed: this.#failed };
  }

  /** Rows that truly made a contact, and that changed one. */
  get done(): { readonly added: number; readonly updated: number } {
    return this.#counts;
  }

  get preview(): ImportReport['preview'] {
    return this.#preview;
  }

  take(row: FileRow): void {
    this.#rows += 1;
    const { mostRows = MOST_ROWS } = this.#parts;
    if (this.#rows > mostRows) throw new Failure('too_large', `at most ${mostRows} rows can be imported at once`);
    this.faults.warn(row.warnings);
    const outcome = this.#decide(row);
    if (outcome === undefined) {
      this.#failed += 1;
      return;
    }
    this.#counts[outcome.outcome] += 1;
    if (this.#preview.length >= PREVIEWED) return;
    const told = this.#parts.blind ? 'added' : outcome.outcome;
    this.#preview.push({ row: row.row, outcome: told, name: callerName(outcome.fields) });
  }

  /** Undefined: the row is refused, and the faults know why. */
  #decide(row: FileRow): Decided | undefined {
    const id = row.id?.trim().toLowerCase() ?? '';
    if (this.#isRefused(row, id)) return undefined;
    const own = madeOf(row);
    const { draft, numbering, blind } = this.#parts;
    const isKnown = draft.fieldsOf(id) !== undefined;
    if ('issues' in own) return isKnown && !blind ? this.#meet(row, own, [id]) : this.#refuse(row, own);
    const keys = isKnown ? undefined : keysOf(own.fields, numbering);
    const alike = keys ? draft.alike(own.fields, keys) : [id];
    if (alike.length === 0) return this.#add(own.fields, keys);
    const decided = this.#meet(row, own, alike, keys);
    // What the contact of the book is called is not told either.
    return decided && blind ? { ...decided, fields: own.fields } : decided;
  }

  #isRefused(row: FileRow, id: string): boolean {
    const errors = [...row.errors];
    if (id !== '') {
      if (this.#ids.has(id)) errors.push(repeated(row, this.#parts.idColumn));
      else this.#ids.set(id, true);
    }
    if (errors.length > 0) this.faults.fail(row, errors);
    return errors.length > 0;
  }

  /** The row means one of these contacts: the first that it leaves as it is, else the first. */
  #meet(row: FileRow, own: Made, ids: readonly string[], keys?: Keys): Decided | undefined {
    const met = ids.flatMap((id) => {
      const contact = this.#parts.draft.fieldsOf(id);
      return contact ? [{ id, contact, made: mergedWith(contact, row, own) }] : [];
    });
    for (const { contact, made } of met) {
      if ('fields' in made && sameFields(made.fields, contact)) return { outcome: 'unchanged', fields: contact };
    }
    const [first] = met;
    return first && this.#meetOther(row, own, first, keys);
  }

  /** The row means this contact, and says something else of it. */
  #meetOther(row: FileRow, own: Made, { id, made }: { id: string; made: Made }, keys?: Keys): Decided | undefined {
    const { draft, onDuplicate, numbering, blind } = this.#parts;
    // Good by itself, and too much for one contact together with what is there.
    const isOverfull = 'issues' in made && 'fields' in own;
    if (onDuplicate === 'add' || (onDuplicate === 'update' && blind && isOverfull)) {
      return 'fields' in own ? this.#add(own.fields, keys) : this.#refuse(row, own);
    }
    const result = onDuplicate === 'skip' && isOverfull ? own : made;
    if ('issues' in result) return this.#refuse(row, result);
    if (onDuplicate === 'skip') return { outcome: 'skipped', ...result };
    draft.change(id, result.fields, keysOf(result.fields, numbering));
    return { outcome: 'updated', ...result };
  }

  #add(fields: ContactFields, keys: Keys = keysOf(fields, this.#parts.numbering)): Decided {
    this.#parts.draft.add(this.#parts.newId().toLowerCase(), fields, keys);
    return { outcome: 'added', fields };
  }

  #refuse(row: FileRow, made: Made): undefined {
    if ('issues' in made) this.faults.fail(row, faultsOf(row, made.issues));
    return undefined;
  }
}

function repeated(row: FileRow, column: string): CellFault {
  const reason = 'is the ID of an earlier row: empty the cell to add this one as a contact of its own';
  return { row: row.row, column, value: (row.id ?? '').slice(0, 200), reason };
}
