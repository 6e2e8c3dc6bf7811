// Which contacts of a list are selected, one by one or from one to another. Pure.

export type Selection = ReadonlySet<string>;

export const NOTHING: Selection = new Set();

export function withOne(selection: Selection, id: string, selected: boolean): Selection {
  const next = new Set(selection);
  if (selected) next.add(id);
  else next.delete(id);
  return next;
}

/** All of a part of the list, both ends included, whichever comes first. */
export function withRange(selection: Selection, ids: readonly string[], from: number, to: number): Selection {
  return new Set([...selection, ...ids.slice(Math.min(from, to), Math.max(from, to) + 1)]);
}

/** What of the selection is still there; the same when all is. */
export function stillThere(selection: Selection, isThere: (id: string) => boolean): Selection {
  const kept = [...selection].filter(isThere);
  return kept.length === selection.size ? selection : new Set(kept);
}
