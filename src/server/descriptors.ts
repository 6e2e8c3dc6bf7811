// How many files and connections this process may have open, so that clients never take those that the store needs.
import { readFileSync } from 'node:fs';

/** The limit on open file descriptors; infinite where the system does not say. */
export function descriptorLimit(limitsFile = '/proc/self/limits'): number {
  let text: string;
  try {
    text = readFileSync(limitsFile, 'utf8');
  } catch {
    // Only Linux has this file; elsewhere accepting simply fails when the limit is reached.
    return Number.POSITIVE_INFINITY;
  }
  const soft = /^Max open files +(\d+)/m.exec(text)?.[1];
  return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
}
