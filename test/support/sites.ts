// Two sites over one store: paris, whose extensions have 3 in front everywhere outside of its PBX, and berlin, whose have nothing.
import { SiteNumbers } from '../../src/service/site-numbers.ts';
import type { Store, Write } from '../../src/service/store.ts';
import { MemoryStore } from './memory-store.ts';

/** The row of an extension; `site` absent: of a time without names. */
export function extensionWrite(id: string, site?: string, name = id): Write {
  const mark = site === undefined ? {} : { site };
  const item = { id, number: id, name, groups: [], ...mark };
  return { table: 'extensions', id, value: { item, ...mark, said: name === id ? {} : { name } } };
}

export function parisAndBerlin(store: MemoryStore = new MemoryStore()) {
  store.note([
    ...['31001', '31002'].map((id) => extensionWrite(id, 'paris')),
    ...['1002', '2001'].map((id) => extensionWrite(id, 'berlin')),
  ]);
  return { store, paris: numbersOf(store, 'paris', '3'), berlin: numbersOf(store, 'berlin', '') };
}

export function numbersOf(store: Pick<Store, 'get'>, name: string, prefix: string): SiteNumbers {
  return new SiteNumbers(store, { name, prefix });
}
