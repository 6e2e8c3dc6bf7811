import { describe, expect, test } from 'vitest';
import type { PbxItem } from '../../src/service/rows.ts';
import { ONE_SITE, SiteView } from '../../src/service/site-view.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';

const SINCE = '2026-01-05T07:00:00.000Z';
const NOW = '2026-01-05T08:00:00.000Z';
const ITEM: PbxItem = { id: 'pbx', connected: true, since: SINCE };
const of = (site: string, connected = true): PbxItem => ({ id: 'pbx', connected, since: SINCE, site });

function openView(site: string) {
  const cluster = new FakeClusters().join('a', site);
  const view = new SiteView({ cluster, clock: new HandClock() });
  const told: string[] = [];
  view.subscribe(() => told.push(view.key));
  return { cluster, view, told };
}

describe('The PBXes as a daemon shows them', () => {
  test('are its own as `pbx`, and the others by the names of their sites', () => {
    const { view } = openView('berlin');
    expect([view.itemId('pbx:berlin'), view.itemId('pbx:paris')]).toEqual(['pbx', 'paris']);
    expect(view.item('pbx:berlin', of('berlin'))).toEqual(of('berlin'));
    expect(view.item('pbx:paris', of('paris', false))).toEqual({ ...of('paris', false), id: 'paris' });
  });

  test('have none of a time before sites had names', () => {
    const { view } = openView('berlin');
    expect(['pbx', 'pbx:berlin', 'pbx:paris'].map((row) => view.shows(row))).toEqual([false, true, true]);
  });

  test('are the only one, as it is, where sites have no names', () => {
    const { view } = openView('');
    expect([view.key, view.shows('pbx'), view.itemId('pbx')]).toEqual(['everyone', true, 'pbx']);
    expect(view.item('pbx', ITEM)).toBe(ITEM);
    expect([ONE_SITE.key, ONE_SITE.shows('pbx'), ONE_SITE.itemId('pbx')]).toEqual(['everyone', true, 'pbx']);
    expect(ONE_SITE.item('pbx', ITEM)).toBe(ITEM);
  });

  test('are told apart by daemons of different sites', () => {
    expect(new Set([openView('berlin'), openView('paris'), openView('')].map(({ view }) => view.key)).size).toBe(3);
  });

  test('are not connected, but for its own, while the daemon is cut off from the database', () => {
    const { cluster, view, told } = openView('berlin');
    const before = view.key;
    cluster.cut();
    const cut = view.key;
    expect(view.item('pbx:paris', of('paris'))).toEqual({ ...of('paris'), id: 'paris', connected: false, since: NOW });
    expect(view.item('pbx:paris', of('paris', false))).toEqual({ ...of('paris', false), id: 'paris' });
    expect(view.item('pbx:berlin', of('berlin'))).toEqual(of('berlin'));
    cluster.heal();
    expect(view.item('pbx:paris', of('paris'))).toEqual({ ...of('paris'), id: 'paris' });
    expect(told).toEqual([cut, before]);
    expect(cut).not.toBe(before);
  });

  test('are shown as they were once nobody looks any more', () => {
    const { cluster, view, told } = openView('berlin');
    view.stop();
    cluster.cut();
    expect(told).toEqual([]);
  });
});
