import { expect, it } from 'vitest';
import { Progress, size } from '../../src/cli/progress.ts';

function watched(isTTY: boolean) {
  const io = { text: '', time: 0 };
  const stderr = { isTTY, write: (text: string) => (io.text += text) };
  return { io, progress: new Progress({ stderr, now: () => io.time }, (done) => `${done} done`) };
}

it('what is done within a second is not told of', () => {
  const { io, progress } = watched(true);
  io.time = 999;
  progress.add(5);
  progress.end();
  expect(io.text).toBe('');
});

it('what takes longer is told of four times a second, in one place', () => {
  const { io, progress } = watched(true);
  for (io.time = 900; io.time <= 1_500; io.time += 100) progress.add(1);
  progress.end();
  expect(io.text).toBe('\r\x1b[K2 done\r\x1b[K5 done\r\x1b[K');
});

it('where no terminal is, nothing is told', () => {
  const { io, progress } = watched(false);
  io.time = 60_000;
  progress.add(1);
  progress.end();
  expect(io.text).toBe('');
});

it('sizes read well', () => {
  expect([0, 999, 1_000, 999_499, 1_000_000, 123_456_789].map(size)).toEqual([
    '0 bytes',
    '999 bytes',
    '1 kB',
    '999 kB',
    '1.0 MB',
    '123.5 MB',
  ]);
});
