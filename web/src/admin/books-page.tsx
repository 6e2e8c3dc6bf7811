// The company books: make, rename and delete them, how many contacts they have, and who may view them.
import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button, IconButton, LinkButton } from '../parts/button.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { DeleteBook, NameBook } from './book-dialogs.tsx';
import type { Right } from './permission-preview.ts';
import { usePreview } from './permissions-page.tsx';
import { inOrder } from './rule-list.ts';
import { useCompanyBooks, usePeople } from './use-people.ts';

type Asked = { readonly what: 'add' } | { readonly what: 'rename' | 'delete'; readonly book: Book };

export function BooksPage() {
  const { admin, common } = useTexts();
  const client = useClient();
  const { loading, books } = useCompanyBooks();
  const people = usePeople();
  const mirror = client.mirror('permissions');
  useMirror(mirror);
  const rules = inOrder(mirror.values());
  const rows = usePreview(people, books, rules, rules);
  const [asked, setAsked] = useState<Asked>();
  const close = () => setAsked(undefined);
  return (
    <Page
      title={admin.pages.books}
      actions={
        <Button kind="primary" icon="add" onClick={() => setAsked({ what: 'add' })}>
          {admin.books.add}
        </Button>
      }
    >
      <p class="lead">{admin.books.lead}</p>
      {loading && <p role="status">{common.loading}</p>}
      {!loading && books.length === 0 && <Empty title={admin.books.none} text={admin.books.noneText} />}
      <ul class="book-cards" aria-label={admin.pages.books}>
        {books.map((book, i) => (
          <BookCard
            key={book.id}
            book={book}
            viewers={viewersOf(rows, i)}
            onRename={() => setAsked({ what: 'rename', book })}
            onDelete={() => setAsked({ what: 'delete', book })}
          />
        ))}
      </ul>
      {asked?.what === 'add' && <NameBook onClose={close} />}
      {asked?.what === 'rename' && <NameBook book={asked.book} onClose={close} />}
      {asked?.what === 'delete' && <DeleteBook book={asked.book} onClose={close} />}
    </Page>
  );
}

interface Viewer {
  readonly extension: string;
  readonly name: string;
  readonly right: Right;
}

/** Who may view the book of this column of the preview, and can log in. */
function viewersOf(rows: ReturnType<typeof usePreview>, column: number): Viewer[] {
  return rows.flatMap(({ user, cells }) => {
    const right = cells[column]?.next.right ?? 'none';
    return user.disabled || right === 'none' ? [] : [{ extension: user.extension, name: user.name, right }];
  });
}

interface BookCardProps {
  readonly book: Book;
  readonly viewers: readonly Viewer[];
  readonly onRename: () => void;
  readonly onDelete: () => void;
}

const NAMED = 100;

function BookCard({ book, viewers, onRename, onDelete }: BookCardProps) {
  const { admin, common } = useTexts();
  const { count } = useFormat();
  const contacts = useClient().mirror(`contacts:${book.id}`);
  useMirror(contacts);
  const [open, setOpen] = useState(false);
  const managers = viewers.filter(({ right }) => right === 'manage').length;
  return (
    <li class="card">
      <div class="card-head">
        <h2>{book.name}</h2>
        <span class="rule-buttons">
          <IconButton icon="edit" label={admin.books.rename(book.name)} onClick={onRename} />
          <IconButton icon="trash" label={admin.books.delete(book.name)} onClick={onDelete} />
        </span>
      </div>
      <p>{contacts.state === 'live' ? admin.books.contacts(contacts.size, count(contacts.size)) : common.loading}</p>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{admin.books.viewers(viewers.length, managers)}</summary>
        <ul class="plain-list">
          {(open ? viewers : []).slice(0, NAMED).map(({ extension, name, right }) => (
            <li key={extension}>
              {extension} {name !== extension && name}{' '}
              {right === 'manage' && <span class="badge">{admin.preview.rights.manage}</span>}
            </li>
          ))}
          {viewers.length > NAMED && <li>{admin.pick.more(viewers.length - NAMED)}</li>}
        </ul>
      </details>
      <div class="buttons">
        <LinkButton href={place(['contacts', book.id])} icon="people" label={admin.books.openOf(book.name)}>
          {admin.books.open}
        </LinkButton>
        <LinkButton href={place(['import', book.id])} icon="upload" label={admin.books.importOf(book.name)}>
          {admin.books.import}
        </LinkButton>
      </div>
    </li>
  );
}
