// How high a row of a list is: two lines in two columns where there is room, three lines where there is not, and more for fingers.
import { useEffect, useState } from 'preact/hooks';

const NARROW = '(max-width: 45rem)';
/** With details beside the list. */
const CROWDED = '(max-width: 72rem)';
const COARSE = '(pointer: coarse)';

export interface RowSize {
  /** Pixels, for text of the browser's present size. */
  readonly rowHeight: number;
  /** Rows of three lines in one column, instead of two lines in two. */
  readonly tall: boolean;
  /** Of the list: the same as a word. */
  readonly class: string;
}

/** `crowded`: details are shown beside the list. */
export function useRowSize(crowded = false): RowSize {
  const [size, setSize] = useState(() => measure(crowded));
  useEffect(() => {
    const look = () => setSize(measure(crowded));
    const queries = [NARROW, CROWDED, COARSE].map((query) => matchMedia(query));
    for (const query of queries) query.addEventListener('change', look);
    look();
    return () => {
      for (const query of queries) query.removeEventListener('change', look);
    };
  }, [crowded]);
  return size;
}

function measure(crowded: boolean): RowSize {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const tall = matchMedia(NARROW).matches || (crowded && matchMedia(CROWDED).matches);
  const least = matchMedia(COARSE).matches ? 3.5 : 3.25;
  return { rowHeight: Math.round(rem * (tall ? 4.5 : least)), tall, class: tall ? 'tall' : '' };
}
