// A daemon as an operator runs it, with all its parts, that also says what it costs.
import { readFileSync } from 'node:fs';
import { runDaemon } from '../../src/main.ts';
import { loadSettings } from '../../src/settings/load.ts';
import { aboutThisProcess, answering } from '../support/child.ts';

const env = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
const { settings } = loadSettings({ config: undefined, env, cwd: env['ROLLCALL_DATA'] ?? '.' });
const begun = performance.now();
const daemon = await runDaemon(settings, '0.0.0');
const started = performance.now() - begun;

/** Bytes that no file backs, as Linux counts them: now, and the most so far. */
function resident(): { now: number; most: number } {
  const text = readFileSync('/proc/self/status', 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  return { now: of('VmRSS'), most: of('VmHWM') };
}

answering({
  ...aboutThisProcess,
  /** Milliseconds until it listened. */
  started: () => started,
  resident,
  stop: () => daemon.stop(),
});
