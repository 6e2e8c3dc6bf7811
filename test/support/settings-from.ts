// Settings read from files that exist in the test alone.
import { type LoadedSettings, loadSettings } from '../../src/settings/load.ts';
import { SettingsError } from '../../src/settings/problems.ts';

export interface Given {
  /** Text by path, or the system code with which reading it fails. */
  readonly files?: Readonly<Record<string, string | { readonly code: string }>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: string;
}

export function settingsFrom({ files = {}, env = {}, config }: Given): LoadedSettings {
  return loadSettings({
    config,
    env,
    cwd: '/home/rollcall',
    readFile: (path) => {
      const file = files[path] ?? { code: 'ENOENT' };
      if (typeof file === 'string') return file;
      throw Object.assign(new Error(`${file.code}: ${path}`), { code: file.code });
    },
  });
}

/** The lines of what is wrong. Throws when nothing is. */
export function problemsFrom(given: Given): readonly string[] {
  try {
    settingsFrom(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  throw new Error('nothing is wrong with these settings');
}

/** One file at /rollcall.yaml, named by --config. */
export function file(text: string): Given {
  return { config: '/rollcall.yaml', files: { '/rollcall.yaml': text } };
}
