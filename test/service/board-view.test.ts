import { describe, expect, it } from 'vitest';
import { boardView, byNumber, watchBoard } from '../../src/service/board-view.ts';
import type { BoardChange } from '../../src/service/operations.ts';
import { SiteView } from '../../src/service/site-view.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { extensionWrite } from '../support/sites.ts';

const PBX = { id: 'pbx', connected: true, since: '2026-11-21T12:00:00.000Z' };

function presence(id: string, indicator = 'available') {
  return { id, status: 'available', line: 'idle', online: true, indicator, since: '2026-11-21T12:00:00.000Z' };
}

function extension(id: string, name: string) {
  return { item: { id, number: id, name, groups: [] }, said: {} };
}

describe('the board as an operator reads it', () => {
  it('is empty on an empty store', () => {
    expect(boardView(new MemoryStore())).toEqual({ rows: [] });
  });

  it('has a row per presence item with its name, by number; the number stands for a missing name', () => {
    const store = new MemoryStore();
    store.note([
      { table: 'pbx', id: 'pbx', value: PBX },
      { table: 'presence', id: '1000', value: presence('1000') },
      { table: 'presence', id: '99', value: presence('99') },
      { table: 'extensions', id: '99', value: extension('99', 'Ann') },
      { table: 'extensions', id: '98', value: extension('98', 'without presence') },
    ]);
    expect(boardView(store)).toEqual({
      pbx: PBX,
      rows: [
        { ...presence('99'), name: 'Ann' },
        { ...presence('1000'), name: '1000' },
      ],
    });
  });

  it('orders numbers by length first', () => {
    expect(['1001', '99', '*9', '1000', '99'].sort(byNumber)).toEqual(['*9', '99', '99', '1000', '1001']);
  });
});

describe('a watch of the board', () => {
  it('begins with everything, then tells each change of names, presence and PBX, and nothing else', () => {
    const store = new MemoryStore();
    store.note([{ table: 'presence', id: '99', value: presence('99') }]);
    const changes: BoardChange[] = [];
    const stop = watchBoard(store, (change) => changes.push(change));
    store.note([{ table: 'extensions', id: '99', value: extension('99', 'Ann') }]);
    store.note([
      { table: 'presence', id: '99', value: presence('99', 'ringing') },
      { table: 'extensions', id: '99', value: extension('99', 'Anna') },
    ]);
    store.note([{ table: 'statuses', id: '99', value: {} }]);
    store.note([{ table: 'pbx', id: 'pbx', value: PBX }]);
    store.note([{ table: 'presence', id: '99', value: null }]);
    stop();
    store.note([{ table: 'presence', id: '99', value: presence('99') }]);
    expect(changes).toEqual([
      { reset: true, put: [{ ...presence('99'), name: '99' }], remove: [] },
      { put: [{ ...presence('99'), name: 'Ann' }], remove: [] },
      { put: [{ ...presence('99', 'ringing'), name: 'Anna' }], remove: [] },
      { pbx: PBX, put: [], remove: [] },
      { put: [], remove: ['99'] },
    ]);
  });
});

describe('the board over several sites', () => {
  const of = (site: string, connected = true) => ({ ...PBX, connected, site });
  const rows = (store: MemoryStore) =>
    store.note([
      { table: 'pbx', id: 'pbx:berlin', value: of('berlin') },
      { table: 'pbx', id: 'pbx:rome', value: of('rome', false) },
      { table: 'pbx', id: 'pbx:paris', value: of('paris') },
      ...[extensionWrite('1001', 'berlin', 'Ann'), extensionWrite('31001', 'paris', 'Bob')],
      ...['1001', '31001'].map((id) => ({ table: 'presence' as const, id, value: presence(id) })),
    ]);

  it('has the own PBX, the others by name, and the site of each extension', () => {
    const store = new MemoryStore();
    rows(store);
    const sites = new SiteView({ cluster: new FakeClusters().join('b', 'berlin'), clock: new HandClock() });
    expect(boardView(store, sites)).toEqual({
      pbx: of('berlin'),
      sites: [
        { ...of('paris'), id: 'paris' },
        { ...of('rome', false), id: 'rome' },
      ],
      rows: [
        { ...presence('1001'), name: 'Ann', site: 'berlin' },
        { ...presence('31001'), name: 'Bob', site: 'paris' },
      ],
    });
  });

  it('is followed with all of them when one has changed, or when the daemon knows nothing of the others any more', () => {
    const store = new MemoryStore();
    const cluster = new FakeClusters().join('b', 'berlin');
    const sites = new SiteView({ cluster, clock: new HandClock('2026-11-21T13:00:00.000Z') });
    const changes: BoardChange[] = [];
    const stop = watchBoard(store, (change) => changes.push(change), sites);
    store.note([{ table: 'pbx', id: 'pbx:berlin', value: of('berlin') }]);
    store.note([{ table: 'pbx', id: 'pbx:paris', value: of('paris') }]);
    cluster.cut();
    stop();
    cluster.heal();
    store.note([{ table: 'pbx', id: 'pbx:paris', value: of('paris', false) }]);
    const away = { ...of('paris', false), id: 'paris', since: '2026-11-21T13:00:00.000Z' };
    expect(changes).toEqual([
      { reset: true, put: [], remove: [] },
      { pbx: of('berlin'), put: [], remove: [] },
      { pbx: of('berlin'), sites: [{ ...of('paris'), id: 'paris' }], put: [], remove: [] },
      { pbx: of('berlin'), sites: [away], put: [], remove: [] },
    ]);
  });
});
