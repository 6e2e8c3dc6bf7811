// Finds the settings, reads file and environment, and judges them: the settings, or everything that is wrong at once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, type ReadFile, readEnvironment } from './environment.ts';
import { codeOf, type Problem, SettingsError, whyUnreadable } from './problems.ts';
import { type Settings, settingsSchema } from './settings.ts';
import { Values } from './values.ts';
import { readYaml } from './yaml-file.ts';

export interface SettingsSources {
  /** What `--config` named. */
  readonly config?: string | undefined;
  readonly env: Environment;
  /** The folder that `./config/rollcall.yaml` is looked for in. */
  readonly cwd: string;
  /** Throws an error with a system code such as ENOENT. Without it: the file system. */
  readonly readFile?: ReadFile;
}

export interface LoadedSettings {
  readonly settings: Settings;
  /** The file they came from; undefined when none was found. */
  readonly source: string | undefined;
}

/**
 * The settings from the file named by `config`, else by `$ROLLCALL_CONFIG`, else ./config/rollcall.yaml, else
 * /etc/rollcall/rollcall.yaml, else none; the environment counts before the file. Throws SettingsError.
 */
export function loadSettings({ config, env, cwd, readFile = readText }: SettingsSources): LoadedSettings {
  const values = new Values();
  const found = findFile({ config, env, cwd, readFile });
  const problems: Problem[] = [];
  if (found && 'what' in found) problems.push(found);
  else if (found) problems.push(...readYaml(found.file, found.text, values));
  problems.push(...readEnvironment(env, readFile, values));
  const judged = settingsSchema.safeParse(values.tree);
  if (!judged.success) problems.push(...problemsOf(judged.error.issues, values));
  if (judged.success) problems.push(...unreadableFiles(judged.data, readFile, values));
  if (problems.length > 0 || !judged.success) throw new SettingsError(problems);
  return { settings: judged.data, source: found && 'file' in found ? found.file : undefined };
}

const readText: ReadFile = (path) => readFileSync(path, 'utf8');

type Found = { readonly file: string; readonly text: string } | Problem | undefined;

function findFile({ config, env, cwd, readFile }: Required<SettingsSources>): Found {
  const named = config ?? (env['ROLLCALL_CONFIG'] || undefined);
  const candidates: [string, string][] =
    named !== undefined
      ? [[named, named]]
      : [
          ['config/rollcall.yaml', join(cwd, 'config', 'rollcall.yaml')],
          ['/etc/rollcall/rollcall.yaml', '/etc/rollcall/rollcall.yaml'],
        ];
  for (const [file, path] of candidates) {
    try {
      return { file, text: readFile(path).replace(/^\uFEFF/, '') };
    } catch (error) {
      const code = codeOf(error);
      if (code === '') throw error;
      const absent = code === 'ENOENT' || code === 'ENOTDIR';
      if (named !== undefined || !absent) return { where: file, what: `cannot be read: ${whyUnreadable(error)}` };
    }
  }
  return undefined;
}

/** Files that settings name must be there when the daemon starts; what they hold is judged where it is used. */
function unreadableFiles({ listen }: Settings, readFile: ReadFile, values: Values): Problem[] {
  const issues = Object.entries(listen.tls ?? {}).flatMap(([key, file]): Issue[] => {
    try {
      readFile(file);
      return [];
    } catch (error) {
      if (codeOf(error) === '') throw error;
      return [{ path: ['listen', 'tls', key], message: `${file} cannot be read: ${whyUnreadable(error)}` }];
    }
  });
  return problemsOf(issues, values);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** One problem per setting, the first of each. */
function problemsOf(issues: readonly Issue[], values: Values): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { path, message } of issues) {
    const key = path.map(String).join('.');
    const place = values.placeOf(path);
    if (problems.has(key)) continue;
    const where = place?.at ? `${place.where} ${key}` : (place?.where ?? key);
    problems.set(key, { ...place, where, what: message });
  }
  return [...problems.values()];
}
