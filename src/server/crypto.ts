// The crypto port on node:crypto. Knows nothing of users.
import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Crypto } from '../service/crypto.ts';

const KEY_BYTES = 32;

export const nodeCrypto: Crypto = {
  scrypt: (password, salt, { n, r, p }) =>
    new Promise((resolve, reject) => {
      const options = { N: n, r, p, maxmem: 128 * r * (n + p + 2) + 65_536 };
      scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
    }),
  sha256: (text) => hash('sha256', text, 'base64url'),
  random: (bytes) => randomBytes(bytes),
  same: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
