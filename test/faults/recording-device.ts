// A process that is a disk which remembers: it serves one file through FUSE, and writes down, in order, what was written to it
// and when it was told to flush. Knows no file system: an image lies in the file it serves, a loop device in front of it.
//
//   node --import tsx recording-device.ts IMAGE LOG AT        serves IMAGE at the file AT, until it is killed
//
// Says `ready` when AT is served. From the moment the file LOG.broken exists, writes and flushes fail with EIO.
// The protocol is that of linux/fuse.h, version 7.31; a mount whose root is a file needs only a few of its requests.
import { spawnSync } from 'node:child_process';
import { constants, existsSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { flushed, written } from './recording.ts';

const [image = '', log = '', at = ''] = process.argv.slice(2);
const MAX_WRITE = 128 * 1024;
const IN_HEAD = 40;
const OUT_HEAD = 16;
const BIG_WRITES = 1 << 5;

const GETATTR = 3;
const SETATTR = 4;
const OPEN = 14;
const READ = 15;
const WRITE = 16;
const RELEASE = 18;
const FSYNC = 20;
const FLUSH = 25;
const INIT = 26;
/** Requests that want no answer: FORGET, INTERRUPT, BATCH_FORGET. */
const SILENT: readonly number[] = [2, 36, 42];
const { EIO, ENOSYS } = { EIO: -5, ENOSYS: -38 };

const disk = openSync(image, 'r+');
const size = fstatSync(disk).size;
const record = openSync(log, 'a');
const nothing = Buffer.alloc(0);

function initialised(): Buffer {
  const out = Buffer.alloc(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(31, 4);
  out.writeUInt32LE(MAX_WRITE, 8);
  out.writeUInt32LE(BIG_WRITES, 12);
  out.writeUInt32LE(MAX_WRITE, 20);
  out.writeUInt32LE(1, 24);
  return out;
}

function attributes(): Buffer {
  const out = Buffer.alloc(104);
  out.writeBigUInt64LE(1n, 0);
  out.writeBigUInt64LE(1n, 16);
  out.writeBigUInt64LE(BigInt(size), 24);
  out.writeBigUInt64LE(BigInt(Math.ceil(size / 512)), 32);
  out.writeUInt32LE(constants.S_IFREG | 0o600, 76);
  out.writeUInt32LE(1, 80);
  out.writeUInt32LE(4096, 96);
  return out;
}

function read(body: Buffer): Buffer {
  const out = Buffer.alloc(body.readUInt32LE(16));
  return out.subarray(0, readSync(disk, out, 0, out.length, Number(body.readBigUInt64LE(8))));
}

/** Remembered first, then done, then answered: what was answered is in the log. */
function write(body: Buffer): Buffer {
  const offset = Number(body.readBigUInt64LE(8));
  const data = body.subarray(40, 40 + body.readUInt32LE(16));
  writeSync(record, written(offset, data));
  writeSync(disk, data, 0, data.length, offset);
  const out = Buffer.alloc(8);
  out.writeUInt32LE(data.length, 0);
  return out;
}

/** What to answer: data, or the number of an error. */
function answer(opcode: number, body: Buffer): Buffer | number {
  if ((opcode === WRITE || opcode === FSYNC) && existsSync(`${log}.broken`)) return EIO;
  if (opcode === WRITE) return write(body);
  if (opcode === READ) return read(body);
  if (opcode === FSYNC) {
    writeSync(record, flushed());
    return nothing;
  }
  if (opcode === GETATTR || opcode === SETATTR) return attributes();
  if (opcode === OPEN) return Buffer.alloc(16);
  if (opcode === FLUSH || opcode === RELEASE) return nothing;
  return opcode === INIT ? initialised() : ENOSYS;
}

function reply(device: number, unique: bigint, what: Buffer | number): void {
  const data = typeof what === 'number' ? nothing : what;
  const head = Buffer.alloc(OUT_HEAD);
  head.writeUInt32LE(OUT_HEAD + data.length, 0);
  head.writeInt32LE(typeof what === 'number' ? what : 0, 4);
  head.writeBigUInt64LE(unique, 8);
  writeSync(device, Buffer.concat([head, data]));
}

/** Answers one request. False when the mount is gone. */
function serve(device: number, buffer: Buffer): boolean {
  let length = 0;
  try {
    length = readSync(device, buffer, 0, buffer.length, null);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENODEV') return false;
    // ENOENT: the request was taken back before it was read.
    if (code === 'EINTR' || code === 'EAGAIN' || code === 'ENOENT') return true;
    throw error;
  }
  const request = buffer.subarray(0, length);
  const opcode = request.readUInt32LE(4);
  const what = answer(opcode, request.subarray(IN_HEAD));
  if (!SILENT.includes(opcode)) reply(device, request.readBigUInt64LE(8), what);
  return true;
}

const device = openSync('/dev/fuse', 'r+');
const options = `fd=3,rootmode=${constants.S_IFREG.toString(8)},user_id=0,group_id=0`;
const mounted = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'recording', at], {
  stdio: ['ignore', 'ignore', 'inherit', device],
});
if (mounted.status !== 0) process.exit(1);
process.stdout.write('ready\n');
const buffer = Buffer.alloc(MAX_WRITE + 8192);
while (serve(device, buffer));
