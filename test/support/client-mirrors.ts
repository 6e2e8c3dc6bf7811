// A client's copies of its collections, folded from sync.change and sync.gone by rules S1 to S3 of docs/protocol.md.
// What breaks a rule is collected, so that every suite notices it.

export interface Item {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface Mirror {
  readonly items: Map<string, Item>;
  /** Undefined while a snapshot is on its way. */
  cursor?: string | undefined;
  gone?: string;
}

export class Mirrors {
  readonly byName = new Map<string, Mirror>();
  readonly violations: string[] = [];
  #asked: ReadonlySet<string> = new Set();

  /** To be told before `sync.open` is sent: what is not held by a cursor begins anew. */
  ask(collections: readonly string[], cursors: Readonly<Record<string, string>>): void {
    this.#asked = new Set(collections);
    for (const name of this.byName.keys()) if (cursors[name] === undefined) this.byName.delete(name);
    for (const [name, cursor] of Object.entries(cursors)) {
      const mirror: Mirror = this.byName.get(name) ?? { items: new Map() };
      mirror.cursor = cursor;
      this.byName.set(name, mirror);
    }
  }

  cursors(): Record<string, string> {
    const held = [...this.byName].flatMap(([name, { cursor }]) =>
      cursor === undefined ? [] : [[name, cursor] as const],
    );
    return Object.fromEntries(held);
  }

  change(params: Record<string, unknown>): void {
    const { collection, reset, more, put, remove, cursor } = params;
    if (typeof collection !== 'string') {
      this.#broken('a change without a collection', params);
      return;
    }
    if (!this.#isAsked(collection)) this.#broken('a change of a collection that was not asked for', params);
    const items = itemsOf(put);
    const removed = idsOf(remove);
    if (!items || !removed) {
      this.#broken('put or remove is no list of items or ids', params);
      return;
    }
    const ids = [...items.map(({ id }) => id), ...removed];
    if (new Set(ids).size !== ids.length) this.#broken('one item twice in one change (S2)', params);
    if (more === true ? cursor !== undefined : typeof cursor !== 'string') {
      this.#broken('the cursor belongs on the last page and nowhere else (S1)', params);
    }
    const held = this.byName.get(collection);
    if (reset !== true && (!held || held.gone !== undefined)) this.#broken('the first page has no reset (S1)', params);
    const mirror: Mirror = reset === true || !held ? { items: new Map() } : held;
    for (const item of items) mirror.items.set(item.id, item);
    for (const id of removed) mirror.items.delete(id);
    mirror.cursor = typeof cursor === 'string' ? cursor : undefined;
    this.byName.set(collection, mirror);
  }

  gone(params: Record<string, unknown>): void {
    const { collection, why } = params;
    if (typeof collection !== 'string' || (why !== 'no_permission' && why !== 'deleted')) {
      this.#broken('a wrong sync.gone', params);
      return;
    }
    if (!this.#isAsked(collection)) this.#broken('sync.gone of a collection that was not asked for', params);
    this.byName.set(collection, { items: new Map(), gone: why });
  }

  /** The copies of another client, to go on with after a reconnect. */
  adopt(other: Mirrors): void {
    for (const [name, mirror] of other.byName) this.byName.set(name, { ...mirror, items: new Map(mirror.items) });
  }

  #isAsked(collection: string): boolean {
    return this.#asked.has(collection) || (collection.startsWith('contacts:') && this.#asked.has('contacts'));
  }

  #broken(what: string, params: Record<string, unknown>): void {
    this.violations.push(`${what}: ${JSON.stringify(params).slice(0, 300)}`);
  }
}

function itemsOf(put: unknown): Item[] | undefined {
  if (!Array.isArray(put)) return undefined;
  return put.every((item) => typeof (item as Partial<Item> | null)?.id === 'string') ? (put as Item[]) : undefined;
}

function idsOf(remove: unknown): string[] | undefined {
  return Array.isArray(remove) && remove.every((id) => typeof id === 'string') ? (remove as string[]) : undefined;
}
