// The details of a contact with everything that can be done to it: the dialogs to edit, move and delete.
import { useState } from 'preact/hooks';
import { displayName } from '../../../client/display-name.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { ContactDetails } from './contact-details.tsx';
import { ContactEditor } from './contact-editor.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { useContactChanges } from './use-contacts.ts';

interface ContactDetailsPaneProps {
  readonly id: string;
  /** The contact was deleted here. */
  readonly onGone: () => void;
}

export function ContactDetailsPane({ id, onGone }: ContactDetailsPaneProps) {
  const client = useClient();
  const { contacts: text, common } = useTexts();
  const [open, setOpen] = useState<'edit' | 'move' | 'remove'>();
  const books = client.mirror('books');
  useMirror(books);
  useContactChanges();
  const contact = client.contacts.get(id);
  const close = () => setOpen(undefined);
  const manageable = [...books.values()].filter(({ rights }) => rights.manage);
  const manages = manageable.some((book) => book.id === contact?.book);
  const actions = {
    edit: () => setOpen('edit'),
    ...(manageable.length > 1 ? { move: () => setOpen('move') } : {}),
    remove: () => setOpen('remove'),
  };
  return (
    <>
      {contact ? (
        <ContactDetails contact={contact} book={books.get(contact.book)} actions={manages ? actions : undefined} />
      ) : (
        <div class="details">
          <h2 tabIndex={-1}>{common.details}</h2>
          <Notice kind="info">{text.details.gone}</Notice>
        </div>
      )}
      {open === 'edit' && <ContactEditor id={id} onDone={close} />}
      {open === 'move' && contact && <MoveDialog contacts={[contact]} onDone={close} />}
      {open === 'remove' && contact && (
        <DeleteDialog
          ids={[id]}
          name={displayName(contact)}
          personal={contact.kind === 'personal'}
          onCancel={close}
          onDone={() => {
            close();
            onGone();
          }}
        />
      )}
    </>
  );
}
