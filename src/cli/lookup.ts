// `rollcall lookup`: who a number is to the dialplan, and why.
import type { LookupView } from '../service/lookup-answer.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import { printJson, printLines } from './print.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = {
  callee: { type: 'string' },
  outside: { type: 'boolean' },
  explain: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** Longer texts are no numbers and no callees; more than this need not be carried to a daemon. */
const LONGEST = 256;

export const lookup = command({
  name: 'lookup',
  summary: 'say who a number is to the dialplan; --explain says why',
  usage: 'NUMBER [--callee EXTENSION] [--outside] [--explain] [--json]',
  about: `Prints the name that the called extension would be shown; without --callee what is open to everyone. With --outside the
call comes from outside, where no number is an extension. Names out of the personal book of the callee are not shown.`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({ io, parts, values, positionals, settings }: Context<typeof options>): Promise<number> {
  const { callee, outside } = values;
  const [number = ''] = positionals;
  if (number.length > LONGEST) throw new UsageError(`lookup: NUMBER has at most ${LONGEST} characters`);
  if (callee !== undefined && (callee === '' || callee.length > LONGEST)) {
    throw new UsageError('lookup: --callee takes an extension, such as --callee 1001');
  }
  const { settings: loaded } = await settings();
  const found = await withOperations(parts, loaded, (operations) => operations.lookup({ number, callee, outside }));
  if (values.json) printJson(io.stdout, values.explain ? found : shortened(found));
  else printLines(io.stdout, [...nameOf(found), ...(values.explain ? reasonsOf(found) : [])].map(printable));
  const remark = remarkOn(found, callee ?? '');
  if (remark !== undefined) io.stderr.write(`${printable(remark)}\n`);
  return EXIT.ok;
}

function shortened({ forms: _forms, books: _books, rule: _rule, steps: _steps, ...answer }: LookupView): object {
  return answer;
}

function nameOf({ name }: LookupView): string[] {
  return name === undefined ? [] : [name];
}

function reasonsOf({ directory, company, book, extension, forms, books, rule, steps }: LookupView): string[] {
  const from = directory === 'company' ? `the company book ${book}` : directory;
  const rows: readonly (readonly [word: string, text: string | undefined])[] = [
    ['from', from],
    ['company', company],
    ['extension', extension],
    ['forms', forms.join(', ')],
    ['books', books.join(', ')],
    ['rule', rule],
    ...steps.map((step, i) => [i === 0 ? 'steps' : '', `${i + 1}. ${step}`] as const),
  ];
  return rows.flatMap(([word, text]) => (text ? [`${word.padEnd(11)}${text}`] : []));
}

/** Why there is no name. */
function remarkOn({ name, withheld, extension, rule }: LookupView, callee: string): string | undefined {
  if (name !== undefined) return undefined;
  if (withheld) return `a personal contact of ${callee} names the caller: the name is shown to ${callee} alone`;
  return extension === undefined ? rule : `${rule} It is the extension ${extension}, which has no name.`;
}
