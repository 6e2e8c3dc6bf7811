// What is wrong in the file, and what is worth a look: row, column, value and reason, as many as there are.

import type { ComponentChildren } from 'preact';
import type { CellFault, ImportReport } from '../../../src/domain/contact-import.ts';
import { useFormat } from '../hooks/use-format.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { VirtualTable } from '../parts/virtual-table.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.ts';
import { reasonText } from './reason.ts';

export function Faults({ report }: { report: ImportReport }) {
  const { transfer } = useTexts();
  return (
    <>
      <FaultTable title={transfer.errors} faults={report.errors} more={report.moreErrors} open />
      <FaultTable title={transfer.warnings} faults={report.warnings} more={report.moreWarnings} />
    </>
  );
}

interface FaultTableProps {
  readonly title: string;
  readonly faults: readonly CellFault[];
  readonly more: number;
  readonly open?: boolean;
}

function FaultTable({ title, faults, more, open = false }: FaultTableProps) {
  const texts = useTexts();
  const { transfer } = texts;
  const { count } = useFormat();
  const narrow = useRowSize().class === 'tall';
  if (faults.length === 0) return null;
  const columns = narrow
    ? [
        { key: 'row', head: transfer.row, width: 3.5 },
        { key: 'fault', head: `${transfer.column}, ${transfer.value}, ${transfer.reason}`, width: 13 },
      ]
    : [
        { key: 'row', head: transfer.row, width: 4.5 },
        { key: 'column', head: transfer.column, width: 9 },
        { key: 'value', head: transfer.value, width: 11 },
        { key: 'reason', head: transfer.reason, width: 26 },
      ];
  return (
    <details class="faults" open={open}>
      <summary>
        {title} ({count(faults.length + more)})
      </summary>
      <VirtualTable
        label={title}
        columns={columns}
        count={faults.length}
        rowHeight={narrow ? 7 : 3.5}
        most={narrow ? 4 : 8}
        keyOf={String}
        cell={(index, column) => {
          const fault = faults[index];
          if (!fault) return null;
          const cells = cellsOf(fault, texts);
          return narrow && column === 1 ? <div class="fault">{cells.slice(1)}</div> : cells[column];
        }}
      />
      {more > 0 && <p class="field-hint">{transfer.moreFaults(count(more))}</p>}
    </details>
  );
}

function cellsOf({ row, column, value, reason }: CellFault, texts: Texts): readonly ComponentChildren[] {
  return [
    String(row),
    <Cut key="column" text={column || texts.transfer.wholeRow} />,
    <Cut key="value" text={value} class="cell-value" />,
    <Cut key="reason" text={reasonText(texts, reason)} class="cell-reason" />,
  ];
}

/** A few lines; the whole when one points at it. */
function Cut({ text, class: name = '' }: { text: string; class?: string }) {
  return (
    <span class={`cut ${name}`} title={text}>
      {text}
    </span>
  );
}
