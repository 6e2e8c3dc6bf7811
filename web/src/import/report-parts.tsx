// Pieces of a report that stand both before and after an import: its counts, and the file of the rows that failed.

import { useState } from 'preact/hooks';
import type { ImportReport } from '../../../src/domain/contact-import.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { toast } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import { download } from './download.ts';
import { importFailureText } from './failure.ts';
import { failedRowsName, failedRowsType, OUTCOMES } from './report-view.ts';

export function Counts({ report }: { report: ImportReport }) {
  const { transfer } = useTexts();
  const { count } = useFormat();
  const words = report.dryRun ? transfer.willBe : transfer.were;
  return (
    <dl class="counts" aria-label={transfer.counts}>
      <div>
        <dt>{transfer.rows}</dt>
        <dd>{count(report.rows)}</dd>
      </div>
      {OUTCOMES.map((outcome) => (
        <div key={outcome} class={`${outcome} ${report[outcome] === 0 ? 'none' : ''}`}>
          <dt>{words[outcome]}</dt>
          <dd>{count(report[outcome])}</dd>
        </div>
      ))}
    </dl>
  );
}

export function FailedRowsButton({ report, fileName }: { report: ImportReport; fileName: string }) {
  const texts = useTexts();
  const { transfer } = texts;
  const [busy, setBusy] = useState(false);
  const type = failedRowsType(report);
  const save = async () => {
    setBusy(true);
    try {
      const name = failedRowsName(fileName, type, transfer.failedSuffix);
      await download(`/api/imports/${encodeURIComponent(report.id)}/errors.${type}`, name, { ownName: true });
      toast(transfer.saved(name));
    } catch (thrown) {
      toast(importFailureText(texts, thrown), { kind: 'error' });
    }
    setBusy(false);
  };
  return (
    <Button icon="download" busy={busy} onClick={save}>
      {transfer.failedRows}
    </Button>
  );
}
