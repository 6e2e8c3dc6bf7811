// `rollcall import`: contacts of a file into a book, the imports there were, and taking one back.
import { IMPORT_BYTES, type ImportReport, type Progress as Step } from '../domain/contact-import.ts';
import type { Operations } from '../service/operations.ts';
import type { Settings } from '../settings/settings.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import { counted } from './holdings.ts';
import { listLines, problemLines, reportLines } from './import-report.ts';
import { readImportOptions } from './import-wish.ts';
import type { Io } from './io.ts';
import { printJson, printLines } from './print.ts';
import { Progress } from './progress.ts';
import { readBytes } from './read-text.ts';
import { openTarget, type Target } from './target.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = {
  book: { type: 'string' },
  owner: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'on-duplicate': { type: 'string' },
  columns: { type: 'string' },
  errors: { type: 'string' },
  force: { type: 'boolean' },
  undo: { type: 'string' },
  list: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export const importContacts = command({
  name: 'import',
  summary: 'take contacts from a CSV or vCard file into a book',
  usage: 'FILE --book BOOK | FILE --owner EXTENSION | --list | --undo ID [OPTIONS]',
  about: `Rows that are right go in; those that are not are listed with what is wrong. - reads stdin. --dry-run only says what would happen.
  --book BOOK          a company book, by its id or name
  --owner EXTENSION    the personal book of a user; nothing is told of what is in it
  --on-duplicate WHAT  of a contact that is there and differs: update (unless given), skip or add
  --columns a,b,,c     what each column is; nothing between two commas leaves one aside
  --errors FILE        the rows that failed, with what is wrong: mend them there and import it; --force replaces FILE
  --list               the imports of the past
  --undo ID            takes one back, as long as its contacts have not been changed since
  --json               what is printed as JSON`,
  options,
  positionals: { least: 0, most: 1 },
  run,
});

type Values = Context<typeof options>['values'];

async function run(context: Context<typeof options>): Promise<number> {
  const { io, parts, values, positionals, settings } = context;
  const [path] = positionals;
  if ([path, values.undo, values.list].filter((way) => way !== undefined).length !== 1) {
    throw new UsageError('import: name one FILE, or give --list, or --undo ID');
  }
  if (path !== undefined) return importFile(context, path);
  const { settings: loaded } = await settings();
  return withOperations(parts, loaded, (operations) =>
    values.undo === undefined ? list(io, operations, values) : undo(io, operations, values.undo, values),
  );
}

async function importFile({ io, parts, values, settings }: Context<typeof options>, path: string): Promise<number> {
  const asked = readImportOptions(values);
  const { settings: loaded } = await settings();
  const { bytes } = await readBytes(io, path, IMPORT_BYTES);
  return withOperations(parts, loaded, async (operations) => {
    const target = await errorsTarget(io, values, loaded);
    try {
      const report = await withProgress(io, (told) => operations.importContacts({ ...asked, bytes }, told));
      if (values.json) printJson(io.stdout, report);
      else printLines(io.stdout, reportLines(report));
      if (!values.json) printLines(io.stderr, problemLines(report, values.errors !== undefined, io.stderr.columns));
      if (target && report.failed > 0) await keepFailed(io, operations, report, target);
      return report.failed > 0 ? EXIT.failed : EXIT.ok;
    } finally {
      target?.end();
    }
  });
}

/** Opened before the import, so that nothing is imported whose errors could not be kept. */
async function errorsTarget(io: Io, values: Values, { data }: Settings): Promise<Target | undefined> {
  const { errors: path, force = false } = values;
  if (path === undefined) return undefined;
  if (path === '-') throw new UsageError('import: --errors takes the name of a file');
  return openTarget(io, { path, what: 'file of failed rows', force, dataFolder: data });
}

async function keepFailed(io: Io, operations: Operations, { id, failed }: ImportReport, target: Target): Promise<void> {
  const { bytes } = await operations.importFailedRows(id);
  await target.write(bytes);
  await target.keep();
  io.stderr.write(`${counted(failed, 'row')} that failed written to ${target.name}\n`);
}

async function withProgress<T>(io: Io, work: (told: (step: Step) => void) => Promise<T>): Promise<T> {
  let latest: Step = { phase: 'reading', done: 0, total: 0 };
  const progress = new Progress(io, () => {
    const { phase, done, total } = latest;
    return total > 0 ? `${phase}: ${done} of ${total} rows` : `${phase}…`;
  });
  try {
    return await work((step) => {
      latest = step;
      progress.add(1);
    });
  } finally {
    progress.end();
  }
}

async function list(io: Io, operations: Operations, { json }: Values): Promise<number> {
  const imports = await operations.importList();
  if (json) printJson(io.stdout, imports);
  else if (imports.length === 0) io.stderr.write('there are no imports\n');
  else printLines(io.stdout, listLines(imports, io.now()));
  return EXIT.ok;
}

async function undo(io: Io, operations: Operations, id: string, { json }: Values): Promise<number> {
  const undone = await withProgress(io, () => operations.importUndo(id));
  const { removed, restored } = undone;
  if (json) printJson(io.stdout, undone);
  else {
    const gone = `${counted(removed, 'contact')} removed, ${counted(restored, 'contact')} as before`;
    io.stdout.write(`the import ${printable(id)} was taken back: ${gone}\n`);
  }
  return EXIT.ok;
}
