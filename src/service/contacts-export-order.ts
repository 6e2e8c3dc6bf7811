// Sorts a whole book without holding anybody up: short runs first, then merged. Knows only the text by which it sorts.
import type { Breath } from './import-breath.ts';

const RUN = 256;

interface Placed {
  readonly place: string;
}

/** In order of `place`, as code units compare. */
export async function inOrder<T extends Placed>(items: readonly T[], breath: Breath): Promise<T[]> {
  let runs: T[][] = [];
  for (let i = 0; i < items.length; i += RUN) {
    runs.push(items.slice(i, i + RUN).sort((a, b) => (a.place < b.place ? -1 : 1)));
    await breath.pause();
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? [], breath));
    runs = merged;
  }
  return runs[0] ?? [];
}

async function merge<T extends Placed>(left: readonly T[], right: readonly T[], breath: Breath): Promise<T[]> {
  const all: T[] = [];
  let [l, r] = [0, 0];
  for (;;) {
    const [a, b] = [left[l], right[r]];
    const next = a && (!b || a.place < b.place) ? a : b;
    if (!next) return all;
    all.push(next);
    if (next === a) l += 1;
    else r += 1;
    if (breath.isDue) await breath.pause();
  }
}
