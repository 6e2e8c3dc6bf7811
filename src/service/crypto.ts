// The little cryptography that log-ins need, as a port: the services decide what is hashed, not with which library.

/** Cost of one scrypt run; `n` is a power of two. Memory: 128 · n · r bytes. */
export interface ScryptCost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

export interface Crypto {
  /** 32 bytes from a password. Takes 50 ms or so, off the event loop. */
  scrypt(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array>;
  /** SHA-256 of a text, as base64url. */
  sha256(text: string): string;
  /** Unpredictable bytes. */
  random(bytes: number): Uint8Array;
  /** Compares in a time that depends on the length only. */
  same(a: Uint8Array, b: Uint8Array): boolean;
}
