// What stands in the query of an import. Anything that is not understood is refused: a misspelt parameter must not import otherwise
// than was meant.

import { isColumnTarget } from '../domain/contact-columns.ts';
import { DUPLICATES } from '../domain/contact-import.ts';
import { Failure, type Issue } from '../domain/failure.ts';
import type { ImportWish } from '../service/imports-port.ts';

/** More columns than any program writes. */
const MOST_COLUMNS = 500;

type Asked = Pick<ImportWish, 'dryRun' | 'onDuplicate' | 'columns'>;

/** What may be asked, and what each makes of its text; undefined when it is none. */
const READERS: Readonly<Record<string, { read(text: string): Partial<Asked> | undefined; readonly takes: string }>> = {
  dryRun: {
    takes: 'takes 1 (or true) or 0 (or false)',
    read: (text) => (/^(?:[01]|true|false)$/.test(text) ? { dryRun: text === '1' || text === 'true' } : undefined),
  },
  onDuplicate: {
    takes: `takes ${DUPLICATES.join(', ')}`,
    read: (text) => {
      const onDuplicate = DUPLICATES.find((word) => word === text);
      return onDuplicate && { onDuplicate };
    },
  },
  columns: {
    takes: 'takes a JSON list with a target, such as "firstName" or "number:mobile", or null for each column',
    read: (text) => {
      const columns = readColumns(text);
      return columns && { columns };
    },
  },
};

/** Failure `params` with an issue for each fault. */
export function readImportQuery(query: URLSearchParams): Asked {
  const issues: Issue[] = [];
  let asked: Asked = { dryRun: false, onDuplicate: 'update' };
  for (const name of new Set(query.keys())) {
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const [text = '', ...more] = query.getAll(name);
    const read = more.length === 0 ? reader?.read(text) : undefined;
    if (read) asked = { ...asked, ...read };
    else if (!reader) issues.push({ path: name.slice(0, 64), message: `is no parameter of an import: ${known()}` });
    else issues.push({ path: name, message: more.length > 0 ? 'stands there more than once' : reader.takes });
  }
  if (issues.length === 0) return asked;
  throw new Failure('params', 'the parameters of the import are wrong: nothing was imported', {
    issues: issues.slice(0, 20),
  });
}

function known(): string {
  return `there are ${Object.keys(READERS).join(', ')}`;
}

function readColumns(text: string): (string | null)[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // no JSON at all
  }
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_COLUMNS) return undefined;
  return value.every(isTarget) ? value : undefined;
}

function isTarget(column: unknown): column is string | null {
  return column === null || (typeof column === 'string' && isColumnTarget(column));
}
