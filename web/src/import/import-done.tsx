// The last step: what was stored, the rows that failed as a file, and taking the import back.

import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import type { ImportReport } from '../../../src/domain/contact-import.ts';
import { bookName } from '../contacts/books.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button, LinkButton } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { Faults } from './fault-table.tsx';
import { Counts, FailedRowsButton } from './report-parts.tsx';
import { storedRows } from './report-view.ts';
import { UndoImport } from './undo-import.tsx';

interface ImportDoneProps {
  readonly book: Book;
  readonly fileName: string;
  readonly report: ImportReport;
  readonly onUndone: () => void;
  readonly onAgain: () => void;
}

export function ImportDone({ book, fileName, report, onUndone, onAgain }: ImportDoneProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const { count } = useFormat();
  const [undone, setUndone] = useState(false);
  const stored = storedRows(report);
  const name = bookName(texts, book);
  return (
    <div class="import-done">
      {undone ? (
        <Notice kind="info">{transfer.wasUndone}</Notice>
      ) : (
        <div role="status">
          <Notice kind="success">{transfer.success(stored, count(stored), name)}</Notice>
        </div>
      )}
      <Counts report={report} />
      {report.failed > 0 && (
        <Notice kind="warning" action={<FailedRowsButton report={report} fileName={fileName} />}>
          {transfer.didFail(report.failed, count(report.failed))}
        </Notice>
      )}
      <Faults report={report} />
      <div class="buttons">
        {report.undoable && !undone && (
          <UndoImport
            id={report.id}
            label={transfer.undoThis}
            what={name}
            onUndone={() => {
              setUndone(true);
              onUndone();
            }}
          />
        )}
        <Button icon="upload" onClick={onAgain}>
          {transfer.again}
        </Button>
        <LinkButton kind="primary" icon="people" href={place(['contacts', book.id])}>
          {transfer.toContacts}
        </LinkButton>
      </div>
    </div>
  );
}
