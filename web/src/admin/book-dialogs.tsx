// The questions before a company book is made, renamed or deleted.
import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';

const FORM = 'book-form';

/** Without a book: a new one. */
export function NameBook({ book, onClose }: { book?: Book; onClose: () => void }) {
  const texts = useTexts();
  const { admin, common } = texts;
  const client = useClient();
  const [name, setName] = useState(book?.name ?? '');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const text = name.trim();
    if (text === '') return setError(admin.books.nameMissing);
    if ([...client.mirror('books').values()].some((other) => other.id !== book?.id && other.name === text)) {
      return setError(admin.books.nameTaken);
    }
    setBusy(true);
    try {
      if (book) await client.request('books.rename', { id: book.id, name: text });
      else await client.request('books.create', { name: text });
      toast(book ? admin.books.renamed(text) : admin.books.added(text));
      onClose();
    } catch (thrown) {
      setError(failureText(texts, thrown));
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="primary" type="submit" form={FORM} busy={busy}>
        {book ? common.save : admin.books.add}
      </Button>
    </>
  );
  return (
    <Dialog title={book ? admin.books.rename(book.name) : admin.books.add} onClose={onClose} footer={footer}>
      <form id={FORM} onSubmit={save} noValidate>
        <Field label={admin.books.name} error={error} hint={book ? undefined : admin.books.addHint}>
          {(ids) => (
            <input
              {...ids}
              type="text"
              autoComplete="off"
              maxLength={127}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

/** A book with contacts is deleted only by whoever types its name. */
export function DeleteBook({ book, onClose }: { book: Book; onClose: () => void }) {
  const texts = useTexts();
  const { admin, common } = texts;
  const client = useClient();
  const { count } = useFormat();
  const contacts = client.mirror(`contacts:${book.id}`);
  useMirror(contacts);
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const known = contacts.state === 'live';
  const mustType = !known || contacts.size > 0;
  const allowed = !mustType || typed.trim() === book.name;
  const remove = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!allowed || busy) return;
    setBusy(true);
    try {
      await client.request('books.delete', { id: book.id });
      toast(admin.books.deleted(book.name));
      onClose();
    } catch (thrown) {
      setFailure(thrown);
      setBusy(false);
    }
  };
  const footer = (
    <>
      <Button onClick={onClose}>{common.cancel}</Button>
      <Button kind="danger" type="submit" form={FORM} busy={busy} disabled={!allowed}>
        {admin.books.deleteButton}
      </Button>
    </>
  );
  return (
    <Dialog title={admin.books.delete(book.name)} onClose={onClose} footer={footer} alert>
      <form id={FORM} onSubmit={remove} noValidate>
        <p>{known ? admin.books.deleteText(contacts.size, count(contacts.size)) : admin.books.deleteUnknown}</p>
        {mustType && (
          <Field label={admin.books.typeName(book.name)}>
            {(ids) => (
              <input
                {...ids}
                type="text"
                autoComplete="off"
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        {failure !== undefined && <Notice kind="error">{failureText(texts, failure)}</Notice>}
      </form>
    </Dialog>
  );
}
