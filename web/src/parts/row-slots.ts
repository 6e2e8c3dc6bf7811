// Which element shows which row of a long list. A row keeps its element as long as it is drawn. After a leap to another part of
// the list rows take the elements of rows that have gone, which is far cheaper than making new ones; but never so that an
// element would have to move among the others: that costs more, and what has the focus would lose it. Pure.

export class RowSlots {
  /** As they stand in the page. */
  #keys: readonly string[] = [];
  #slots: readonly number[] = [];
  #made = 0;

  /** The numbers of the elements for rows with these keys, in their order. */
  assign(keys: readonly string[]): readonly number[] {
    const places = this.#stay(keys);
    const slots: number[] = [];
    let next = 0; // from here on elements may be taken
    for (const [i, place] of places.entries()) {
      if (place !== undefined) {
        slots.push(this.#slots[place] ?? this.#made++);
        next = place + 1;
        continue;
      }
      const end = places.find((other, j) => j > i && other !== undefined) ?? this.#slots.length;
      slots.push((next < end ? this.#slots[next++] : undefined) ?? this.#made++);
    }
    this.#keys = keys;
    this.#slots = slots;
    return slots;
  }

  /** Where rows stand that were drawn before; undefined for those that come. */
  #stay(keys: readonly string[]): (number | undefined)[] {
    const before = new Map(this.#keys.map((key, place) => [key, place]));
    return keys.map((key) => {
      const place = before.get(key);
      before.delete(key); // a key that comes twice is another row the second time
      return place;
    });
  }
}
