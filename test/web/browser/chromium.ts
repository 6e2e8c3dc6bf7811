// Where Chromium is: the one that is named, the one of this system, or Debian's in the cache folder, fetched at the first call.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const repository = resolve(import.meta.dirname, '..', '..', '..');

/** The path of the program. Rejects with what is missing on this system. */
export async function findChromium(): Promise<string> {
  const run = promisify(execFile);
  const named = process.env['ROLLCALL_CHROMIUM'];
  if (named) return named;
  const installed = await run('sh', ['-c', 'command -v chromium']).catch(() => ({ stdout: '' }));
  if (installed.stdout.trim() !== '') return installed.stdout.trim();
  const prefix = join(resolve(process.env['ROLLCALL_CACHE'] ?? join(repository, '.cache')), 'chromium');
  await run('bash', [join(import.meta.dirname, 'chromium-up'), prefix]).catch((error: { stderr?: string }) => {
    throw new Error(`Chromium cannot be had for the tests: ${error.stderr?.trim() ?? String(error)}`);
  });
  return join(prefix, 'chromium');
}
