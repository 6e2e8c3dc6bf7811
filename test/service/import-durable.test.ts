import { afterEach, describe, expect, test } from 'vitest';
import { Access } from '../../src/service/access.ts';
import type { ContactRow } from '../../src/service/contact-row.ts';
import { ContactImports } from '../../src/service/contacts-import.ts';
import type { Store } from '../../src/service/store.ts';
import { NUMBERING, OPERATOR, uuid } from '../support/contacts-house.ts';
import { HandClock } from '../support/hand-clock.ts';
import { person } from '../support/import-house.ts';
import { openPaper, paper } from '../support/paper-file.ts';
import { StoreWorld } from '../support/store-world.ts';

const PEOPLE = Array.from({ length: 350 }, (_, n) => person(`Person ${n}`, `07700 90${1000 + n}`));
let world = new StoreWorld();
let ids = 0;

afterEach(async () => {
  await world.end();
  world = new StoreWorld();
});

/** The imports over the store of files, as a daemon finds it. */
async function open() {
  const { store, close } = await world.open();
  const access = new Access(store);
  const newId = () => uuid(++ids);
  const parts = { store, access, clock: new HandClock(), newId, report: () => undefined, numbering: NUMBERING };
  const imports = new ContactImports({ ...parts, openFile: openPaper, country: 'GB' });
  const load = (rows: Parameters<typeof paper>[0], book: string) =>
    imports.run(OPERATOR, { book, bytes: paper(rows), onDuplicate: 'update', dryRun: false });
  return { store, close, imports, load };
}

async function contacts(store: Store, scope: string): Promise<string[]> {
  const slice = await store.read({ table: 'contacts', scope, since: null, removedSince: null, limit: 1_000_000 });
  return slice.rows.map(({ value }) => JSON.stringify((value as ContactRow).fields)).sort();
}

describe('an import on the disk', () => {
  test('is there after a restart, and so is what undoes it', async () => {
    const first = await open();
    await first.store.commit([{ table: 'books', id: 'company', value: { id: 'company', name: 'Company' } }]);
    await first.load(PEOPLE.slice(0, 200), 'company');
    const before = await contacts(first.store, 'company');
    const { id } = await first.load(
      PEOPLE.map((one) => ({ ...one, title: 'Dr' })),
      'company',
    );
    await first.close();
    const second = await open();
    expect((await contacts(second.store, 'company')).length).toBe(350);
    expect(await second.imports.list(OPERATOR)).toMatchObject([{ id, added: 150, updated: 200 }, { added: 200 }]);
    expect(await second.imports.undo(OPERATOR, id)).toEqual({ removed: 150, restored: 200 });
    await second.close();
    const third = await open();
    expect(await contacts(third.store, 'company')).toEqual(before);
    expect(await third.imports.list(OPERATOR)).toHaveLength(1);
  });

  test('that changes nothing in a personal book is remembered for the operator, and undone', async () => {
    const { store, imports, load } = await open();
    await store.commit([
      { table: 'users', id: '1001', value: { id: '1001', groups: [], admin: false, disabled: false } },
    ]);
    await load(PEOPLE, 'personal:1001');
    const { id } = await load(PEOPLE, 'personal:1001');
    expect(await imports.undo(OPERATOR, id)).toEqual({ removed: 350, restored: 0 });
    expect((await contacts(store, 'personal:1001')).length).toBe(350);
  });
});
