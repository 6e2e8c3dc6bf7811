// Deciding again when somebody else was faster: what was read, decided and guarded is done anew after a Stale commit. Knows
// nothing of the work.
import { Failure } from '../domain/failure.ts';
import { Stale } from './store.ts';
import type { Turns } from './turns.ts';

const MOST_ATTEMPTS = 20;

/**
 * Runs `attempt`, which reads, decides and commits with guards. After a Stale one the rest are made in turn with all others
 * that were too late for the same `key`, so that each of many editors gets through. Failure `too_many` when 20 were not enough.
 */
export async function retried<T>(turns: Turns, key: string, attempt: () => Promise<T>): Promise<T> {
  const first = await settle(attempt);
  if (first) return first.value;
  return turns.run(key, async () => {
    for (let n = 1; n < MOST_ATTEMPTS; n++) {
      const outcome = await settle(attempt);
      if (outcome) return outcome.value;
    }
    throw new Failure('too_many', 'too many others change the same thing', { retryAfter: 1 });
  });
}

async function settle<T>(attempt: () => Promise<T>): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await attempt() };
  } catch (error) {
    if (error instanceof Stale) return undefined;
    throw error;
  }
}
