// A map for a hundred thousand entries and more: kept in parts, because one large map stops everything for some 50 ms whenever it
// grows. Knows nothing of what it holds.

const PARTS = 128;
const LOOKED_AT = 64;

export class WideMap<V> {
  readonly #parts = Array.from({ length: PARTS }, () => new Map<string, V>());

  get(key: string): V | undefined {
    return this.#part(key).get(key);
  }

  has(key: string): boolean {
    return this.#part(key).has(key);
  }

  set(key: string, value: V): void {
    this.#part(key).set(key, value);
  }

  delete(key: string): void {
    this.#part(key).delete(key);
  }

  clear(): void {
    for (const part of this.#parts) part.clear();
  }

  /** In no order that means anything. */
  *values(): Generator<V> {
    for (const part of this.#parts) yield* part.values();
  }

  #part(key: string): Map<string, V> {
    let hash = 0;
    for (let at = Math.min(key.length, LOOKED_AT) - 1; at >= 0; at -= 1) hash = (hash * 31 + key.charCodeAt(at)) | 0;
    return this.#parts[(hash ^ (hash >>> 16)) & (PARTS - 1)] as Map<string, V>;
  }
}
