// One deadline for many questions at once, all of the same length, with one timer for all of them: a timer for each costs more
// than most answers.

export interface Deadline {
  /** Calls `late` when the time is over, unless the returned function was called before. */
  begin(late: () => void): () => void;
}

interface Waiting {
  readonly until: number;
  readonly late: () => void;
}

/** A deadline of `ms`; it does not keep the process alive. */
export function answerDeadline(ms: number): Deadline {
  /** In the order of their ends, because all wait equally long. */
  const waiting = new Set<Waiting>();
  let isArmed = false;

  function arm(within: number): void {
    isArmed = true;
    setTimeout(look, within).unref();
  }

  function look(): void {
    isArmed = false;
    const now = performance.now();
    for (const one of waiting) {
      if (one.until > now) {
        arm(one.until - now);
        return;
      }
      waiting.delete(one);
      one.late();
    }
  }

  return {
    begin: (late) => {
      const one = { until: performance.now() + ms, late };
      waiting.add(one);
      if (!isArmed) arm(ms);
      return () => waiting.delete(one);
    },
  };
}
