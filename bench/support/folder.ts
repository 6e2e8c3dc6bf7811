// A folder for what a benchmark writes: in the temporary folder of the system, gone when the process ends.
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const IN_MEMORY = 0x01021994;

export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `rollcall-bench-${name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Says so when what is written here never reaches a disk. */
export function printDisk(): void {
  if (statfsSync(tmpdir()).type !== IN_MEMORY) return;
  console.log(`${tmpdir()} is held in memory: set TMPDIR to a folder on a disk, these figures mean nothing`);
}
