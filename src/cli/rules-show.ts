// `rollcall permissions show` and `rollcall visibility show`: the rules in force, in the shape in which they are set.
import { type Context, command, EXIT } from './command.ts';
import { printJson } from './print.ts';
import type { RuleList } from './rule-lists.ts';
import { rulesYaml } from './rules-yaml.ts';
import { withOperations } from './with-operations.ts';

const options = { json: { type: 'boolean' } } as const;

export function rulesShow(list: RuleList) {
  return command({
    name: `${list.word} show`,
    summary: `show the ${list.title}`,
    usage: '[--json]',
    about: `${list.about}
YAML, or JSON with --json; rollcall ${list.word} set reads both.`,
    options,
    positionals: { least: 0, most: 0 },
    run: (context) => run(context, list),
  });
}

async function run({ io, parts, values, settings }: Context<typeof options>, list: RuleList): Promise<number> {
  const { settings: loaded } = await settings();
  const rules = await withOperations(parts, loaded, (operations) => list.show(operations));
  if (values.json) printJson(io.stdout, rules);
  else io.stdout.write(rulesYaml(rules));
  if (rules.length === 0) io.stderr.write(`there are no rules: ${list.none}\n`);
  return EXIT.ok;
}
