// Settings from the environment: `ROLLCALL_PBX_AMI_SECRET` for pbx.ami.secret, or `…_FILE` with the path of a file that
// holds the value. A variable counts before the settings file.
import { isScalar, isSeq, parseDocument } from 'yaml';
import { KEYS, type Key } from './keys.ts';
import { codeOf, type Problem, printable, suggestion, whyUnreadable } from './problems.ts';
import type { Values } from './values.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type ReadFile = (path: string) => string;

const BY_VARIABLE = new Map(KEYS.flatMap((key) => key.variables.map((name) => [name, key] as const)));
/** What Kubernetes puts into every container beside a service named rollcall. */
const FROM_KUBERNETES = /^ROLLCALL_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Puts what the environment says into `values`; the problems found on the way. */
export function readEnvironment(env: Environment, readFile: ReadFile, values: Values): Problem[] {
  const problems: Problem[] = [];
  const given = new Map<Key, string>();
  const names = Object.keys(env).filter((name) => name.startsWith('ROLLCALL_') && env[name] !== undefined);
  for (const name of names.sort()) {
    const value = env[name] ?? '';
    if (name === 'ROLLCALL_CONFIG') continue;
    const fromFile = !BY_VARIABLE.has(name) && name.endsWith('_FILE');
    const key = BY_VARIABLE.get(fromFile ? name.slice(0, -'_FILE'.length) : name);
    if (!key) {
      if (!isFromKubernetes(name, value))
        problems.push({ where: printable(name), what: `unknown setting${near(name)}` });
      continue;
    }
    const earlier = given.get(key);
    if (earlier !== undefined) {
      problems.push({ where: name, what: `is the same setting as ${earlier}; keep one of them` });
      continue;
    }
    given.set(key, name);
    try {
      const text = fromFile ? readFile(value).replace(/\r?\n$/, '') : value;
      values.set(key.path, asKind(text, key), { where: name });
    } catch (error) {
      if (!fromFile || codeOf(error) === '') throw error;
      problems.push({ where: name, what: `cannot read ${printable(value)}: ${whyUnreadable(error)}` });
    }
  }
  return problems;
}

/** The text as the kind of value the key takes; what does not fit stays text, for the schema to refuse. */
function asKind(text: string, { kind }: Key): unknown {
  if (kind === 'number') return /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : text;
  if (kind === 'flag') return { true: true, false: false }[text.trim()] ?? text;
  if (kind === 'text') return text;
  if (!text.trimStart().startsWith('[')) {
    return text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }
  const { contents, errors } = parseDocument(text, { prettyErrors: false });
  if (errors.length > 0 || !isSeq(contents)) return text;
  return contents.items.map((item) => (isScalar(item) ? String(item.source ?? item.value) : null));
}

function isFromKubernetes(name: string, value: string): boolean {
  return FROM_KUBERNETES.test(name) && (name !== 'ROLLCALL_PORT' || /^(tcp|udp):/.test(value));
}

function near(name: string): string {
  const bare = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : name;
  const group = KEYS.find((key) => key.variables[0]?.startsWith(`${bare}_`));
  if (group) return `; one below it is ${group.variables[0]}`;
  return suggestion(bare, [...BY_VARIABLE.keys(), 'ROLLCALL_CONFIG']);
}
