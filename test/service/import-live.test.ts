import { expect, test } from 'vitest';
import type { ContactItem } from '../../src/service/contact-row.ts';
import { ContactImports } from '../../src/service/contacts-import.ts';
import { turn } from '../support/board-house.ts';
import { NUMBERING } from '../support/contacts-house.ts';
import { person } from '../support/import-house.ts';
import { Mirror } from '../support/mirror.ts';
import { openPaper, paper } from '../support/paper-file.ts';
import { openSyncHouse, sync } from '../support/sync-house.ts';

test('clients that follow a book are told what an import adds and what undoing it takes away, and nothing of the import', async () => {
  const house = await openSyncHouse();
  const socket = await house.open('1001', { admin: true });
  await sync(socket, ['contacts:company']);
  let ids = 0;
  const newId = () => `00000000-0000-4000-8000-${`${++ids}`.padStart(12, '0')}`;
  const imports = new ContactImports({
    ...house,
    report: () => undefined,
    newId,
    numbering: NUMBERING,
    openFile: openPaper,
    country: 'GB',
  });
  const people = Array.from({ length: 450 }, (_, n) => person(`Person ${n}`, `07700 90${1000 + n}`));
  const viewer = { extension: '1001', admin: true, contacts: true };
  const wish = { book: 'company', bytes: paper(people), onDuplicate: 'update' as const, dryRun: false };
  const { id } = await imports.run(viewer, wish);
  const mirror = new Mirror();
  const held = () => Object.values(mirror.take(socket.received).items('contacts:company')) as ContactItem[];
  for (let n = 0; n < 200 && held().length < 450; n++) await turn();
  expect(
    held()
      .map(({ firstName }) => firstName)
      .sort(),
  ).toEqual(people.map(({ firstName }) => firstName).sort());
  expect(Object.keys(held()[0] ?? {})).not.toContain('import');
  await imports.undo(viewer, id);
  for (let n = 0; n < 200 && held().length > 0; n++) await turn();
  expect(held()).toEqual([]);
  imports.close();
  house.stop();
});
