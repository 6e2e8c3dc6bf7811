// Times in which nobody watched the calls, as a short list: in order and apart from each other. Pure.

/** Milliseconds since 1970. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  /** Whether the PBX's records of this time were read: not yet, at least once, or they could not be. */
  readonly records: 'waiting' | 'read' | 'unread';
}

/** So many are kept and told. */
const MOST_GAPS = 20;
/** Anything shorter is the time that it takes to look. */
const SHORTEST_MS = 100;
/** Two gaps that are nearer to each other are told as one. */
const NEAR_MS = 1_000;

/** The list with one more, those that touch as one; when there are too many, those that are nearest to each other become one. */
export function addGap(gaps: readonly Gap[], gap: Gap): Gap[] {
  if (gap.until - gap.from < SHORTEST_MS) return [...gaps];
  const list: Gap[] = [];
  for (const one of [...gaps, gap].sort((a, b) => a.from - b.from)) {
    const last = list.at(-1);
    if (last && one.from - last.until < NEAR_MS) list.splice(-1, 1, joined(last, one));
    else list.push(one);
  }
  while (list.length > MOST_GAPS) joinNearest(list);
  return list;
}

function joinNearest(list: Gap[]): void {
  let nearest = 1;
  const distance = (i: number) => (list[i]?.from ?? 0) - (list[i - 1]?.until ?? 0);
  for (let i = 2; i < list.length; i++) if (distance(i) < distance(nearest)) nearest = i;
  const [a, b] = [list[nearest - 1], list[nearest]];
  if (a && b) list.splice(nearest - 1, 2, joined(a, b));
}

function joined(a: Gap, b: Gap): Gap {
  const either = (state: Gap['records']) => a.records === state || b.records === state;
  const records = either('unread') ? 'unread' : either('waiting') ? 'waiting' : 'read';
  return { from: Math.min(a.from, b.from), until: Math.max(a.until, b.until), records };
}
