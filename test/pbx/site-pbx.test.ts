import { describe, expect, test } from 'vitest';
import { sitePbx } from '../../src/pbx/site-pbx.ts';
import { Attendance } from '../../src/service/attendance.ts';
import { Board } from '../../src/service/board.ts';
import type { Pbx, PbxUpdate } from '../../src/service/pbx-port.ts';
import type { ExtensionRow } from '../../src/service/rows.ts';
import { SiteExtensions } from '../../src/service/site-extensions.ts';
import type { Told } from '../../src/service/store.ts';
import { turn } from '../support/board-house.ts';
import { type FakeCluster, FakeClusters } from '../support/fake-cluster.ts';
import { FakePbx, freshFacts } from '../support/fake-pbx.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { extensionWrite, numbersOf } from '../support/sites.ts';

/** A daemon's view of its own PBX. */
function openSite(store: MemoryStore, cluster: FakeCluster, prefix = '') {
  const pbx = new FakePbx();
  pbx.obedient = true;
  const reports: unknown[] = [];
  const report = (event: string, fields?: object) => void reports.push([event, fields]);
  const extensions = new SiteExtensions({ store, cluster, report });
  const numbers = numbersOf(store, cluster.site, prefix);
  return { pbx, reports, site: sitePbx(pbx, { store, numbers, extensions }), cluster };
}

function listen(pbx: Pbx): PbxUpdate[] {
  const updates: PbxUpdate[] = [];
  pbx.subscribe((update) => updates.push(update));
  return updates;
}

/** The same with a board that is on duty. */
function openBoard(store: MemoryStore, cluster: FakeCluster, prefix = '') {
  const opened = openSite(store, cluster, prefix);
  const clock = new HandClock();
  const attendance = new Attendance({ store, cluster, clock });
  const { site: pbx } = opened;
  const duties = { site: cluster.site, isShared: true, isOnDuty: true };
  const board = new Board({ store, pbx, attendance, clock, report: () => undefined, ...duties });
  void board.start(3_000);
  return { ...opened, board };
}

/** The extensions of the store, with the site of each. */
function owners(store: MemoryStore): Record<string, string | undefined> {
  return Object.fromEntries([...store.all('extensions')].map(({ id, value }) => [id, (value as ExtensionRow).site]));
}

describe('The PBX of a site with digits in front of its numbers', () => {
  const opened = () => openSite(new MemoryStore(), new FakeClusters().join('a', 'paris'), '3');

  test('has its extensions under their ids', () => {
    const { pbx, site } = opened();
    const updates = listen(site);
    pbx.put(freshFacts('1001'), freshFacts('1002', { line: 'ringing' }));
    pbx.snapshot();
    pbx.change('1001', { line: 'in_use' });
    pbx.cut();
    const first = { ...freshFacts('1001'), number: '31001' };
    const second = { ...freshFacts('1002', { line: 'ringing' }), number: '31002' };
    expect(updates).toEqual([
      {
        kind: 'snapshot',
        first: true,
        extensions: new Map([
          ['31001', first],
          ['31002', second],
        ]),
      },
      { kind: 'extension', facts: { ...first, line: 'in_use' } },
      { kind: 'away' },
    ]);
  });

  test('tells the same facts as the same object, by which the board knows that nothing is new', () => {
    const { pbx, site } = opened();
    const updates = listen(site);
    pbx.put(freshFacts('1001'));
    pbx.snapshot();
    const [before] = updates;
    const told = before?.kind === 'snapshot' ? before.extensions.get('31001') : undefined;
    pbx.snapshot();
    const [, after] = updates;
    expect(after?.kind === 'snapshot' && after.extensions.get('31001') === told && told !== undefined).toBe(true);
  });

  test('takes orders for ids', async () => {
    const { pbx, site } = opened();
    pbx.put(freshFacts('1001'));
    pbx.snapshot();
    const { presentity } = freshFacts('1001');
    await site.carryOut({ number: '31001', blocked: true, presentity });
    expect(pbx.takeOrders()).toEqual([{ number: '1001', blocked: true, presentity }]);
  });
});

