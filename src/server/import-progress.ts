// The progress of a long work as a sequence of news: no more of it than somebody wants to read, and a sign of life when there is
// none. The work goes on whether or not anybody listens.
import type { Progress } from '../domain/contact-import.ts';
import type { Clock } from '../service/clock.ts';

export interface NewsLimits {
  /** Shortest time between two news of progress. */
  readonly progressMs: number;
  /** Longest time without any: the last is told again. */
  readonly silenceMs: number;
}

export type News<T> = { readonly progress: Progress } | { readonly result: T };

const NOTHING_YET: Progress = { phase: 'reading', done: 0, total: 0 };

/**
 * Begins the work at once. Its result comes last, or its error is thrown then; whoever stops listening before has heard nothing of either.
 */
export function newsOf<T>(
  work: (progress: (progress: Progress) => void) => Promise<T>,
  { progressMs, silenceMs }: NewsLimits,
  clock: Clock,
): AsyncGenerator<News<T>, void, undefined> {
  let latest = NOTHING_YET;
  let isNew = false;
  let wake: () => void = () => undefined;
  const result = work((progress) => {
    latest = progress;
    isNew = true;
    wake();
  });
  let isDone = false;
  const done = () => {
    isDone = true;
    wake();
  };
  result.then(done, done);

  /** Resolves after `ms`, or before when the work is done, or has news if these are waited for. */
  function wait(ms: number, forNews: boolean): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, () => resolve());
      wake = () => {
        if (!isDone && !forNews) return;
        cancel();
        resolve();
      };
      if (isDone || (forNews && isNew)) wake();
    });
  }

  async function* news(): AsyncGenerator<News<T>, void, undefined> {
    while (!isDone) {
      await wait(silenceMs, true);
      if (isDone) break;
      isNew = false;
      yield { progress: latest };
      await wait(progressMs, false);
    }
    yield { result: await result };
  }
  return news();
}
