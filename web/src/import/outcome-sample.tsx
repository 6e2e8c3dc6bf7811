// What would become of the first rows, each by its name.
import type { ImportReport } from '../../../src/domain/contact-import.ts';
import { VirtualTable } from '../parts/virtual-table.tsx';
import { useTexts } from '../texts/texts.ts';

export function OutcomeSample({ report }: { report: ImportReport }) {
  const { transfer } = useTexts();
  const { preview } = report;
  if (preview.length === 0) return null;
  const columns = [
    { key: 'row', head: transfer.row, width: 4.5 },
    { key: 'name', head: transfer.contact, width: 12 },
    { key: 'outcome', head: transfer.outcome, width: 9 },
  ];
  return (
    <details class="sample">
      <summary>{transfer.sample(preview.length)}</summary>
      <VirtualTable
        label={transfer.sample(preview.length)}
        columns={columns}
        count={preview.length}
        rowHeight={2.5}
        most={8}
        keyOf={String}
        cell={(index, column) => {
          const one = preview[index];
          if (!one) return null;
          if (column === 0) return String(one.row);
          return column === 1 ? one.name : <span class={`outcome ${one.outcome}`}>{transfer.willBe[one.outcome]}</span>;
        }}
      />
    </details>
  );
}
