// The real cryptography, with a scrypt that costs next to nothing and writes down what it was asked for.
import { nodeCrypto } from '../../src/server/crypto.ts';
import type { Crypto, ScryptCost } from '../../src/service/crypto.ts';

export interface CheapCrypto extends Crypto {
  /** The costs asked for, oldest first. */
  readonly asked: ScryptCost[];
  /** Runs under way at this moment, and the most there were at once. */
  readonly load: { now: number; most: number };
}

export function cheapCrypto(): CheapCrypto {
  const asked: ScryptCost[] = [];
  const load = { now: 0, most: 0 };
  return {
    ...nodeCrypto,
    asked,
    load,
    async scrypt(password, salt, cost) {
      asked.push(cost);
      load.now += 1;
      load.most = Math.max(load.most, load.now);
      try {
        return await nodeCrypto.scrypt(password, salt, { n: 2, r: 1, p: 1 });
      } finally {
        load.now -= 1;
      }
    },
  };
}
