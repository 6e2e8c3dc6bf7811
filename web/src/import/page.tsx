// Import and export of one address book: choosing it, the import step by step, the export, and the imports of the past.
import { useEffect, useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import { bookName, sortBooks } from '../contacts/books.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { go, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import '../parts/choices.css';
import { ExportPanel } from './export-panel.tsx';
import './import.css';
import { ImportSteps } from './import-steps.tsx';
import { PastImports } from './past-imports.tsx';
import { useImport } from './use-import.ts';

/** `book`: the id of a book that the user sees; any other is the personal one. */
export function ImportPage({ book: wanted }: { book: string | undefined }) {
  const texts = useTexts();
  const { transfer, common } = texts;
  const mirror = useClient().mirror('books');
  useMirror(mirror);
  const books = sortBooks([...mirror.values()]);
  const book = books.find(({ id }) => id === wanted) ?? books[0];
  const missing = wanted !== undefined && mirror.state === 'live' && !mirror.has(wanted);
  return (
    <Page title={transfer.title}>
      {missing && <Notice kind="warning">{transfer.bookGone}</Notice>}
      {!book && (mirror.state === 'live' ? <Notice kind="info">{transfer.noBooks}</Notice> : <p>{common.loading}</p>)}
      {book && (
        <>
          <BookChoice books={books} book={book} />
          <OneBook key={book.id} book={book} books={books} />
        </>
      )}
    </Page>
  );
}

/** Books that may only be viewed can be exported, and say why not more. */
function BookChoice({ books, book }: { books: readonly Book[]; book: Book }) {
  const texts = useTexts();
  const { transfer } = texts;
  const { features } = useSession();
  const noCompany = typeof features.company === 'object' && 'off' in features.company;
  return (
    <div class="transfer-book">
      <Select
        label={transfer.book}
        value={book.id}
        onChange={(id) => go(place(['import', id]))}
        options={books.map((one) => ({
          value: one.id,
          text: one.rights.manage ? bookName(texts, one) : transfer.viewOnlyBook(bookName(texts, one)),
        }))}
        hint={noCompany ? transfer.noCompany : undefined}
      />
    </div>
  );
}

function OneBook({ book, books }: { book: Book; books: readonly Book[] }) {
  const { transfer } = useTexts();
  const importing = useImport(book.id);
  const [stored, setStored] = useState(0);
  const { step } = importing.flow;
  useEffect(() => {
    if (step === 'done') setStored((n) => n + 1);
  }, [step]);
  return (
    <>
      {book.rights.manage ? (
        <ImportSteps book={book} importing={importing} onUndone={() => setStored((n) => n + 1)} />
      ) : (
        <Notice kind="info">{transfer.viewOnly}</Notice>
      )}
      <ExportPanel book={book} />
      <PastImports books={books} version={stored} />
    </>
  );
}
