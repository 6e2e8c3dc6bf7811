// S1, S10: pages larger than what may wait for one client. A network that takes them at once tells nothing when it has.
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/protocol/limits.ts';
import type { Write } from '../../src/service/store.ts';
import { Mirror } from '../support/mirror.ts';
import { ask, openSyncHouse } from '../support/sync-house.ts';
import { manyContacts, permit, turns } from './book-house.ts';
import { kinds } from './messages.ts';

const COMPANY = 'contacts:company';
const COUNT = 3 * LIMITS.pageItems;

/** Contacts of which 500 are larger than what may wait. */
function large(rev: number): Write[] {
  return manyContacts('company', COUNT).map(({ value, ...write }) => {
    const row = value as { readonly fields: object };
    return { ...write, value: { ...row, rev, fields: { ...row.fields, remark: 'x'.repeat(1_000) } } };
  });
}

async function largeBook() {
  const house = await openSyncHouse();
  await permit(house, 'view company');
  await house.store.commit(large(1));
  const socket = await house.open('1001');
  socket.send('sync.open', { collections: [COMPANY] });
  await turns(30);
  return { ...house, socket };
}

test('a snapshot of large pages comes to its end', async () => {
  const { socket } = await largeBook();
  const longest = Math.max(...socket.chunks.map((chunk) => chunk.length));
  expect(longest).toBeGreaterThan(LIMITS.outboxBytes);
  expect(kinds(socket.received).at(-1)).toBe('sync.ready');
  expect(Object.keys(new Mirror().take(socket.received).items(COMPANY))).toHaveLength(COUNT);
});

test('so does what changes at once in a large book, and who edits it is answered', async () => {
  const { socket, store } = await largeBook();
  const some = large(2).slice(0, 2 * LIMITS.pageItems);
  await store.commit(some);
  await store.commit(large(3).slice(-10));
  const id = some[0]?.id;
  const answer = await ask(socket, 'favorites.add', { id: `contact:${id}` });
  expect(answer.error).toBeUndefined();
  const held = new Mirror().take(socket.received).items(COMPANY);
  const revs = Object.values(held).map((item) => (item as { rev: number }).rev);
  expect(revs.filter((rev) => rev === 2)).toHaveLength(2 * LIMITS.pageItems);
  expect(revs.filter((rev) => rev === 3)).toHaveLength(10);
});
