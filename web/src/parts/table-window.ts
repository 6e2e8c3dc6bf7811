// Which rows and columns of a large table are in sight, in steps, so that a little scrolling draws nothing anew. Pure.

/** The table as it stands in its box; lengths in pixels. */
export interface TableBox {
  readonly rows: number;
  readonly rowHeight: number;
  /** Of each column. The first one always stays in sight. */
  readonly widths: readonly number[];
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export interface TableWindow {
  /** Rows drawn: from this one to the one before `last`. */
  readonly first: number;
  readonly last: number;
  /** Columns drawn beside the first one: from this one to the one before `to`. */
  readonly from: number;
  readonly to: number;
}

const STEP = 4;
const SPARE_ROWS = 4;
/** Fewer columns are all drawn. */
const MANY_COLUMNS = 12;
const SPARE_PIXELS = 320;

export function tableWindow({ rows, rowHeight, widths, top, left, height, width }: TableBox): TableWindow {
  const at = Math.floor(Math.max(0, top) / rowHeight / STEP) * STEP;
  const first = Math.max(0, Math.min(at - SPARE_ROWS, rows - 1));
  const last = Math.min(rows, at + Math.ceil(height / rowHeight) + STEP + SPARE_ROWS);
  if (widths.length <= MANY_COLUMNS) return { first, last, from: 1, to: widths.length };
  let from = widths.length;
  let to = 1;
  let edge = widths[0] ?? 0;
  for (let i = 1; i < widths.length; i += 1) {
    const end = edge + (widths[i] ?? 0);
    if (end > left - SPARE_PIXELS && edge < left + width + SPARE_PIXELS) {
      from = Math.min(from, i);
      to = i + 1;
    }
    edge = end;
  }
  return { first, last, from: Math.min(from, to), to };
}
