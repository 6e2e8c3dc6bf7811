// `rollcall export`: the contacts of a company book as a file that an import reads back.
import { OperatorError } from '../service/operator-error.ts';
import { type Context, command, EXIT, UsageError } from './command.ts';
import { copyTo } from './copy.ts';
import { isPersonal } from './import-wish.ts';
import { size } from './progress.ts';
import { openTarget } from './target.ts';
import { printable } from './width.ts';
import { withOperations } from './with-operations.ts';

const options = { book: { type: 'string' }, format: { type: 'string' }, force: { type: 'boolean' } } as const;

const PERSONAL =
  'a personal book is nobody’s but its owner’s, not the operator’s either: the owner can export it in the portal';

export const exportContacts = command({
  name: 'export',
  summary: 'write the contacts of a company book to a CSV or vCard file',
  usage: 'FILE --book BOOK [--format csv|vcf] [--force]',
  about: `FILE is readable by you alone (mode 0600) and appears when it is whole. - writes to stdout. The format follows the ending of
FILE unless --format says it. BOOK is the id or the name of a company book; personal books can be exported by their owners alone, in
the portal. What is exported can be changed in a spreadsheet and imported again: rows without a change change nothing.`,
  options,
  positionals: { least: 1, most: 1 },
  run,
});

async function run({
  io,
  parts,
  values,
  positionals: [path = ''],
  settings,
}: Context<typeof options>): Promise<number> {
  const { book = '' } = values;
  if (book === '') throw new UsageError('export: say which book: --book company');
  if (isPersonal(book)) throw new OperatorError(PERSONAL);
  const format = formatOf(path, values.format);
  const { settings: loaded } = await settings();
  const file = { path, what: 'export', force: values.force === true, dataFolder: loaded.data };
  return withOperations(parts, loaded, async (operations) => {
    const target = await openTarget(io, file);
    try {
      const { text } = await operations.exportContacts(book, format);
      const bytes = await copyTo(io, text, target);
      target.done(`the book ${printable(book)} was written to ${target.name} (${size(bytes)})\n`);
      return EXIT.ok;
    } finally {
      target.end();
    }
  });
}

function formatOf(path: string, given: string | undefined): 'csv' | 'vcf' {
  const ending = /\.(csv|vcf|vcard)$/i.exec(path)?.[1]?.toLowerCase();
  const format = given ?? (path === '-' ? 'csv' : ending === 'vcard' ? 'vcf' : ending);
  if (format === 'csv' || format === 'vcf') return format;
  if (given !== undefined) throw new UsageError(`export: --format takes csv or vcf, not '${printable(given)}'`);
  throw new UsageError(`export: ${printable(path)} ends in neither .csv nor .vcf: add --format csv or --format vcf`);
}
