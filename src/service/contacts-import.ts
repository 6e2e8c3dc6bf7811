// The use case of importing contacts: plan a whole file on the book as it is, store all of it or nothing, plan again when somebody was
// faster; and undo it. What a file says is read by a format; who may is asked of ImportReach.
import { IMPORT_BYTES, type ImportReport, type PastImport, type Progress } from '../domain/contact-import.ts';
import { Failure } from '../domain/failure.ts';
import type { Access } from './access.ts';
import { retried } from './attempts.ts';
import { type Clock, isoTime } from './clock.ts';
import type { Cluster } from './cluster.ts';
import type { ContactFile, OpenContactFile } from './contact-file.ts';
import { ownerOf } from './contact-row.ts';
import { undoImport } from './contacts-import-undo.ts';
import type { Asking } from './contacts-reach.ts';
import { readBook } from './import-book.ts';
import { Breath, nextTurn, type Pause } from './import-breath.ts';
import { BookDraft } from './import-draft.ts';
import { FailedFiles } from './import-failed-files.ts';
import { importGuard, importMark } from './import-mark.ts';
import { Plan } from './import-plan.ts';
import { ImportReach, type Target } from './import-reach.ts';
import { ImportSlots } from './import-slots.ts';
import { ImportUsers } from './import-users.ts';
import { importWrites, rememberedWrites } from './import-writes.ts';
import type { Imports, ImportWish } from './imports-port.ts';
import type { Numbering } from './numbering.ts';
import type { Report } from './report.ts';
import { Room, type RoomLimits } from './room.ts';
import type { Guard, Store } from './store.ts';
import { Turns } from './turns.ts';
import type { Viewer } from './viewer.ts';

export interface ContactImportsParts {
  readonly store: Store;
  readonly access: Access;
  readonly clock: Clock;
  readonly numbering: Numbering;
  /** A UUID that was never given before. */
  readonly newId: () => string;
  readonly report: Report;
  readonly openFile: OpenContactFile;
  /** Two capitals: where numbers without a country are from. */
  readonly country: string;
  /** Shared with the contacts; or smaller limits, for tests. */
  readonly room?: Room | RoomLimits;
  /** The next turn of the event loop when it is left out. */
  readonly pause?: Pause;
  /** Fewer rows of a file, for tests. */
  readonly mostRows?: number;
  /** Left out: this daemon is alone. */
  readonly cluster?: Cluster | undefined;
}

type Tell = (progress: Progress) => void;

/** One attempt at an import. */
interface Attempt {
  readonly asking: Asking;
  readonly wish: ImportWish;
  readonly id: string;
  readonly tell: Tell;
  readonly users: ImportUsers;
  readonly breath: Breath;
}

interface Planned {
  readonly plan: Plan;
  readonly draft: BookDraft;
  readonly file: ContactFile;
  /** That nothing was imported into the book since the plan was begun. */
  readonly isAlone: Guard;
}

export class ContactImports implements Imports {
  readonly #parts: ContactImportsParts;
  readonly #reach: ImportReach;
  readonly #room: Room;
  readonly #failed: FailedFiles;
  readonly #slots = new ImportSlots();
  readonly #turns = new Turns();

  constructor(parts: ContactImportsParts) {
    this.#parts = parts;
    this.#reach = new ImportReach(parts);
    this.#room = parts.room instanceof Room ? parts.room : new Room(parts.store, parts.room);
    this.#failed = new FailedFiles(parts);
  }

  async run(viewer: Viewer, wish: ImportWish, tell: Tell = () => undefined): Promise<ImportReport> {
    const asking = { method: 'contacts.import', viewer };
    const { scope } = this.#reach.target(asking, wish.book);
    if (wish.bytes.byteLength > IMPORT_BYTES) {
      throw new Failure('too_large', `a file may have at most ${IMPORT_BYTES / 1024 ** 2} MiB`);
    }
    const id = this.#parts.newId().toLowerCase();
    const users = new ImportUsers(this.#parts.store, [viewer.extension, ownerOf(scope)]);
    const attempt = { asking, wish, id, tell: toldOnce(tell), users };
    try {
      return await this.#slots.hold(viewer, () =>
        this.#alone(scope, () => retried(this.#turns, id, () => this.#attempt({ ...attempt, breath: this.#breath() }))),
      );
    } finally {
      users.close();
    }
  }

  failedRows(viewer: Viewer, id: string): { readonly bytes: Uint8Array; readonly type: 'csv' | 'vcf' } {
    const asking = { method: 'contacts.import', viewer };
    this.#reach.check(asking);
    const file = this.#failed.get(id.toLowerCase());
    if (!file || file.by !== viewer.extension) throw new Failure('not_found', 'there is no such file of failed rows');
    this.#reach.target(asking, file.book);
    return { bytes: file.bytes, type: file.type };
  }

  async list(viewer: Viewer): Promise<readonly PastImport[]> {
    return this.#reach.list({ method: 'contacts.imports', viewer });
  }

