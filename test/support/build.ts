// Before all tests: builds the program that the end-to-end tests run, when its sources are newer.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '..', '..');

export default function setup(): void {
  const sources = ['src', 'client', 'web'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      changedAt(join(folder, name)),
    ),
  );
  const newest = Math.max(...sources);
  if (newest <= changedAt(join('dist', 'cli.js'))) return;
  execFileSync('npm', ['run', 'build'], { cwd: repository, stdio: ['ignore', 2, 2] });
}

/** Milliseconds since 1970; 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(join(repository, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
