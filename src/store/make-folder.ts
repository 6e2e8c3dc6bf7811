// Makes a folder and those above it, one by one: the recursive way of node never ends where the system says of a folder
// that exists that it does not, as /proc does.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** The topmost folder that was made (0700), or undefined when it was there. Throws an error with a system code. */
export function makeFolder(folder: string): string | undefined {
  const path = resolve(folder);
  if (existsSync(path)) return undefined;
  const above = makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
  return above ?? path;
}
