// Files of contacts written and read in one go, for tests that look at the whole.
import { randomUUID } from 'node:crypto';
import { type ContactFields, readContact } from '../../src/domain/contact.ts';
import type { ContactFile, FileRow, WriteContactFile, WrittenContact } from '../../src/service/contact-file.ts';

export async function writtenText(
  write: WriteContactFile,
  contacts: readonly WrittenContact[],
  book = 'Company',
): Promise<string> {
  let text = '';
  for await (const piece of write(contacts, book)) text += piece;
  return text;
}

export async function rowsOf(file: ContactFile): Promise<FileRow[]> {
  const rows: FileRow[] = [];
  for await (const slice of file.rows()) rows.push(...slice);
  return rows;
}

export function withIds(all: readonly ContactFields[]): WrittenContact[] {
  return all.map((fields) => ({ id: randomUUID(), fields }));
}

/** As the contacts that the rows are, with whatever is wrong with them. */
export async function contactsOf(file: ContactFile) {
  const rows = await rowsOf(file);
  return {
    contacts: rows.map(({ id, fields }) => ({ ...(id === undefined ? {} : { id }), fields: readContact(fields) })),
    faults: rows.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
  };
}

/** How often others have their turn while the work is done. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}
