// The contacts of one address book, or of all that the user sees.
import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { Button, LinkButton } from '../parts/button.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { Split } from '../parts/split.tsx';
import { go, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { bookName } from './books.ts';
import { CompanyOff } from './company-off.tsx';
import { ContactDetailsPane } from './contact-details-pane.tsx';
import { ContactEditor } from './contact-editor.tsx';
import { ContactList } from './contact-list.tsx';
import { ExportMenu } from './export-menu.tsx';
import { NOTHING, type Selection } from './selection.ts';

/** `book`: `all`, or the id of a book. `chosen`: the id of a contact. */
export function ContactsPage({ book: scope, chosen }: { book: string; chosen: string | undefined }) {
  const texts = useTexts();
  const { contacts: text } = texts;
  const { features } = useSession();
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const book = mirror.get(scope);
  const off = features.contacts !== true ? features.contacts : 'off' in features.company ? features.company : undefined;
  if (features.contacts !== true) return <CompanyOff off={features.contacts} title={texts.common.nav.contacts} />;
  if (scope !== 'all' && !book) {
    if (mirror.state === 'loading') return <p class="waiting">{texts.common.loading}</p>;
    if (off) return <CompanyOff off={off} title={text.off.title} />;
    return (
      <Page title={text.bookGone.title}>
        <Empty title={text.bookGone.title} text={text.bookGone.text} />
      </Page>
    );
  }
  return <BookPage key={scope} scope={scope} book={book} chosen={chosen} />;
}

function BookPage({ scope, book, chosen }: { scope: string; book: Book | undefined; chosen: string | undefined }) {
  const texts = useTexts();
  const { contacts: text } = texts;
  const [adding, setAdding] = useState(false);
  /** Undefined: nothing is being selected. */
  const [selection, setSelection] = useState<Selection>();
  const manages = book?.rights.manage ?? true; // of all books one's own is always there
  const title =
    book === undefined ? text.title.all : book.kind === 'personal' ? text.title.personal : bookName(texts, book);
  const actions = (
    <>
      {manages && (
        <Button
          icon="check"
          pressed={selection !== undefined}
          onClick={() => setSelection(selection ? undefined : NOTHING)}
        >
          {selection ? text.selectDone : text.select}
        </Button>
      )}
      {book && manages && (
        <LinkButton icon="upload" href={place(['import', scope])}>
          {text.import}
        </LinkButton>
      )}
      {book && <ExportMenu book={book} />}
      {manages && (
        <Button kind="primary" icon="add" onClick={() => setAdding(true)}>
          {text.add}
        </Button>
      )}
    </>
  );
  const close = () => go(place(['contacts', scope]));
  return (
    <Page title={title} actions={actions} filled>
      <Split
        label={texts.common.details}
        chosen={chosen}
        details={chosen && <ContactDetailsPane key={chosen} id={chosen} onGone={close} />}
        onClose={close}
      >
        {!manages && <p class="hint list-hint">{text.viewOnly}</p>}
        <ContactList
          scope={scope}
          chosen={chosen}
          selection={selection}
          onSelect={setSelection}
          onAdd={manages ? () => setAdding(true) : undefined}
        />
      </Split>
      {adding && (
        <ContactEditor
          book={book?.id ?? 'personal'}
          onDone={(contact) => {
            setAdding(false);
            if (contact) go(place(['contacts', book && contact.book !== scope ? contact.book : scope, contact.id]));
          }}
        />
      )}
    </Page>
  );
}
