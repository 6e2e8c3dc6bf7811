// The second step: what the file was recognised as, what would become of its rows, and what can be changed about that before
// anything is stored.

import { useState } from 'preact/hooks';
import type { Book } from '../../../client/types.ts';
import type { ImportReport, OnDuplicate } from '../../../src/domain/contact-import.ts';
import { bookName } from '../contacts/books.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useTexts } from '../texts/texts.ts';
import { ColumnMap } from './column-map.tsx';
import { sameTargets } from './columns.ts';
import { DuplicateChoice } from './duplicate-choice.tsx';
import { importFailureText } from './failure.ts';
import { Faults } from './fault-table.tsx';
import { OutcomeSample } from './outcome-sample.tsx';
import { isGuessed, layoutText } from './reason.ts';
import { Counts, FailedRowsButton } from './report-parts.tsx';
import { storedRows } from './report-view.ts';

interface ImportPreviewProps {
  readonly book: Book;
  readonly fileName: string;
  readonly report: ImportReport;
  readonly onDuplicate: OnDuplicate;
  readonly failure?: Error | undefined;
  readonly onChange: (change: { onDuplicate?: OnDuplicate; columns?: readonly (string | null)[] }) => void;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function ImportPreview(props: ImportPreviewProps) {
  const { book, fileName, report, failure, onChange, onConfirm, onCancel } = props;
  const texts = useTexts();
  const { transfer, common } = texts;
  const { count } = useFormat();
  const recognised = report.columns.map(({ target }) => target);
  const [targets, setTargets] = useState<readonly (string | null)[]>(recognised);
  const changed = !sameTargets(targets, recognised);
  const stored = storedRows(report);
  return (
    <div class="preview-step">
      {failure && <Notice kind="error">{importFailureText(texts, failure)}</Notice>}
      <p>
        <strong>{fileName}</strong>: {transfer.recognised(layoutText(texts, report.file.layout), formatOf(report))}
      </p>
      <Counts report={report} />
      {report.failed > 0 && (
        <Notice kind="warning" action={<FailedRowsButton report={report} fileName={fileName} />}>
          {transfer.willFail(report.failed, count(report.failed))}
        </Notice>
      )}
      {stored === 0 && <Notice kind="info">{transfer.nothingToDo}</Notice>}
      <Faults report={report} />
      {report.columns.length > 0 && (
        <ColumnMap
          columns={report.columns}
          targets={targets}
          changed={changed}
          guessed={isGuessed(report.file.layout)}
          onChange={setTargets}
          onCheck={() => onChange({ columns: targets })}
          onReset={() => setTargets(recognised)}
        />
      )}
      <DuplicateChoice value={props.onDuplicate} onChange={(onDuplicate) => onChange({ onDuplicate })} />
      <OutcomeSample report={report} />
      {changed && <p id="check-first">{transfer.checkFirst}</p>}
      <div class="buttons step-buttons">
        <Button onClick={onCancel}>{common.cancel}</Button>
        <Button
          kind="primary"
          disabled={changed || stored === 0}
          describedBy={changed ? 'check-first' : ''}
          onClick={onConfirm}
        >
          {transfer.import(stored, count(stored), bookName(texts, book))}
        </Button>
      </div>
    </div>
  );

  function formatOf({ file }: ImportReport): string {
    const delimiter = file.delimiter === undefined ? '' : (transfer.delimiters[file.delimiter] ?? file.delimiter);
    return [file.encoding, delimiter && transfer.delimitedBy(delimiter)].filter(Boolean).join(', ');
  }
}
