// Many requests of the same kind, one after the other, so that they stay below what the server takes in a second.

interface Failed<T> {
  readonly item: T;
  readonly thrown: unknown;
}

/** Times that one request is repeated when it was one too many. */
const REPEATS = 3;

/** Does `work` with each, and tells how many are done. What fails is handed back, and the others are done all the same. */
export async function afterAll<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  tell: (done: number) => void,
): Promise<Failed<T>[]> {
  const failed: Failed<T>[] = [];
  for (const [i, item] of items.entries()) {
    const thrown = await patiently(() => work(item));
    if (thrown !== undefined) failed.push({ item, thrown });
    tell(i + 1);
  }
  return failed;
}

/** What it was refused with in the end; undefined when it was done. */
async function patiently(work: () => Promise<unknown>): Promise<unknown> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      await work();
      return undefined;
    } catch (thrown) {
      const { code, retryAfter = 1 } = thrown as { code?: number; retryAfter?: number };
      if (code !== 429 || repeats >= REPEATS) return thrown;
      await new Promise((go) => setTimeout(go, Math.min(retryAfter, 10) * 1000));
    }
  }
}
