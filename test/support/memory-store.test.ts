import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { storeContract } from '../contracts/store.ts';
import { MemoryStore } from './memory-store.ts';

storeContract('the store in memory', async () => new MemoryStore());

test('a store that fails takes no commit and goes on reading', async () => {
  const store = new MemoryStore();
  const rev = await store.commit([{ table: 'users', id: '1', value: {} }]);
  store.fail();
  await expect(store.commit([{ table: 'users', id: '2', value: {} }])).rejects.toBeInstanceOf(Failure);
  expect([store.state, store.get('users', '1'), store.get('users', '2')]).toEqual([
    'failed',
    { id: '1', value: {}, rev },
    undefined,
  ]);
});

test('a cursor from before the removals that are kept gives a reset', async () => {
  const store = new MemoryStore({ removalsKept: 1 });
  const since = await store.commit(['1', '2', '3'].map((id) => ({ table: 'users', id, value: {} })));
  await store.commit([{ table: 'users', id: '1', value: null }]);
  expect(store.changes('users', since)).toMatchObject({ reset: false, removed: ['1'] });
  await store.commit([{ table: 'users', id: '2', value: null }]);
  expect(store.changes('users', since)).toMatchObject({ reset: true, removed: [] });
});

test('what was stored cannot be changed', async () => {
  const store = new MemoryStore();
  const value = { groups: ['Sales'] };
  await store.commit([{ table: 'users', id: '1', value }]);
  expect(() => value.groups.push('Support')).toThrow(TypeError);
});
