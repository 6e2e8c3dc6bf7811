// The collection `pbx` at daemons of several sites: what their clients are told, and which of their cursors go on where.
import { describe, expect, test } from 'vitest';
import { Access } from '../../src/service/access.ts';
import { SiteView } from '../../src/service/site-view.ts';
import type { Write } from '../../src/service/store.ts';
import { Hub } from '../../src/sync/hub.ts';
import { Outbox } from '../../src/sync/outbox.ts';
import type { Subscriber } from '../../src/sync/subscription.ts';
import { turn } from '../support/board-house.ts';
import { type FakeCluster, FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { readFrames } from '../support/read-frames.ts';

const SINCE = '2026-01-05T07:00:00.000Z';
const NOW = '2026-01-05T08:00:00.000Z';

function rowOf(site: string, connected = true): Write {
  const id = site === '' ? 'pbx' : `pbx:${site}`;
  return { table: 'pbx', id, value: { id: 'pbx', connected, since: SINCE, ...(site === '' ? {} : { site }) } };
}

const item = (id: string, site: string, connected = true, since = SINCE) => ({ id, connected, since, site });

interface Change {
  readonly reset?: boolean;
  readonly put?: readonly object[];
  readonly remove?: readonly string[];
  readonly cursor?: string;
}

/** The hub of a daemon; without a cluster, of one that knows of no sites. */
function openHub(store: MemoryStore, cluster?: FakeCluster) {
  const clock = new HandClock();
  const access = new Access(store);
  const sites = cluster && { sites: new SiteView({ cluster, clock }) };
  const hub = new Hub({ store, access, ...sites, clock, report: () => undefined });
  /** A client that follows `pbx`; answers with what it was told since the last look. */
  const follow = async (cursor?: string) => {
    const told: Change[] = [];
    const write = (frames: Uint8Array): boolean => {
      for (const text of readFrames(frames)) {
        const { method, params } = JSON.parse(text) as { method: string; params: Change & { collection: string } };
        if (method === 'sync.change') told.push(params);
      }
      return true;
    };
    const rest = { address: '', buffered: 0, sent: 0, pause: () => {}, resume: () => {}, close: () => {} };
    const subscriber: Subscriber = {
      ...{ outbox: new Outbox({ ...rest, write }), viewer: { extension: '1001', admin: false, contacts: true } },
      ...{ wanted: [], subscriptions: [], ready: false, answers: undefined, reviewed: () => {} },
    };
    hub.join(subscriber);
    hub.open(subscriber, ['pbx'], cursor === undefined ? {} : { pbx: cursor });
    return async () => {
      for (let n = 0; n < 4; n++) await turn();
      return told.splice(0);
    };
  };
  return { follow };
}

const plain = (changes: readonly Change[]) =>
  changes.map(({ reset = false, put = [], remove = [] }) => ({ reset, put, remove }));

describe('The collection `pbx` of a daemon whose site has a name', () => {
  test('has its own as `pbx`, the others by name, and follows each', async () => {
    const store = new MemoryStore();
    store.note([rowOf(''), rowOf('berlin'), rowOf('paris')]);
    const { follow } = openHub(store, new FakeClusters().join('b', 'berlin'));
    const news = await follow();
    const whole = { reset: true, put: [item('pbx', 'berlin'), item('paris', 'paris')], remove: [] };
    expect(plain(await news())).toEqual([whole]);
    store.note([rowOf('paris', false)]);
    expect(plain(await news())).toEqual([{ reset: false, put: [item('paris', 'paris', false)], remove: [] }]);
    store.note([{ table: 'pbx', id: 'pbx:paris', value: null }, rowOf('', false)]);
    expect(plain(await news())).toEqual([{ reset: false, put: [], remove: ['paris'] }]);
  });

  test('says of what went meanwhile that it is gone, by the name that the client knows', async () => {
    const store = new MemoryStore();
    store.note([rowOf('berlin'), rowOf('paris')]);
    const { follow } = openHub(store, new FakeClusters().join('b', 'berlin'));
    const [first] = await (await follow())();
    store.note([{ table: 'pbx', id: 'pbx:paris', value: null }]);
    const news = await follow(first?.cursor);
    expect(plain(await news())).toEqual([{ reset: false, put: [], remove: ['paris'] }]);
  });

  test('goes on at another daemon of the site, and begins anew at one of another site', async () => {
    const store = new MemoryStore();
    store.note([rowOf('berlin'), rowOf('paris')]);
    const group = new FakeClusters();
    const berlin = openHub(store, group.join('b', 'berlin'));
    const second = openHub(store, group.join('b2', 'berlin'));
    const paris = openHub(store, group.join('p', 'paris'));
    const [first] = await (await berlin.follow())();
    expect(plain(await (await second.follow(first?.cursor))())).toEqual([]);
    const put = [item('berlin', 'berlin'), item('pbx', 'paris')];
    expect(plain(await (await paris.follow(first?.cursor))())).toEqual([{ reset: true, put, remove: [] }]);
  });

  test('shows the others as not connected while the daemon is cut off, and as they are after that', async () => {
    const store = new MemoryStore();
    store.note([rowOf('berlin'), rowOf('paris'), rowOf('rome', false)]);
    const group = new FakeClusters();
    const cluster = group.join('b', 'berlin');
    const { follow } = openHub(store, cluster);
    const news = await follow();
    await news();
    cluster.cut();
    const away = [item('pbx', 'berlin'), item('paris', 'paris', false, NOW), item('rome', 'rome', false)];
    expect(plain(await news())).toEqual([{ reset: true, put: away, remove: [] }]);
    store.note([rowOf('berlin', false)]);
    expect(plain(await news())).toEqual([{ reset: false, put: [item('pbx', 'berlin', false)], remove: [] }]);
    const late = await follow();
    expect(plain(await late())[0]?.put).toEqual([away[1], away[2], item('pbx', 'berlin', false)]);
    cluster.heal();
    const back = [item('paris', 'paris'), item('rome', 'rome', false), item('pbx', 'berlin', false)];
    for (const told of [await news(), await late()])
      expect(plain(told)).toEqual([{ reset: true, put: back, remove: [] }]);
  });
});

describe('The collection `pbx` where sites have no names', () => {
  test('is the one item, with cursors as they ever were, whether or not the daemon knows of sites', async () => {
    const store = new MemoryStore();
    store.note([rowOf('')]);
    const shared = openHub(store, new FakeClusters().join('a'));
    const alone = openHub(store);
    const [first] = await (await shared.follow())();
    expect(first?.put).toEqual([{ id: 'pbx', connected: true, since: SINCE }]);
    expect(plain(await (await alone.follow(first?.cursor))())).toEqual([]);
    const [other] = await (await alone.follow())();
    expect(plain(await (await shared.follow(other?.cursor))())).toEqual([]);
  });
});
