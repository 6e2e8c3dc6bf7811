import { describe, expect, test } from 'vitest';
import { aloneIn } from '../../src/service/cluster.ts';
import type { PbxItem } from '../../src/service/rows.ts';
import { SiteLiveness } from '../../src/service/site-liveness.ts';
import type { Write } from '../../src/service/store.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { extensionWrite } from '../support/sites.ts';

const SINCE = '2026-01-05T08:00:00.000Z';
const DAY_MS = 86_400_000;

function pbxWrite(site: string, connected = true, since = SINCE): Write {
  const id = site === '' ? 'pbx' : `pbx:${site}`;
  return { table: 'pbx', id, value: { id: 'pbx', connected, since, ...(site === '' ? {} : { site }) } };
}

/** The house work of a daemon at berlin, with one at paris beside it. */
function openHouse() {
  const store = new MemoryStore();
  const clock = new HandClock();
  const group = new FakeClusters();
  const berlin = group.join('b', 'berlin');
  const paris = group.join('p', 'paris');
  const reports: unknown[] = [];
  const report = (event: string, fields?: object) => void reports.push([event, fields]);
  store.note([pbxWrite('berlin'), pbxWrite('paris')]);
  const liveness = new SiteLiveness({ store, cluster: berlin, clock, report });
  liveness.start();
  const shown = (site: string) => {
    const item = store.get('pbx', site === '' ? 'pbx' : `pbx:${site}`)?.value as PbxItem | undefined;
    return item && [item.connected, item.since];
  };
  return { store, clock, group, berlin, paris, reports, liveness, shown };
}

describe('A site', () => {
  test('whose last daemon has died is away three seconds later, and stays what its own daemon says after that', () => {
    const { store, clock, group, paris, reports, shown } = openHouse();
    paris.die();
    clock.pass(2_999);
    expect(shown('paris')).toEqual([true, SINCE]);
    clock.pass(1);
    expect(shown('paris')).toEqual([false, '2026-01-05T08:00:03.000Z']);
    expect(store.get('pbx', 'pbx:paris')?.value).toMatchObject({ id: 'pbx', site: 'paris' });
    group.join('p2', 'paris');
    store.note([pbxWrite('paris')]);
    clock.pass(60_000);
    expect(shown('paris')).toEqual([true, SINCE]);
    expect(reports).toEqual([['site.away', { site: 'paris' }]]);
  });

  test('whose daemon is back in time was never away', () => {
    const { clock, group, paris, reports, shown } = openHouse();
    paris.die();
    clock.pass(2_000);
    group.join('p2', 'paris');
    clock.pass(60_000);
    expect([shown('paris'), reports]).toEqual([[true, SINCE], []]);
  });

  test('with another daemon left is there', () => {
    const { clock, group, paris, shown } = openHouse();
    group.join('p2', 'paris');
    paris.die();
    clock.pass(60_000);
    expect(shown('paris')).toEqual([true, SINCE]);
  });

  test('that says by itself that its PBX is away is left alone', () => {
    const { store, clock, paris, reports, shown } = openHouse();
    store.note([pbxWrite('paris', false)]);
    paris.die();
    clock.pass(60_000);
    expect([shown('paris'), reports]).toEqual([[false, SINCE], []]);
  });

  test('is away when a row of it comes up that nobody stands for', () => {
    const { store, clock, shown } = openHouse();
    store.note([pbxWrite('rome')]);
    clock.pass(3_000);
    expect([shown('rome'), shown('paris'), shown('berlin')]).toEqual([
      [false, '2026-01-05T08:00:03.000Z'],
      [true, SINCE],
      [true, SINCE],
    ]);
  });
});

describe('Without the database', () => {
  test('nothing is said of any site, and after it there is time to come back', () => {
    const { clock, group, paris, shown } = openHouse();
    group.database(false);
    clock.pass(60_000);
    expect(shown('paris')).toEqual([true, SINCE]);
    paris.die();
    group.database(true);
    clock.pass(9_999);
    expect(shown('paris')).toEqual([true, SINCE]);
    clock.pass(1);
    expect(shown('paris')).toEqual([false, '2026-01-05T08:01:10.000Z']);
  });

  test('what was to be said a moment later is not said', () => {
    const { clock, berlin, paris, shown } = openHouse();
    paris.die();
    clock.pass(1_000);
    berlin.cut();
    clock.pass(60_000);
    expect(shown('paris')).toEqual([true, SINCE]);
  });
});

