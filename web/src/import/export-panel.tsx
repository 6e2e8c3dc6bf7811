// The export of a book, in both formats.
import type { Book } from '../../../client/types.ts';
import { Button } from '../parts/button.tsx';
import { useTexts } from '../texts/texts.ts';
import { useExport } from './use-export.ts';

export function ExportPanel({ book }: { book: Book }) {
  const { transfer } = useTexts();
  const { busy, run } = useExport(book);
  return (
    <section class="export" aria-labelledby="export-title">
      <h2 id="export-title">{transfer.exportTitle}</h2>
      <p>{transfer.exportText}</p>
      <div class="buttons">
        <Button icon="download" busy={busy === 'csv'} onClick={() => run('csv')}>
          {transfer.exportCsv}
        </Button>
        <Button icon="download" busy={busy === 'vcf'} onClick={() => run('vcf')}>
          {transfer.exportVcf}
        </Button>
      </div>
    </section>
  );
}
