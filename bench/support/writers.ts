// Writers that each commit again as soon as the commit before is durable, for a while: what every kind of store is measured by.
import { median } from './figures.ts';

export interface WritersResult {
  readonly commits: number;
  readonly seconds: number;
  /** Milliseconds of each commit. */
  readonly p50: number;
}

export interface Load {
  readonly writers: number;
  readonly millis: number;
}

/** `write` gets the number of the writer, and resolves when its commit is durable. */
export async function runWriters(
  { writers, millis }: Load,
  write: (writer: number) => void | Promise<void>,
): Promise<WritersResult> {
  const times: number[] = [];
  const begun = performance.now();
  const end = begun + millis;
  const run = async (writer: number): Promise<void> => {
    for (let from = performance.now(); from < end; ) {
      await write(writer);
      const now = performance.now();
      times.push(now - from);
      from = now;
    }
  };
  await Promise.all(Array.from({ length: writers }, (_, i) => run(i)));
  return { commits: times.length, seconds: (performance.now() - begun) / 1000, p50: median(times) };
}

/** Which contact a writer writes next: each has its own, so that no two write one at the same time. */
export function picker(count: number, writers: number, random: () => number): (writer: number) => number {
  const each = Math.floor(count / writers);
  return (writer) => writer * each + Math.floor(random() * each);
}