describe('What a site has left', () => {
  test('goes when nobody was there for 90 days, and nothing of another site with it', () => {
    const { store, clock, paris, reports } = openHouse();
    const presence = (id: string): Write => ({ table: 'presence', id, value: { id } });
    store.note([extensionWrite('31001', 'paris'), presence('31001'), extensionWrite('1001', 'berlin')]);
    store.note([presence('1001'), { table: 'statuses', id: '31001', value: {} }]);
    const left = () => ['extensions', 'presence', 'statuses', 'pbx'].map((table) => ids(store, table as 'pbx'));
    paris.die();
    clock.pass(89 * DAY_MS);
    expect(left()).toEqual([['31001', '1001'], ['31001', '1001'], ['31001'], ['pbx:berlin', 'pbx:paris']]);
    clock.pass(2 * DAY_MS);
    expect(left()).toEqual([['1001'], ['1001'], ['31001'], ['pbx:berlin']]);
    expect(reports).toEqual([
      ['site.away', { site: 'paris' }],
      ['site.gone', { site: 'paris' }],
    ]);
  });

  test('from before sites had names goes within two days', () => {
    const { store, clock, reports } = openHouse();
    store.note([pbxWrite(''), extensionWrite('1001'), extensionWrite('1002', 'berlin')]);
    clock.pass(DAY_MS);
    expect([ids(store, 'extensions'), ids(store, 'pbx')]).toEqual([
      ['1001', '1002'],
      ['pbx:berlin', 'pbx:paris', 'pbx'],
    ]);
    clock.pass(DAY_MS);
    expect([ids(store, 'extensions'), ids(store, 'pbx'), reports]).toEqual([['1002'], ['pbx:berlin', 'pbx:paris'], []]);
  });

  test('from before sites had names goes at once when nothing is left of it and nobody says that it is there', () => {
    const { store, clock } = openHouse();
    store.note([pbxWrite('', false, '2026-01-05T07:59:59.000Z'), extensionWrite('1001', 'berlin')]);
    clock.pass(3_600_000);
    expect([ids(store, 'extensions'), ids(store, 'pbx')]).toEqual([['1001'], ['pbx:berlin', 'pbx:paris']]);
  });

  test('stays while a daemon of it is there, however long its PBX is away', () => {
    const { store, clock } = openHouse();
    store.note([pbxWrite('paris', false), extensionWrite('31001', 'paris')]);
    clock.pass(200 * DAY_MS);
    expect([ids(store, 'extensions'), ids(store, 'pbx')]).toEqual([['31001'], ['pbx:berlin', 'pbx:paris']]);
  });

  test('of a time when the store was shared is away for a daemon that is alone now', () => {
    const { store } = openHouse();
    const clock = new HandClock();
    const reports: unknown[] = [];
    const report = (event: string, fields?: object) => void reports.push([event, fields]);
    store.note([pbxWrite(''), extensionWrite('31001', 'paris')]);
    new SiteLiveness({ store, cluster: aloneIn('', 'd'), clock, report }).start();
    clock.pass(3_000);
    const connected = [...store.all('pbx')].map(({ id, value }) => [id, (value as PbxItem).connected]);
    expect(connected).toEqual([
      ['pbx:berlin', false],
      ['pbx:paris', false],
      ['pbx', true],
    ]);
    expect(reports).toEqual([
      ['site.away', { site: 'berlin' }],
      ['site.away', { site: 'paris' }],
    ]);
  });

  test('is left alone by a daemon that has ended this work', () => {
    const { clock, paris, liveness, shown } = openHouse();
    paris.die();
    liveness.stop();
    clock.pass(200 * DAY_MS);
    expect([shown('paris'), clock.waiting]).toEqual([[true, SINCE], 0]);
  });
});

function ids(store: MemoryStore, table: 'pbx' | 'extensions'): string[] {
  return [...store.all(table)].map(({ id }) => id);
}
