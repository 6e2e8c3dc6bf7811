// Before all tests: builds the program that the end-to-end tests run, when its sources are newer.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '..', '..');

export default function setup(): void {
  const sources = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => changedAt(join('src', name))));
  if (newest <= changedAt(join('dist', 'cli.js'))) return;
  execFileSync('npm', ['run', 'build'], { cwd: repository, stdio: ['ignore', 2, 2] });
}

/** Milliseconds since 1970; 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(join(repository, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
