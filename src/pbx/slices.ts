// Long loops in slices, so that no turn of the event loop is held while thousands of hints are read.

const SLICE_MS = 4;
/** The time is looked at after this many items: some are dear. */
const LOOK = 10;

/** Calls `each` for every item, giving way to other work after some 4 ms. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  let done = 0;
  let end = performance.now() + SLICE_MS;
  for (const item of items) {
    each(item);
    done += 1;
    if (done % LOOK !== 0 || performance.now() < end) continue;
    await ownTurn();
    end = performance.now() + SLICE_MS;
  }
}

let lastTurn: Promise<void> = Promise.resolve();

/** A later turn of the loop that nobody else here was given: slices of several loops do not add up in one turn. */
function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  return lastTurn;
}

/** Calls `each` with up to `size` items at a time, the next after it has ended. */
export async function inBatches<T>(
  items: readonly T[],
  size: number,
  each: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < items.length; from += size) await each(items.slice(from, from + size));
}
