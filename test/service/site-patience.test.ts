import { expect, test } from 'vitest';
import { patienceWith } from '../../src/service/site-patience.ts';
import { MemoryStore } from '../support/memory-store.ts';

test('another site that is away is not waited for as long as one that is there, or as the own one', () => {
  const store = new MemoryStore();
  const since = '2026-01-05T08:00:00.000Z';
  const say = (site: string, connected: boolean) =>
    store.note([{ table: 'pbx', id: `pbx:${site}`, value: { id: 'pbx', connected, since, site } }]);
  const waits = () => ['berlin', 'paris', 'rome'].map((site) => patienceWith(store, site, 'berlin').timeoutMs);
  expect(waits()).toEqual([20_000, 20_000, 20_000]);
  say('berlin', false);
  say('paris', false);
  expect(waits()).toEqual([20_000, 4_000, 20_000]);
  say('paris', true);
  expect(waits()).toEqual([20_000, 20_000, 20_000]);
});
