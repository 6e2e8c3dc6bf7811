// Long loops in slices, so that no turn of the event loop is held while thousands of hints are read.

const SLICE = 500;

/** Calls `each` for every item, giving way to other work after every 500. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  for (const item of items) {
    each(item);
    done += 1;
    if (done % SLICE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Calls `each` with up to `size` items at a time, the next after it has ended. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  each: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size) await each(items.slice(from, from + size));
}
