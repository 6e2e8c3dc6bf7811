// Which rows of a long list are in sight, and how high they stand. Browsers cannot scroll beyond some 17 million pixels: a longer
// list is squeezed into that, and its rows are placed from where the scroll bar stands. Pure.

/** A list as it stands in its box; lengths in pixels. */
export interface ListBox {
  readonly count: number;
  readonly rowHeight: number;
  readonly boxHeight: number;
  readonly scrollTop: number;
}

export interface RowWindow {
  /** First row drawn, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** Where the first row stands, from the top of the whole. */
  readonly top: number;
  /** Of the whole. */
  readonly height: number;
}

const TALLEST = 8_000_000;
/** Rows drawn above and below those in sight. */
const SPARE = 6;

export function windowOf({ count, rowHeight, boxHeight, scrollTop }: ListBox): RowWindow {
  const height = Math.min(count * rowHeight, TALLEST);
  const at = Math.max(0, Math.min(scrollTop, height - boxHeight));
  const real = at * stretch({ count, rowHeight, boxHeight });
  const from = Math.max(0, Math.floor(real / rowHeight) - SPARE);
  const to = Math.min(count, Math.ceil((real + boxHeight) / rowHeight) + SPARE);
  return { from, to, top: at - (real - from * rowHeight), height };
}

/** Where the scroll bar has to stand for a row to be in sight whole: where it is, if it is. */
export function scrollTo(box: ListBox, index: number): number {
  const real = box.scrollTop * stretch(box);
  const [top, bottom] = [index * box.rowHeight, (index + 1) * box.rowHeight];
  if (top < real) return top / stretch(box);
  if (bottom > real + box.boxHeight) return (bottom - box.boxHeight) / stretch(box);
  return box.scrollTop;
}

function stretch({ count, rowHeight, boxHeight }: Omit<ListBox, 'scrollTop'>): number {
  const whole = count * rowHeight;
  return whole <= TALLEST ? 1 : (whole - boxHeight) / (TALLEST - boxHeight);
}
