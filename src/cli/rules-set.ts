// `rollcall permissions set` and `rollcall visibility set`: puts the rules of a file in place of those in force, all or none.
import { Failure } from '../domain/failure.ts';
import { type Context, command, EXIT } from './command.ts';
import { FileFaults } from './file-faults.ts';
import { type NamedText, readText } from './read-text.ts';
import type { RuleList } from './rule-lists.ts';
import { LONGEST_FILE, type PlaceOf, readRulesFile } from './rules-file.ts';
import { shapeFaults } from './rules-shape.ts';
import { withOperations } from './with-operations.ts';

const options = {} as const;

export function rulesSet(list: RuleList) {
  return command({
    name: `${list.word} set`,
    summary: `replace the ${list.title} by those of a file`,
    usage: 'FILE',
    about: `${list.about}
FILE is YAML or JSON, - reads stdin: a list of rules such as
  - ${list.example}
who is { everyone: true }, { extension: "1001" } or { group: sales }. The place in the list counts, not order; id may be left
out. When anything is wrong every fault is listed and nothing is changed. [] takes all rules away.`,
    options,
    positionals: { least: 1, most: 1 },
    run: (context) => run(context, list),
  });
}

async function run(
  { io, parts, positionals: [path = ''], settings }: Context<typeof options>,
  list: RuleList,
): Promise<number> {
  const { settings: loaded } = await settings();
  const text = await readText(io, path, LONGEST_FILE);
  const { rules, placeOf } = read(text, list);
  const inForce = await withOperations(parts, loaded, (operations) =>
    list.set(operations, rules).catch((error: unknown) => {
      throw placed(error, text.name, placeOf);
    }),
  );
  if (!isSorted(rules)) io.stderr.write('order is not looked at: the place in the list counts\n');
  const rest = inForce.length === 0 ? `: ${list.none}` : '';
  io.stdout.write(`${counted(inForce.length)} in force now${rest}\n`);
  return EXIT.ok;
}

function counted(rules: number): string {
  if (rules === 0) return 'no rules are';
  return rules === 1 ? '1 rule is' : `${rules} rules are`;
}

/** The rules of the file when they have the right shape. Throws FileFaults. */
function read(text: NamedText, list: RuleList): { readonly rules: readonly object[]; readonly placeOf: PlaceOf } {
  const { value, placeOf } = readRulesFile(text);
  const faults = shapeFaults(value, list.shape, list.example);
  if (faults.length > 0) {
    throw new FileFaults(
      text.name,
      faults.map(({ path, what }) => ({ ...placeOf(path), what })),
    );
  }
  return { rules: value as readonly object[], placeOf };
}

/** What the daemon finds wrong with the rules, with the place in the file: its paths begin with `rules`. */
function placed(error: unknown, file: string, placeOf: PlaceOf): unknown {
  if (!(error instanceof Failure) || error.code !== 'params' || !error.detail.issues?.length) return error;
  const faults = error.detail.issues.map(({ path, message }) => {
    const [, ...below] = path.split('.');
    const key = below.slice(1).join('.');
    return { ...placeOf(below), what: key === '' ? message : `${key}: ${message}` };
  });
  return new FileFaults(file, faults);
}

function isSorted(rules: readonly { readonly order?: unknown }[]): boolean {
  const given = rules.flatMap(({ order }) => (typeof order === 'number' ? [order] : []));
  return given.every((order, i) => i === 0 || order > (given[i - 1] ?? 0));
}
