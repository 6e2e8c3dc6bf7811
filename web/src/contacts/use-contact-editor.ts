// What the editor of a contact knows and does: the form, saving it, and what happens to the contact and its book meanwhile.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RequestFailure } from '../../../client/api.ts';
import { displayName } from '../../../client/display-name.ts';
import type { Contact, ContactFields } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { toast } from '../parts/toast.ts';
import { failureText, issueText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName } from './books.ts';
import {
  type ContactForm,
  changedFields,
  type FormIssues,
  fieldsOf,
  formOf,
  patchOf,
  placeIssues,
} from './contact-form.ts';
import { newId } from './new-id.ts';
import { useContactChanges } from './use-contacts.ts';

export interface EditorStart {
  /** The contact that is edited; without one a new one is made. */
  readonly id?: string;
  /** Where a new one goes at first. */
  readonly book?: string;
  readonly number?: string;
  /** With the contact when it was saved. */
  readonly onDone: (contact?: Contact) => void;
}

/** What the contact is compared with: as it was when editing began. */
interface Base {
  readonly fields: ContactFields;
  readonly rev: number;
}

export function useContactEditor({ id: edited, book: firstBook = 'personal', number, onDone }: EditorStart) {
  const client = useClient();
  const texts = useTexts();
  const [id, setId] = useState(edited);
  const present = id === undefined ? undefined : client.contacts.get(id);
  const [base, setBase] = useState<Base | undefined>(() => present && { fields: present, rev: present.rev });
  const [form, setForm] = useState<ContactForm>(() => formOf(present, number));
  const [pristine, setPristine] = useState(form);
  const [book, setBook] = useState(present?.book ?? firstBook);
  const [issues, setIssues] = useState<FormIssues>({});
  const [failure, setFailure] = useState('');
  const [conflict, setConflict] = useState<Contact | 'deleted'>();
  const [busy, setBusy] = useState(false);
  const made = useRef(newId());

  const take = (contact: Contact) => {
    const next = formOf(contact);
    setBase({ fields: contact, rev: contact.rev });
    setForm(next);
    setPristine(next);
    setConflict(undefined);
    setIssues({});
    setFailure('');
  };
  const isChanged = changedFields(fieldsOf(pristine), fieldsOf(form)).length > 0;
  useMeanwhile({ id, base, book, busy, isChanged, setBook, setConflict, take, onDone });

  const save = async (over?: number) => {
    if (busy) return;
    const fields = fieldsOf(form);
    setBusy(true);
    setFailure('');
    setIssues({});
    try {
      const { contact } =
        id !== undefined && base
          ? await client.request('contacts.update', {
              id,
              patch: patchOf(base.fields, fields),
              ifRev: over ?? base.rev,
            })
          : await client.request('contacts.create', { book, contact: fields, id: made.current });
      const name = displayName(contact);
      const kept = client.mirror('books').get(contact.book);
      const { saved, added } = texts.contacts.editor;
      toast(id === undefined && kept ? added(name, bookName(texts, kept)) : saved(name));
      onDone(contact);
    } catch (thrown) {
      refuse(thrown as RequestFailure);
      setBusy(false);
    }
  };
  const refuse = (thrown: RequestFailure) => {
    if (thrown.code === 409 && thrown.current) return setConflict(thrown.current as Contact);
    if (thrown.code === 404 && id !== undefined) return setConflict('deleted');
    if (thrown.code !== -32602) return setFailure(failureText(texts, thrown));
    const placed = placeIssues(form, thrown.issues, (message) => issueText(texts.common.issue, message));
    setIssues(placed);
    setFailure(placed[''] ?? texts.contacts.editor.fix(Object.keys(placed).length));
  };
  /** Of a contact that was deleted meanwhile: what was entered becomes a new one. */
  const addAgain = () => {
    setId(undefined);
    setBase(undefined);
    setConflict(undefined);
  };
  const state = { id, base, form, book, issues, failure, conflict, busy, isChanged };
  return { ...state, setForm, setBook, save, take, addAgain };
}

interface Meanwhile {
  readonly id: string | undefined;
  readonly base: Base | undefined;
  readonly book: string;
  readonly busy: boolean;
  readonly isChanged: boolean;
  readonly setBook: (book: string) => void;
  readonly setConflict: (conflict: Contact | 'deleted') => void;
  readonly take: (contact: Contact) => void;
  readonly onDone: () => void;
}

/** Looks at what others do: the contact changed, moved or deleted, the right to change it taken away. */
function useMeanwhile({ id, base, book, busy, isChanged, ...then }: Meanwhile): void {
  const client = useClient();
  const { contacts: text } = useTexts();
  const books = client.mirror('books');
  const [changes, rights] = [useContactChanges(), useMirror(books)];
  const name = useRef('');
  const latest = useRef(book);
  latest.current = book;
  const isRevoked = () => {
    const kept = books.get(latest.current);
    if (kept?.rights.manage || books.state !== 'live') return false;
    toast(kept ? text.revokedManage(kept.name) : text.revoked(name.current), { kind: 'error' });
    return true;
  };
  // The page around the editor may go first.
  useEffect(() => () => void isRevoked(), []);
  useEffect(() => {
    if (busy) return;
    name.current = books.get(book)?.name || name.current;
    if (isRevoked()) return then.onDone();
    if (id === undefined || !base) return;
    const present = client.contacts.get(id);
    if (!present) {
      if (client.mirror(`contacts:${book}`).state === 'live') then.setConflict('deleted');
    } else if (present.book !== book) then.setBook(present.book);
    else if (present.rev > base.rev) {
      if (isChanged) then.setConflict(present);
      else then.take(present);
    }
  }, [changes, rights, busy]);
}
