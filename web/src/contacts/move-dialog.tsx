// Moves contacts to another address book.
import { useState } from 'preact/hooks';
import type { RequestFailure } from '../../../client/api.ts';
import { displayName } from '../../../client/display-name.ts';
import type { Contact } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName, sortBooks } from './books.ts';

interface MoveDialogProps {
  readonly contacts: readonly Contact[];
  readonly onDone: () => void;
}

export function MoveDialog({ contacts, onDone }: MoveDialogProps) {
  const texts = useTexts();
  const { move: text } = texts.contacts;
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const [only] = contacts.length === 1 ? contacts : [];
  const from = new Set(contacts.map(({ book }) => book));
  const isElsewhere = (book: string) => from.size > 1 || !from.has(book);
  const targets = sortBooks([...mirror.values()].filter(({ id, rights }) => rights.manage && isElsewhere(id)));
  const [chosen, setChosen] = useState('');
  const target = targets.find(({ id }) => id === chosen) ?? targets[0];
  const { busy, failure, move } = useMove(contacts, onDone);
  const footer = (
    <>
      <Button onClick={onDone}>{texts.common.cancel}</Button>
      <Button
        kind="primary"
        busy={busy}
        disabled={!target}
        onClick={() => target && void move(target.id, bookName(texts, target))}
      >
        {text.button}
      </Button>
    </>
  );
  return (
    <Dialog
      title={only ? text.title(displayName(only)) : text.titleMany(contacts.length)}
      onClose={onDone}
      footer={footer}
    >
      {failure && <Notice kind="error">{failure}</Notice>}
      <Select
        label={text.to}
        value={target?.id ?? ''}
        options={targets.map((book) => ({ value: book.id, text: bookName(texts, book) }))}
        onChange={setChosen}
      />
      <p>{text.text}</p>
    </Dialog>
  );
}

function useMove(contacts: readonly Contact[], onDone: () => void) {
  const client = useClient();
  const texts = useTexts();
  const { move: text } = texts.contacts;
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const moveOne = async ({ id }: Contact, book: string): Promise<void> => {
    try {
      await client.request('contacts.move', { id, book });
    } catch (thrown) {
      const { code, retryAfter = 1 } = thrown as RequestFailure;
      if (code !== 429) throw thrown;
      await new Promise((done) => setTimeout(done, retryAfter * 1000));
      await moveOne({ id } as Contact, book);
    }
  };
  const move = async (book: string, name: string) => {
    setBusy(true);
    setFailure('');
    let moved = 0;
    try {
      for (const contact of contacts) {
        const present = client.contacts.get(contact.id);
        if (present && present.book !== book) await moveOne(contact, book);
        moved++;
      }
      const [only] = contacts.length === 1 ? contacts : [];
      toast(only ? text.done(displayName(only), name) : text.doneMany(moved, name));
      onDone();
    } catch (thrown) {
      const left = contacts.length - moved;
      setFailure(`${failureText(texts, thrown)}${moved > 0 ? ` ${text.left(left)}` : ''}`);
      setBusy(false);
    }
  };
  return { busy, failure, move };
}
