// Which element shows which row of a long list. A row keeps its element as long as it is drawn; one that comes takes the element
// of one that has gone, which is far cheaper than making a new one. Pure.

export class RowSlots {
  #slots: ReadonlyMap<string, number> = new Map();

  /** The numbers of the elements for rows with these keys, in their order. */
  assign(keys: readonly string[]): readonly number[] {
    const kept = new Set<number>();
    for (const key of keys) {
      const slot = this.#slots.get(key);
      if (slot !== undefined) kept.add(slot);
    }
    const next = new Map<string, number>();
    let free = 0;
    const slots = keys.map((key) => {
      let slot = next.has(key) ? undefined : this.#slots.get(key);
      if (slot === undefined) {
        while (kept.has(free)) free++;
        slot = free++;
      }
      next.set(key, slot);
      return slot;
    });
    this.#slots = next;
    return slots;
  }
}
