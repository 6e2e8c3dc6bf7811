// The rules of the house, checked on source texts: who may import whom, who may touch the world, how long a file may be.
// Works on any map of paths to texts, so that each rule can be shown to fail.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';

/** Source texts by path, such as `src/domain/status.ts`. */
export type Sources = ReadonlyMap<string, string>;

const FLOORS: Readonly<Record<string, number>> = {
  domain: 0,
  protocol: 0,
  service: 1,
  sync: 1,
  pbx: 2,
  store: 2,
  server: 2,
  formats: 2,
  settings: 2,
  cli: 3,
  client: 0,
  web: 3,
};
/** Folders that may import from these folders only, and from themselves. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  client: [],
  web: ['client', 'domain'],
};
/** The files that build everything. */
const TOP = /^src\/(main(-[a-z]+)?|cli)\.ts$/;

/** Folders of one floor that may still not import another of it. */
const APART: readonly (readonly [from: string, to: string])[] = [
  ['domain', 'protocol'],
  ['service', 'sync'],
];

/** Packages that a folder may import; folders that are not named may import any. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  domain: ['libphonenumber-js/min/metadata'],
  protocol: ['zod'],
  service: [],
  sync: [],
  client: [],
  web: ['preact', 'preact/hooks'],
};

/** Folders that know neither time nor chance nor anything that happens. */
const PURE = ['domain', 'protocol'];
const WORLD =
  /\b(Date\.now|Math\.random|performance\.|process\.|set(?:Timeout|Interval|Immediate)|queueMicrotask|fetch|console\.)|\bnew Date\(\)/;

const MOST_LINES = 400;

export interface Import {
  /** As written; undefined for one that is computed. */
  readonly name: string | undefined;
}

/** Every import of a text: static, of types, re-exported, dynamic, required. Comments do not count. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const named =
    /\b(?:import|export)\b(?:[^'"`;()]|\{[^}]*\})*?\bfrom\s*(['"])([^'"\n]+)\1|\bimport\s*(['"])([^'"\n]+)\3/g;
  for (const match of code.matchAll(named)) found.push({ name: match[2] ?? match[4] });
  for (const match of code.matchAll(/\b(?:import|require)\s*\(\s*(?:(['"`])([^'"`\n$]+)\1\s*[,)])?/g)) {
    found.push({ name: match[2] });
  }
  return found;
}

/** The same in a file with JSX, where any word may stand between tags: imports stand at the beginning of a line, later ones are calls. */
function importsAtLineStart(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const named = /^(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"\n]+)\1|^import\s*(['"])([^'"\n]+)\3/gm;
  for (const match of code.matchAll(named)) found.push({ name: match[2] ?? match[4] });
  for (const match of code.matchAll(/(?<!\.)\bimport\((?:(['"`])([^'"`\n$]+)\1\))?/g)) found.push({ name: match[2] });
  return found;
}

function withoutComments(text: string): string {
  const part = /("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(part, (_, kept: string | undefined) => kept ?? ' ');
}

/** What breaks the rules, one line each. */
export function violations(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => [
    ...(floorOf(path) === undefined ? [`${path}: stands on no floor`] : []),
    ...lengthOf(path, text),
    ...worldOf(path, text),
    ...(path.startsWith('web/') ? importsAtLineStart(text) : importsOf(text)).flatMap(({ name }) =>
      importOf(sources, path, name),
    ),
  ]);
}

function lengthOf(path: string, text: string): string[] {
  if (path.endsWith('.css') || path.startsWith('web/src/texts/')) return []; // all texts of a language are one file
  const lines = text.split('\n').length - 1;
  return lines > MOST_LINES ? [`${path}: ${lines} lines, at most ${MOST_LINES}`] : [];
}

function worldOf(path: string, text: string): string[] {
  if (!PURE.includes(folderOf(path))) return [];
  const found = WORLD.exec(withoutComments(text));
  return found ? [`${path}: ${found[0]} in a pure folder`] : [];
}

function importOf(sources: Sources, path: string, name: string | undefined): string[] {
  if (name === undefined) return [`${path}: an import that is computed cannot be checked`];
  if (name.startsWith('.')) return ofFile(sources, path, posix.join(posix.dirname(path), name));
  if (name.startsWith('/') || name.startsWith('#'))
    return [`${path}: imports ${name}, neither a file beside it nor a package`];
  return ofPackage(path, name);
}

function ofPackage(path: string, name: string): string[] {
  const allowed = PACKAGES[folderOf(path)];
  const isBuiltIn = name.startsWith('node:') || builtinModules.includes(name);
  if (isBuiltIn && !name.startsWith('node:')) return [`${path}: imports ${name} without node:`];
  return allowed && !allowed.includes(name) ? [`${path}: imports ${name}`] : [];
}

function ofFile(sources: Sources, path: string, target: string): string[] {
  if (!sources.has(target)) return [`${path}: imports ${target}, which is no source file`];
  const [from, to] = [folderOf(path), folderOf(target)];
  const [floor, other] = [floorOf(path), floorOf(target)];
  const only = ONLY[from];
  if (only && from !== to && !only.includes(to)) return [`${path}: imports ${target}`];
  if (!only && ['client', 'web'].includes(to)) return [`${path}: imports ${target}`];
  if (floor === undefined || other === undefined) return []; // reported for the file itself
  if (other > floor) return [`${path}: imports upward ${target}`];
  const neighbours = floor === 2 && other === 2 && from !== to;
  const apart = APART.some(([a, b]) => a === from && b === to);
  return neighbours || apart ? [`${path}: imports its neighbour ${target}`] : [];
}

function folderOf(path: string): string {
  const [, ofSrc, other] = /^(?:src\/([^/]+)|(client|web))\//.exec(path) ?? [];
  return ofSrc ?? other ?? '';
}

function floorOf(path: string): number | undefined {
  return TOP.test(path) ? 3 : FLOORS[folderOf(path)];
}
