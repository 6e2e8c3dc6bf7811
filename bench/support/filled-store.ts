// The daemon's store in a folder, filled with made-up contacts, and the changes that the daemon's use cases make in it.
import { systemClock } from '../../src/service/clock.ts';
import { type ContactRow, contactItem, personalScope } from '../../src/service/contact-row.ts';
import type { Store, Write } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { type MadeContact, madeContacts } from './contacts.ts';

const ROWS_PER_COMMIT = 500;
/** In each personal book. */
const PERSONAL_CONTACTS = 20;
const FIRST_OWNER = 1_000;

export interface OpenedStore {
  readonly store: Store;
  /** Snapshots written since it was opened. */
  snapshots(): number;
}

export async function openStore(folder: string): Promise<OpenedStore> {
  let snapshots = 0;
  const report = (event: string, fields?: object): void => {
    if (event === 'store.snapshot') snapshots += 1;
    if (event === 'store.snapshot_failed') throw new Error(`a snapshot failed: ${JSON.stringify(fields)}`);
  };
  const store = await openFilesStore({ folder, clock: systemClock, report });
  return { store, snapshots: () => snapshots };
}

/** Contacts for the first company book, and some for so many personal books. Ids of those in the company book. */
export async function fillStore(store: Store, count: number, personalBooks = 0): Promise<string[]> {
  const ids: string[] = [];
  await putAll(
    store,
    (function* () {
      for (const made of madeContacts({ count })) {
        ids.push(made.id);
        yield made;
      }
    })(),
  );
  for (let i = 0; i < personalBooks; i++) {
    const book = personalScope(String(FIRST_OWNER + i));
    await putAll(store, madeContacts({ count: PERSONAL_CONTACTS, book, seed: FIRST_OWNER + i }));
  }
  return ids;
}

async function putAll(store: Store, contacts: Iterable<MadeContact>): Promise<void> {
  let writes: Write[] = [];
  for (const { id, row } of contacts) {
    writes.push({ table: 'contacts', id, value: row });
    if (writes.length < ROWS_PER_COMMIT) continue;
    await store.commit(writes);
    writes = [];
  }
  await store.commit(writes);
}

/** Changes a contact, if nobody else was faster. */
export async function edit(store: Store, id: string): Promise<void> {
  const row = (await store.find('contacts', [id])).get(id);
  if (!row) throw new Error('there is no such contact');
  const before = row.value as ContactRow;
  const [first, ...rest] = before.fields.numbers;
  if (!first) throw new Error('a contact without a number');
  const numbers = [{ ...first, type: first.type === 'home' ? ('other' as const) : ('home' as const) }, ...rest];
  const value: ContactRow = {
    ...before,
    rev: before.rev + 1,
    fields: { ...before.fields, numbers },
    updated: new Date().toISOString(),
  };
  await store.commit([{ table: 'contacts', id, value }], [{ table: 'contacts', id, rev: row.rev }]);
}

export async function remove(store: Store, id: string): Promise<void> {
  const row = (await store.find('contacts', [id])).get(id);
  if (!row) throw new Error('there is no such contact');
  const writes: Write[] = [
    { table: 'contacts', id, value: null },
    { table: 'retired', id, value: {} },
  ];
  await store.commit(writes, [{ table: 'contacts', id, rev: row.rev }]);
}

export async function create(store: Store, { id, row }: MadeContact): Promise<void> {
  const guards = [
    { table: 'contacts', id, rev: null },
    { table: 'retired', id, rev: null },
  ] as const;
  await store.commit([{ table: 'contacts', id, value: row }], guards);
}

/** Mean length in bytes of contacts as clients are told them. */
export async function meanLength(store: Store, ids: readonly string[]): Promise<number> {
  const rows = await store.find('contacts', ids);
  let total = 0;
  for (const [id, { value }] of rows) {
    total += Buffer.byteLength(JSON.stringify(contactItem(id, value as ContactRow, () => true)));
  }
  return total / rows.size;
}
