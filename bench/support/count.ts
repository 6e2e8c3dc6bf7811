// Waiting in a child process until something was counted often enough.
import { clockMicros, type Question } from './child.ts';

/** Answers when the count has been reached, with the time at which that was seen: at most a millisecond late. */
export function untilCount(now: () => number): (question: Question) => Promise<{ at: number }> {
  return async ({ count }) => {
    while (now() < Number(count)) await new Promise((resolve) => setTimeout(resolve, 1));
    return { at: clockMicros() };
  };
}
