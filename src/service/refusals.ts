// How a use case says no: the failure that the protocol names, and a line for the operator with the reason. The line names the
// method, who asked and a company book; never a contact, and nothing personal.
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { Access, Decision } from './access.ts';
import type { Report } from './report.ts';
import type { Viewer } from './viewer.ts';

const CLIENT = 'this version of the client may not use contacts';

export class Refusals {
  readonly #access: Access;
  readonly #report: Report;

  constructor(access: Access, report: Report) {
    this.#access = access;
    this.#report = report;
  }

  /** Failure `forbidden` for a user who was disabled or removed since he asked. */
  active(method: string, viewer: Viewer): void {
    if (!this.#access.isActive(viewer))
      throw this.#no(method, viewer, 'no such user', 'forbidden', 'this user may not do that');
  }

  /** Failure `forbidden` with the reason `client` when the client is too old for contacts, and as `active` has it. */
  contacts(method: string, viewer: Viewer): void {
    this.active(method, viewer);
    if (viewer.contacts) return;
    this.#tell(method, viewer, 'client');
    throw new Failure('forbidden', CLIENT, { reason: 'client' });
  }

  administrator(method: string, viewer: Viewer): void {
    this.active(method, viewer);
    if (this.#access.isAdmin(viewer)) return;
    throw this.#no(method, viewer, 'not an administrator', 'forbidden', 'only an administrator may do that');
  }

  /** There is nothing of the kind, or the viewer may not see it: both look the same. `book`: the scope it is in, if it is. */
  unseen(
    method: string,
    viewer: Viewer,
    what: 'contact' | 'book' | 'extension',
    decision: Decision,
    book?: string,
  ): Failure {
    return this.#no(method, viewer, decision.reason, 'not_found', `there is no such ${what}`, book);
  }

  /** The viewer sees the book and may not change it. */
  viewOnly(method: string, viewer: Viewer, decision: Decision, book: string): Failure {
    return this.#no(method, viewer, decision.reason, 'forbidden', 'this book may be viewed but not changed', book);
  }

  #no(method: string, viewer: Viewer, reason: string, code: FailureCode, message: string, book?: string): Failure {
    this.#tell(method, viewer, reason, book);
    return new Failure(code, message);
  }

  #tell(method: string, viewer: Viewer, reason: string, book?: string): void {
    const named = book !== undefined && this.#access.hasBook(book) ? { book } : {};
    this.#report('access.refused', { method, extension: viewer.extension, ...named, reason });
  }
}
