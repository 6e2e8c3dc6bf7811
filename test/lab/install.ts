// Puts a private Asterisk into the cache folder, once for all test files, by the script beside this file.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

export type AsteriskVersion = '22' | '16';

/** Every version that the product is proven on. */
export const labVersions: readonly AsteriskVersion[] = ['22', '16'];

const here = import.meta.dirname;
export const asteriskUp = join(here, 'asterisk-up');
export const repository = resolve(here, '..', '..');

const installing = new Map<AsteriskVersion, Promise<string>>();

/**
 * The prefix folder of an unpacked Asterisk, installed at the first call (some ten seconds and a download of 30 MB).
 * The cache is `.cache/` in the repository, or ROLLCALL_CACHE. Rejects with what is missing on this system.
 */
export function installAsterisk(version: AsteriskVersion): Promise<string> {
  const running = installing.get(version) ?? install(version);
  installing.set(version, running);
  return running;
}

/** The exact version of an installed Asterisk, such as `22.10.1`. */
export async function fullVersion(prefix: string): Promise<string> {
  return (await readFile(join(prefix, '.version'), 'utf8')).trim().replace(/[~+-].*$/, '');
}

function install(version: AsteriskVersion): Promise<string> {
  const prefix = join(resolve(process.env['ROLLCALL_CACHE'] ?? join(repository, '.cache')), `asterisk-${version}`);
  return new Promise((done, fail) => {
    const child = spawn('bash', [asteriskUp, 'install', version, prefix], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-4000);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      if (code === 0) done(prefix);
      else fail(new Error(`Asterisk ${version} cannot be installed for the tests:\n${said.trim()}`));
    });
  });
}
