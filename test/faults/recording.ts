// What a recording device wrote down: the form of its log, and the states that a power cut may leave a disk in. A disk with a
// cache of its own keeps what was written before the last flush, and of what came after whatever it likes. Knows no files.
import type { Dice } from './dice.ts';

/** Bytes before the data of a write: its offset and its length. A flush is a record of length 0. */
const HEAD = 12;
const SECTOR = 512;

export function written(offset: number, data: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeDoubleLE(offset, 0);
  head.writeUInt32LE(data.length, 8);
  return Buffer.concat([head, data]);
}

export function flushed(): Buffer {
  return Buffer.alloc(HEAD);
}

interface Written {
  readonly offset: number;
  readonly data: Buffer;
}

interface Recording {
  readonly flushes: number;
  /** What the disk must have, oldest first. */
  readonly durable: readonly Written[];
  /** What it may have. */
  readonly loose: readonly Written[];
}

/** The record of a log; a broken end is a write that was not finished. */
export function readRecording(log: Buffer): Recording {
  const all: Written[] = [];
  let durable = 0;
  let flushes = 0;
  for (let at = 0; at + HEAD <= log.length; ) {
    const length = log.readUInt32LE(at + 8);
    if (at + HEAD + length > log.length) break;
    if (length === 0) {
      durable = all.length;
      flushes += 1;
    } else all.push({ offset: log.readDoubleLE(at), data: log.subarray(at + HEAD, at + HEAD + length) });
    at += HEAD + length;
  }
  return { flushes, durable: all.slice(0, durable), loose: all.slice(durable) };
}

/**
 * Makes `image`, as it was when the recording began, what it is after a power cut: with all that is durable, and of the rest
 * nothing, everything, or each write by chance, one of them perhaps in part.
 */
export function cutPower(image: Buffer, { durable, loose }: Recording, dice: Dice): void {
  for (const { offset, data } of durable) data.copy(image, offset);
  const share = dice.pick([0, 0.5, 0.9, 1]);
  const torn = dice.below(2) === 0 ? dice.below(loose.length + 1) : -1;
  for (const [index, { offset, data }] of loose.entries()) {
    if (index === torn) data.copy(image, offset, 0, SECTOR * dice.below(data.length / SECTOR));
    else if (dice.chance(share)) data.copy(image, offset);
  }
}
