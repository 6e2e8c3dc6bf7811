// How revisions stand in cursors: the store counts over everybody's changes, and nobody is to read from his own cursors how
// much others write. Each collection of each store has a mask of its own. Pure.

import type { Store } from '../service/store.ts';

export interface Mask {
  /** Always twelve letters and digits; of `undefined` such that stand for no revision. */
  hide(rev: number | undefined): string;
  /** The revision of a text, or null when it stands for none. */
  reveal(text: string): number | null;
}

const HALF = 2 ** 27;
const HALF_LENGTH = 6;
const NONE = 'z'.repeat(2 * HALF_LENGTH);
const SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f];

/** A permutation of all revisions that is keyed with the store's epoch, which no client is told. */
export function revisionMask(epoch: string, collection: string): Mask {
  const text = JSON.stringify([epoch, collection]);
  const keys = SEEDS.map((seed) => mixed(text, seed));
  return {
    hide(rev) {
      if (rev === undefined) return NONE;
      let [left, right] = [Math.floor(rev / HALF), rev % HALF];
      for (const key of keys) [left, right] = [right, left ^ round(right, key)];
      return half(left) + half(right);
    },
    reveal(hidden) {
      if (!/^[0-9a-z]{12}$/.test(hidden)) return null;
      let left = Number.parseInt(hidden.slice(0, HALF_LENGTH), 36);
      let right = Number.parseInt(hidden.slice(HALF_LENGTH), 36);
      if (left >= HALF || right >= HALF) return null;
      for (const key of [...keys].reverse()) [left, right] = [right ^ round(left, key), left];
      const rev = left * HALF + right;
      return Number.isSafeInteger(rev) ? rev : null;
    },
  };
}

function half(value: number): string {
  return value.toString(36).padStart(HALF_LENGTH, '0');
}

function round(value: number, key: number): number {
  let state = Math.imul(value ^ key, 0x7feb352d);
  state = Math.imul(state ^ (state >>> 15), 0x846ca68b);
  return (state ^ (state >>> 16)) & (HALF - 1);
}

function mixed(text: string, seed: number): number {
  let state = seed;
  for (let i = 0; i < text.length; i++) {
    state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
    state ^= state >>> 13;
  }
  return Math.imul(state ^ (state >>> 16), 0x7feb352d) | 0;
}

/** The same for the revisions of a store, which stand in cursors as the other daemons on it know them. */
export function storeMask(store: Pick<Store, 'epoch' | 'lasting' | 'known'>, collection: string): Mask {
  const mask = revisionMask(store.epoch, collection);
  return {
    hide: (rev) => mask.hide(rev === undefined ? undefined : store.lasting(rev)),
    reveal: (text) => {
      const lasting = mask.reveal(text);
      return lasting === null ? null : store.known(lasting);
    },
  };
}
