// The name of a deleted contact leaves the disk with the contact, wherever in a history it stood.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HandClock } from '../store/support/hand-clock.ts';
import { copyOf, newFolder, openStore, turn } from '../store/support/places.ts';
import { ADA, called, ended, missed } from '../support/call-stories.ts';
import { openSyncHouse } from '../support/sync-house.ts';
import { OPERATOR } from '../sync/book-house.ts';

const NAME = 'Lovelace';
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));

async function namedOnDisk() {
  const folder = newFolder();
  const clock = new HandClock();
  const store = await openStore(folder, { clock });
  const house = await openSyncHouse({ store });
  for (const id of ['1001', '1002']) await house.users.set({ id, admin: true });
  const contact = { lastName: NAME, numbers: [{ type: 'home' as const, number: ADA }] };
  const { id } = await house.contacts.create(OPERATOR, { book: 'company', contact });
  house.calls.tell(ended(missed('1001', ADA)), ended(called('1002', ADA)));
  await house.history.idle();
  /** The rows that have the name, by their files. */
  const remove = async () => {
    await house.contacts.remove(OPERATOR, { ids: [id] });
    await house.history.idle();
    await turn();
  };
  return { folder, clock, store, house, remove };
}

test('within ten seconds', async () => {
  const { folder, clock, store, house, remove } = await namedOnDisk();
  expect(filesWith(folder, NAME)).not.toEqual([]);
  await remove();
  clock.advance(10_000);
  await store.reported('store.snapshot');
  await turn();
  expect(filesWith(folder, NAME)).toEqual([]);
  expect(await store.counts('calls')).toEqual(
    new Map([
      ['1001', 1],
      ['1002', 1],
    ]),
  );
  house.stop();
  await store.close();
});

test('after a kill, ten seconds after the next start', async () => {
  const { folder, store, house, remove } = await namedOnDisk();
  await remove();
  const copy = copyOf(folder);
  house.stop();
  await store.close();
  const clock = new HandClock();
  const again = await openStore(copy, { clock });
  clock.advance(10_000);
  await again.reported('store.snapshot');
  await turn();
  expect(filesWith(copy, NAME)).toEqual([]);
  await again.close();
});

test('also when the process was killed after the contact had left the disk, and before the histories followed', async () => {
  const { folder, clock, store, house } = await namedOnDisk();
  const { commit } = store;
  store.commit = (writes, guards) =>
    writes.some(({ table }) => table === 'calls')
      ? Promise.reject(new Error('killed'))
      : commit.call(store, writes, guards);
  const [id = ''] = (
    await store.read({ table: 'contacts', scope: 'company', since: null, removedSince: null, limit: 1 })
  ).rows.map((row) => row.id);
  await house.contacts.remove(OPERATOR, { ids: [id] });
  await house.history.idle();
  clock.advance(10_000);
  await store.reported('store.snapshot');
  await turn();
  const copy = copyOf(folder);
  expect(filesWith(copy, NAME)).toEqual(['snapshot']);
  house.stop();
  await store.close();
  const clockAfter = new HandClock();
  const again = await openStore(copy, { clock: clockAfter });
  const next = await openSyncHouse({ store: again });
  await next.history.idle();
  clockAfter.advance(10_000);
  await again.reported('store.snapshot');
  await turn();
  expect(filesWith(copy, NAME)).toEqual([]);
  next.stop();
  await again.close();
});
