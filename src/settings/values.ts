// Settings on their way from file and environment to the schema: a tree of plain values, and where each came from.

/** Where a value or its key stands. */
export interface Place {
  /** `file:line:column`, or the name of a variable. */
  readonly where: string;
  readonly at?: readonly [number, number];
}

export class Values {
  readonly tree: Record<string, unknown> = {};
  readonly #places = new Map<string, Place>();

  /** Puts a value at a path, in the place of what was there. */
  set(path: readonly string[], value: unknown, place: Place): void {
    let group = this.tree;
    for (const key of path.slice(0, -1)) {
      const below = group[key];
      if (typeof below !== 'object' || below === null || Array.isArray(below)) group[key] = {};
      group = group[key] as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last !== undefined) group[last] = value;
    this.mark(path, place);
  }

  mark(path: readonly (string | number)[], place: Place): void {
    this.#places.set(path.join('.'), place);
  }

  /** The place of the value at this path, or of the nearest thing around it. */
  placeOf(path: readonly PropertyKey[]): Place | undefined {
    for (let length = path.length; length > 0; length--) {
      const place = this.#places.get(path.slice(0, length).join('.'));
      if (place) return place;
    }
    return undefined;
  }
}
