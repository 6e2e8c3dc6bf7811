import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { Turns } from '../../src/service/turns.ts';
import { rejection } from '../support/log-in-house.ts';

/** Work that ends when it is told to. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

test('work of one key runs one after the other, that of another key beside it', async () => {
  const turns = new Turns();
  const { open, opened } = gate();
  const seen: string[] = [];
  const slow = turns.run('a', async () => {
    await opened;
    seen.push('a1');
  });
  const next = turns.run('a', () => seen.push('a2'));
  await turns.run('b', () => seen.push('b'));
  expect(seen).toEqual(['b']);
  open();
  await Promise.all([slow, next]);
  expect(seen).toEqual(['b', 'a1', 'a2']);
});

test('work that fails tells the one who asked, and the next goes on', async () => {
  const turns = new Turns();
  const failing = turns.run('a', () => {
    throw new Error('broken');
  });
  const next = turns.run('a', () => 'fine');
  expect(await rejection(failing)).toEqual(new Error('broken'));
  expect(await next).toBe('fine');
});

test('at most 256 wait for one key', async () => {
  const turns = new Turns();
  const { open, opened } = gate();
  const accepted = Array.from({ length: 256 }, () => turns.run('a', () => opened));
  const refusal = new Failure('too_many', 'too many changes are waiting', { retryAfter: 1 });
  expect(await rejection(turns.run('a', () => 'late'))).toEqual(refusal);
  expect(await turns.run('b', () => 'elsewhere')).toBe('elsewhere');
  open();
  await Promise.all(accepted);
  expect(await turns.run('a', () => 'again')).toBe('again');
});
