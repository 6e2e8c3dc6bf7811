// The floor of a durable commit: 512 bytes are appended to a file, and fdatasync waits until the disk has them.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { answering } from '../support/child.ts';
import { makeFolder } from '../support/folder.ts';
import { type Load, runWriters } from '../support/writers.ts';

const BYTES = Buffer.alloc(512, 'x');
const file = openSync(join(makeFolder('disk'), 'appended'), 'a', 0o600);
process.on('exit', () => closeSync(file));

answering({
  write: (question) =>
    runWriters(question as unknown as Load, () => {
      writeSync(file, BYTES);
      fdatasyncSync(file);
    }),
});
