import { expect, test } from 'vitest';
import { inBatches, inSlices } from '../../src/pbx/slices.ts';

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('Loops in slices give way, and two of them never work in the same turn but the first', async () => {
  let turn = 0;
  let going = true;
  const tick = () => {
    turn += 1;
    if (going) setImmediate(tick);
  };
  setImmediate(tick);
  const worked: Record<'a' | 'b', Set<number>> = { a: new Set(), b: new Set() };
  const seen: Record<'a' | 'b', number[]> = { a: [], b: [] };
  const items = Array.from({ length: 400 }, (_, i) => i);
  const loop = (name: 'a' | 'b') =>
    inSlices(items, (item) => {
      worked[name].add(turn);
      seen[name].push(item);
      spin(0.1);
    });
  await Promise.all([loop('a'), loop('b')]);
  going = false;
  expect(seen).toEqual({ a: items, b: items });
  expect(worked.a.size).toBeGreaterThan(3);
  expect([...worked.a].filter((at) => at > 0 && worked.b.has(at))).toEqual([]);
});

test('Batches follow one another', async () => {
  const batches: string[] = [];
  let running = 0;
  await inBatches([1, 2, 3, 4, 5], 2, async (batch) => {
    running += 1;
    expect(running).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    batches.push(batch.join());
    running -= 1;
  });
  expect(batches).toEqual(['1,2', '3,4', '5']);
});