describe('The PBX of a site', () => {
  test('without a name is itself', () => {
    const { pbx, site } = openSite(new MemoryStore(), new FakeClusters().join('a'));
    expect(site).toBe(pbx);
  });

  test('leaves an extension to the site that has it first, and says so once', () => {
    const store = new MemoryStore();
    const group = new FakeClusters();
    group.join('a', 'paris');
    const berlin = openSite(store, group.join('b', 'berlin'));
    store.note([extensionWrite('1001', 'paris')]);
    const updates = listen(berlin.site);
    berlin.pbx.put(freshFacts('1001'), freshFacts('1002'));
    berlin.pbx.snapshot();
    berlin.pbx.change('1001', { line: 'in_use' });
    berlin.pbx.snapshot();
    expect(updates.map((update) => (update.kind === 'snapshot' ? [...update.extensions.keys()] : update))).toEqual([
      ['1002'],
      ['1002'],
    ]);
    expect(berlin.reports).toEqual([['site.extension_taken', { extension: '1001', site: 'paris' }]]);
  });

  test('has an extension that the other site gives up, as it is then', () => {
    const store = new MemoryStore();
    const group = new FakeClusters();
    group.join('a', 'paris');
    const berlin = openSite(store, group.join('b', 'berlin'));
    store.note([extensionWrite('1001', 'paris')]);
    berlin.pbx.put(freshFacts('1001'));
    berlin.pbx.snapshot();
    berlin.pbx.change('1001', { line: 'ringing' });
    const updates = listen(berlin.site);
    berlin.pbx.snapshot();
    berlin.pbx.change('1001', { line: 'in_use' });
    store.note([{ table: 'extensions', id: '1001', value: null }]);
    expect(updates).toEqual([
      { kind: 'snapshot', first: false, extensions: new Map() },
      { kind: 'extension', facts: freshFacts('1001', { line: 'in_use' }) },
    ]);
  });

  test('takes what a site has left that nobody is at any more, and what is of a time without names', () => {
    const store = new MemoryStore();
    const berlin = openSite(store, new FakeClusters().join('b', 'berlin'));
    store.note([extensionWrite('1001', 'paris'), extensionWrite('1002')]);
    const updates = listen(berlin.site);
    berlin.pbx.put(freshFacts('1001'), freshFacts('1002'));
    berlin.pbx.snapshot();
    expect(updates.map((update) => update.kind === 'snapshot' && [...update.extensions.keys()])).toEqual([
      ['1001', '1002'],
    ]);
    expect(berlin.reports).toEqual([]);
  });

  test('leaves the others what they have while nobody can know who is alive', () => {
    const store = new MemoryStore();
    const cluster = new FakeClusters().join('b', 'berlin');
    const berlin = openSite(store, cluster);
    store.note([extensionWrite('1001', 'paris')]);
    cluster.cut();
    const updates = listen(berlin.site);
    berlin.pbx.put(freshFacts('1001'));
    berlin.pbx.snapshot();
    expect(updates).toEqual([{ kind: 'snapshot', first: true, extensions: new Map() }]);
  });
});

describe('The boards of two sites', () => {
  test('write the extensions of one directory, each its own', async () => {
    const store = new MemoryStore();
    const group = new FakeClusters();
    const paris = openBoard(store, group.join('a', 'paris'), '3');
    const berlin = openBoard(store, group.join('b', 'berlin'));
    for (const { pbx } of [paris, berlin]) {
      pbx.put(freshFacts('1001'), freshFacts('1002'));
      pbx.snapshot();
    }
    await turn();
    expect(owners(store)).toEqual({ 1001: 'berlin', 1002: 'berlin', 31001: 'paris', 31002: 'paris' });
    expect([...store.all('pbx')].map(({ id, value }) => [id, value])).toEqual([
      ['pbx:paris', { id: 'pbx', connected: true, since: '2026-01-05T08:00:00.000Z', site: 'paris' }],
      ['pbx:berlin', { id: 'pbx', connected: true, since: '2026-01-05T08:00:00.000Z', site: 'berlin' }],
    ]);
    paris.pbx.remove('1002');
    paris.pbx.snapshot();
    expect(Object.keys(owners(store))).toEqual(['1001', '1002', '31001']);
  });

  test('with the same numbers agree on one owner, who is not written over, and loses nothing with the other', async () => {
    const store = new MemoryStore();
    const group = new FakeClusters();
    const paris = openBoard(store, group.join('a', 'paris'));
    const berlin = openBoard(store, group.join('b', 'berlin'));
    paris.pbx.put(freshFacts('1001', { name: 'Ann' }), freshFacts('1002'));
    paris.pbx.snapshot();
    berlin.pbx.put(freshFacts('1001', { name: 'Bob' }), freshFacts('2001'));
    berlin.pbx.snapshot();
    await turn();
    const told: Told[] = [];
    store.subscribe(({ writes }) => told.push(...writes));
    berlin.pbx.change('1001', { line: 'in_use', name: 'Bert' });
    berlin.pbx.remove('1001');
    berlin.pbx.snapshot();
    await turn();
    expect(told.filter(({ id }) => id === '1001')).toEqual([]);
    expect(owners(store)).toEqual({ 1001: 'paris', 1002: 'paris', 2001: 'berlin' });
    expect(berlin.reports).toEqual([['site.extension_taken', { extension: '1001', site: 'paris' }]]);
  });

  test('that wrote the same extension at the same time leave it to the one whose row stands', async () => {
    const store = new MemoryStore();
    const group = new FakeClusters();
    const paris = openBoard(store, group.join('a', 'paris'));
    group.join('b', 'berlin');
    paris.pbx.put(freshFacts('1001'), freshFacts('1002'));
    paris.pbx.snapshot();
    store.note([extensionWrite('1001', 'berlin', 'Bob')]);
    await turn();
    paris.pbx.change('1001', { line: 'in_use', name: 'Ann' });
    paris.pbx.snapshot();
    await turn();
    expect(owners(store)).toEqual({ 1001: 'berlin', 1002: 'paris' });
    expect(store.get('extensions', '1001')?.value).toEqual(extensionWrite('1001', 'berlin', 'Bob').value);
    expect([paris.board.has('1001'), paris.board.has('1002')]).toEqual([false, true]);
    expect(paris.reports).toEqual([['site.extension_taken', { extension: '1001', site: 'berlin' }]]);
  });
});
