// What the child processes run is compiled as the daemon is: run from source by a loader, it would be measured with the
// loader's own wrapping of every function.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');
let folder: string | undefined;

/** The compiled script of `bench/processes`; the first call compiles all of them, for as long as this process lives. */
export function built(script: string): string {
  folder ??= build();
  const path = join(folder, 'bench', 'processes', `${script}.js`);
  if (!existsSync(path)) throw new Error(`${script} could not be compiled: npm run types says why`);
  return path;
}

function build(): string {
  mkdirSync(join(root, '.cache'), { recursive: true });
  // Below the project, so that its packages are found.
  const made = mkdtempSync(join(root, '.cache', 'bench-'));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  try {
    const args = ['-p', join(root, 'bench'), '--outDir', made];
    execFileSync(join(root, 'node_modules', '.bin', 'tsc'), args, { stdio: 'ignore' });
  } catch {
    // mistakes in types do not keep the compiler from writing
  }
  return made;
}
