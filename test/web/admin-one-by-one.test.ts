import { expect, test } from 'vitest';
import { afterAll } from '../../web/src/admin/one-by-one.ts';

const refusal = (code: number) => Object.assign(new Error('refused'), { code, retryAfter: 0 });

test('each is done after the one before, and it is told how many are done', async () => {
  const told: number[] = [];
  let running = 0;
  let most = 0;
  const done: string[] = [];
  const work = async (item: string) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    done.push(item);
    running -= 1;
  };
  await expect(afterAll(['a', 'b', 'c'], work, (n) => told.push(n))).resolves.toEqual([]);
  expect([done, most, told]).toEqual([['a', 'b', 'c'], 1, [1, 2, 3]]);
});

test('what fails is handed back, and the others are done all the same', async () => {
  const failure = refusal(503);
  const work = (item: string) => (item === 'b' ? Promise.reject(failure) : Promise.resolve());
  await expect(afterAll(['a', 'b', 'c'], work, () => {})).resolves.toEqual([{ item: 'b', thrown: failure }]);
});

test('one request too many is repeated a few times, and no other', async () => {
  const calls: string[] = [];
  const work = (item: string) => {
    calls.push(item);
    if (item === 'busy') return Promise.reject(refusal(429));
    if (item === 'once' && calls.filter((call) => call === 'once').length === 1) return Promise.reject(refusal(429));
    return item === 'wrong' ? Promise.reject(refusal(403)) : Promise.resolve();
  };
  const failed = await afterAll(['once', 'busy', 'wrong'], work, () => {});
  expect(failed.map(({ item }) => item)).toEqual(['busy', 'wrong']);
  expect(calls).toEqual(['once', 'once', 'busy', 'busy', 'busy', 'busy', 'wrong']);
});
