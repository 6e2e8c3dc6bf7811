// What of an answer may leave. Between what a method found and the moment its answer is written, contacts may have been moved and
// rights taken; so each answer is looked at again in the turn that writes it.
import { Failure } from '../domain/failure.ts';
import type { Access } from '../service/access.ts';
import type { BookItem } from '../service/book-view.ts';
import type { HistoryRow } from '../service/call-row.ts';
import type { ContactItem } from '../service/contact-row.ts';
import type { NumberAnswer } from '../service/lookup-answer.ts';
import type { Viewer } from '../service/viewer.ts';
import type { ShowCall } from './calls-collection.ts';

export interface Seeing {
  readonly access: Access;
  readonly viewer: Viewer;
  /** The scope of a contact that was moved lately. */
  readonly movedTo: (contact: string) => string | undefined;
  readonly showCall: ShowCall;
}

interface Result extends NumberAnswer {
  readonly contacts?: readonly ContactItem[];
  readonly book?: BookItem;
  readonly call?: HistoryRow;
}

/** The result without what the viewer may not see any more. Failure `not_found` when that is all of it. */
export function visibleResult(result: unknown, seeing: Seeing): unknown {
  if (typeof result !== 'object' || result === null) return result;
  const { name, extension, books, contact, contacts, book, call }: Result = result;
  // Only who a number is has one of these at the top.
  if (name !== undefined || extension !== undefined || books) return visibleCaller(result, seeing);
  if (contact) return { ...result, contact: present(visibleContact(contact, seeing), 'contact') };
  if (contacts) return { ...result, contacts: contacts.flatMap((one) => visibleContact(one, seeing) ?? []) };
  if (call) return { ...result, call: seeing.showCall(seeing.viewer, call) };
  if (book) present(seeing.access.scopeOf(seeing.viewer, book.id), 'book');
  return result;
}

/** Who a number is; nobody, when a part of the answer may not be seen any more. */
function visibleCaller(answer: NumberAnswer, seeing: Seeing): NumberAnswer {
  const { access, viewer } = seeing;
  const { contact, extension, books = [] } = answer;
  if (!access.isActive(viewer)) return {};
  if (extension !== undefined && !access.sight(viewer).sees(extension)) return {};
  if (books.some((book) => access.scopeOf(viewer, book) === undefined)) return {};
  if (!contact) return answer;
  const visible = visibleContact(contact, seeing);
  return visible ? { ...answer, contact: visible } : {};
}

/** The failure without a `current` that the viewer may not see any more. */
export function visibleFailure(failure: Failure, seeing: Seeing): Failure {
  if (failure.detail.current === undefined) return failure;
  const { current, ...detail } = failure.detail;
  const contact = visibleContact(current as ContactItem, seeing);
  return new Failure(failure.code, failure.message, contact ? { ...detail, current: contact } : detail);
}

function visibleContact(item: ContactItem, { access, viewer, movedTo }: Seeing): ContactItem | undefined {
  if (!access.isActive(viewer)) return undefined;
  // The book it names, and the one it is in by now.
  const now = movedTo(item.id);
  if (access.scopeOf(viewer, item.book) === undefined) return undefined;
  if (now !== undefined && !access.rights(viewer, now).view) return undefined;
  if (item.updatedBy === undefined || access.sight(viewer).sees(item.updatedBy)) return item;
  const { updatedBy: _, ...rest } = item;
  return rest;
}

function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Failure('not_found', `there is no such ${what}`);
  return value;
}
