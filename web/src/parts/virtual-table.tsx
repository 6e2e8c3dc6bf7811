// A table of any size of which only the rows and columns in sight are drawn; heading row and first column stay where they are.
// Knows nothing of what is in its cells.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { oncePerFrame } from '../hooks/frame.ts';
import { memo } from './memo.ts';
import { type TableWindow, tableWindow } from './table-window.ts';
import './virtual-table.css';

export interface Column {
  readonly key: string;
  readonly head: ComponentChildren;
  /** In rem. */
  readonly width: number;
}

interface VirtualTableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly count: number;
  /** The first column names the row. */
  readonly cell: (row: number, column: number) => ComponentChildren;
  readonly keyOf: (row: number) => string;
  /** In rem. */
  readonly rowHeight?: number;
  /** Rows that are shown at most before it scrolls. */
  readonly most?: number;
}

export function VirtualTable({ rowHeight = 2.75, most = 12, ...props }: VirtualTableProps) {
  const { label, columns, count, cell, keyOf } = props;
  const box = useRef<HTMLDivElement>(null);
  const { seen, row } = useSeen(box, columns, count, rowHeight);
  const { first, last, from, to } = seen;
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  return (
    <section
      class="vt"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
      tabIndex={0}
      aria-label={label}
      style={{ maxHeight: `${(most + 1.5) * rowHeight}rem` }}
    >
      <table
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length}
        style={{ width: `${width}rem` }}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: `${column.width}rem` }} />
          ))}
        </colgroup>
        <thead>
          <Row index={-1} height={0} from={from} to={to} columns={columns} cell={(_, i) => columns[i]?.head} />
        </thead>
        <tbody>
          <Space height={first * row} columns={columns.length} />
          {indexes.map((index) => (
            <Row key={keyOf(index)} index={index} height={row} from={from} to={to} columns={columns} cell={cell} />
          ))}
          <Space height={(count - Math.max(last, first)) * row} columns={columns.length} />
        </tbody>
      </table>
    </section>
  );
}

interface RowProps extends Pick<TableWindow, 'from' | 'to'> {
  /** −1: the headings. */
  readonly index: number;
  /** Pixels; 0: as high as it gets. */
  readonly height: number;
  readonly columns: readonly Column[];
  readonly cell: (row: number, column: number) => ComponentChildren;
}

const Row = memo(({ index, height, from, to, columns, cell }: RowProps) => {
  const head = index < 0;
  return (
    <tr aria-rowindex={index + 2} style={height > 0 ? { height: `${height}px` } : {}}>
      <th scope={head ? 'col' : 'row'} aria-colindex={1}>
        {cell(index, 0)}
      </th>
      <Gap columns={from - 1} />
      {columns.slice(from, to).map(({ key }, i) =>
        head ? (
          <th key={key} scope="col" aria-colindex={from + i + 1}>
            {cell(index, from + i)}
          </th>
        ) : (
          <td key={key} aria-colindex={from + i + 1}>
            {cell(index, from + i)}
          </td>
        ),
      )}
      <Gap columns={columns.length - to} />
    </tr>
  );
});

/** Stands for the columns out of sight. */
function Gap({ columns }: { columns: number }) {
  return columns > 0 ? <td aria-hidden="true" colSpan={columns} class="vt-space" /> : null;
}

/** Stands for the rows out of sight. */
function Space({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true">
      <td colSpan={columns} class="vt-space" style={{ height: `${height}px` }} />
    </tr>
  );
}

/** What of the table is seen, looked at once a frame at most; `row`: how high a row is, in pixels. */
function useSeen(
  box: { readonly current: HTMLElement | null },
  columns: readonly Column[],
  rows: number,
  rowHeight: number,
) {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const row = rowHeight * rem;
  const widths = columns.map(({ width }) => width * rem);
  const [scroll, setScroll] = useState({ top: 0, left: 0, height: 600, width: 1000 });
  const seen = tableWindow({ rows, rowHeight: row, widths, ...scroll });
  const present = useRef({ seen, rows, row, widths });
  present.current = { seen, rows, row, widths };
  const look = useRef(() => {
    const element = box.current;
    if (!element) return;
    const { scrollTop: top, scrollLeft: left, clientHeight: height, clientWidth: width } = element;
    const next = { top, left, height, width };
    const { seen: before, ...table } = present.current;
    const after = tableWindow({ ...table, rowHeight: table.row, ...next });
    if (Object.entries(after).some(([key, value]) => before[key as keyof TableWindow] !== value)) setScroll(next);
  });
  useLayoutEffect(() => look.current());
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const soon = oncePerFrame(() => look.current());
    const sizes = new ResizeObserver(soon.call);
    sizes.observe(element);
    element.addEventListener('scroll', soon.call, { passive: true });
    return () => {
      soon.cancel();
      sizes.disconnect();
      element.removeEventListener('scroll', soon.call);
    };
  }, [box]);
  return { seen, row };
}
