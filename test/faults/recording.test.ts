// What a disk may have kept when the power went: everything before its last flush, and of the rest anything.
import { expect, it } from 'vitest';
import { type Dice, diceOf } from './dice.ts';
import { cutPower, flushed, readRecording, written } from './recording.ts';

const SECTOR = 512;
const block = (letter: string, sectors = 1): Buffer => Buffer.alloc(SECTOR * sectors, letter);
/** The first letter of each sector after a power cut. */
function kept(log: readonly Buffer[], dice: Dice): string {
  const image = Buffer.alloc(SECTOR * 4, '.');
  cutPower(image, readRecording(Buffer.concat(log)), dice);
  return [0, 1, 2, 3].map((sector) => image.toString('latin1', sector * SECTOR, sector * SECTOR + 1)).join('');
}

const log = [
  written(0, block('a')),
  written(SECTOR, block('b')),
  flushed(),
  written(0, block('c')),
  written(SECTOR * 2, block('d', 2)),
];

it('what was flushed is there, what came later may be there, in part or in another order', () => {
  const states = new Set(Array.from({ length: 200 }, (_, seed) => kept(log, diceOf(seed))));
  expect([...states].sort()).toEqual(['ab..', 'abd.', 'abdd', 'cb..', 'cbd.', 'cbdd']);
});

it('a write that was cut off in the record was not finished', () => {
  const whole = Buffer.concat(log);
  const { durable, loose, flushes } = readRecording(whole.subarray(0, whole.length - 1));
  expect([durable.length, loose.length, flushes]).toEqual([2, 1, 1]);
});

it('without a flush nothing need be there', () => {
  const states = new Set(Array.from({ length: 50 }, (_, seed) => kept(log.slice(0, 1), diceOf(seed))));
  expect([...states].sort()).toEqual(['....', 'a...']);
});