  async undo(viewer: Viewer, givenId: string): Promise<{ readonly removed: number; readonly restored: number }> {
    const asking = { method: 'contacts.undoImport', viewer };
    const id = givenId.toLowerCase();
    const parts = { ...this.#parts, reach: this.#reach };
    const { row } = this.#reach.past(asking, id);
    return this.#slots.hold(viewer, () =>
      this.#alone(row.scope, () => retried(this.#turns, id, () => undoImport(parts, asking, id, this.#breath()))),
    );
  }

  /** Forgets the files of failed rows. */
  close(): void {
    this.#failed.close();
  }

  /** Of two files with one contact the second finds what the first has made; at another daemon the mark of the book sees to that. */
  #alone<T>(scope: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(`book ${scope}`, work);
  }

  /** Failures `not_found`, `forbidden`, also when the user has been removed since the import began. */
  #target({ asking, wish, users }: Attempt): Target {
    const target = this.#reach.target(asking, wish.book);
    users.check();
    return target;
  }

  #breath(): Breath {
    return new Breath(this.#parts.clock, this.#parts.pause ?? nextTurn);
  }

  async #attempt(attempt: Attempt): Promise<ImportReport> {
    const { asking, wish, id } = attempt;
    const planned = await this.#plan(attempt);
    const { plan, file } = planned;
    const failed = plan.counts.failed > 0 ? await file.failedRows(plan.faults.byRow) : undefined;
    this.#target(attempt);
    const undoable = !wish.dryRun && (await this.#store(attempt, planned));
    if (failed) this.#failed.keep({ id, by: asking.viewer.extension, book: wish.book, ...failed });
    return { id, dryRun: wish.dryRun, ...reportOf(planned), undoable };
  }

  async #plan(attempt: Attempt): Promise<Planned> {
    const { openFile, country, store, numbering, newId, mostRows } = this.#parts;
    const { wish, tell, breath } = attempt;
    const { bytes, columns, onDuplicate } = wish;
    const { scope, blind } = this.#target(attempt);
    const file = await openFile(bytes, { columns, country });
    const draft = new BookDraft();
    const isAlone = importGuard(store, scope);
    await readBook(store, scope, breath, draft);
    const room = blind ? this.#room.most(scope) : await this.#room.left(scope);
    const idColumn = file.columns.find(({ target }) => target === 'id')?.header ?? 'ID';
    const plan = new Plan({ draft, onDuplicate, numbering, newId, blind, idColumn, mostRows });
    for await (const rows of file.rows()) {
      // A right that has gone ends it at once.
      this.#target(attempt);
      for (const row of rows) {
        plan.take(row);
        if (breath.isDue) await breath.pause();
      }
      if ((blind ? plan.taken : draft.made) > room) throw this.#room.full(scope);
      tell({ phase: 'reading', done: plan.rows, total: Math.max(file.estimate, plan.rows) });
      await breath.pause();
    }
    tell({ phase: 'reading', done: plan.rows, total: plan.rows });
    return { plan, draft, file, isAlone };
  }

  /** Stores what was planned. Whether there was anything to store. */
  async #store(attempt: Attempt, { plan, draft, isAlone }: Planned): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { asking, id, tell, breath } = attempt;
    const { rows, taken } = plan;
    const one = { id, scope: this.#target(attempt).scope, by: asking.viewer.extension };
    const at = isoTime(clock.now());
    const { writes, guards, contacts } = await importWrites(draft, { ...one, at }, breath);
    // Decided at the last moment: the plan took its time.
    const { scope, blind, guards: rights } = this.#target(attempt);
    if (contacts === 0 && !(blind && taken > 0)) return false;
    const remembered = rememberedWrites(store, id, { ...one, at, rows, taken, contacts, ...plan.done });
    const total = blind ? taken : contacts;
    const saved = (done: number) => tell({ phase: 'saving', done, total });
    const written = (count: number) => saved(Math.floor((Math.min(count, contacts) / Math.max(contacts, 1)) * total));
    saved(0);
    const marks = this.#parts.cluster?.isShared ? [importMark(scope)] : [];
    const all = [...remembered.writes, ...marks, ...writes];
    const commit = () => store.commitMany(all, [...rights, isAlone, ...remembered.guards, ...guards], written);
    const arriving = blind ? taken : draft.made;
    await (arriving === 0 ? commit() : this.#room.whileArriving(scope, arriving, commit));
    saved(total);
    return true;
  }
}

/** What has not changed is not told again. */
function toldOnce(tell: Tell): Tell {
  let last = '';
  return (progress) => {
    const text = JSON.stringify(progress);
    if (text !== last) tell(progress);
    last = text;
  };
}

function reportOf({ plan, file }: Planned): Omit<ImportReport, 'id' | 'dryRun' | 'undoable'> {
  const { format, layout, encoding, delimiter } = file;
  const { errors, warnings, moreErrors, moreWarnings } = plan.faults;
  return {
    ...plan.counts,
    ...{ errors, warnings, moreErrors, moreWarnings },
    file: { format, layout, encoding, ...(delimiter === undefined ? {} : { delimiter }) },
    columns: file.columns,
    preview: plan.preview,
  };
}
