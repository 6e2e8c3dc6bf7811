// Disks that are full, that fail, that tell a lie: nothing acknowledged is lost, nothing refused is kept, and it is said once.
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/service/store.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, eventsOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const presence = (id: string, n: number): Write => ({ table: 'presence', id, value: { n } });
const idsOf = (store: OpenedStore): string[] => [...store.all('users')].map(({ id }) => id);
const refused = { name: 'Failure', code: 'storage', message: 'nothing was changed: the server cannot save now' };

describe('a full disk', () => {
  it('refuses commits, whichever byte is the last that fits, and takes them when there is room again', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    const commits: unknown[] = [];
    store.subscribe((commit) => commits.push(commit));
    await store.commit([user('1')]);
    await turn();
    const { rev } = store.changes('users', null);
    for (let room = 0; room < 60; room += 1) {
      disk.room = room;
      await expect(store.commit([user('lost', { text: 'x'.repeat(50) })])).rejects.toMatchObject(refused);
    }
    expect([idsOf(store), commits.length, store.changes('users', null).rev, store.state]).toEqual([
      ['1'],
      1,
      rev,
      'open',
    ]);
    disk.room = Number.POSITIVE_INFINITY;
    await store.commit([user('2')]);
    expect(eventsOf(store)).toEqual(['store.opened', 'store.full', 'store.recovered']);
    await turn();
    const killed = await openStore(copyOf(folder));
    expect([idsOf(killed), eventsOf(killed)]).toEqual([['1', '2'], ['store.opened']]);
    await killed.close();
    await store.close();
  });

  it('refuses all commits of a group, and those that follow are none the worse', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    disk.room = 100;
    const group = await Promise.allSettled(['1', '2', '3'].map((id) => store.commit([user(id)])));
    expect(group.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    disk.room = Number.POSITIVE_INFINITY;
    await store.commit([user('4')]);
    await store.close();
    const again = await openStore(folder);
    expect(idsOf(again)).toEqual(['4']);
    await again.close();
  });

  it('keeps notes in memory and writes their newest state when there is room again', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { disk, clock });
    store.note([presence('1', 0)]);
    await turn();
    disk.room = 0;
    for (let n = 1; n <= 100; n += 1) {
      store.note([presence(String(n % 3), n)]);
      if (n % 10 === 0) await turn();
    }
    expect(store.get('presence', '1')?.value).toEqual({ n: 100 });
    disk.room = Number.POSITIVE_INFINITY;
    const before = disk.bytes;
    clock.advance(1000);
    await store.reported('store.recovered');
    expect(disk.bytes - before).toBeLessThan(400);
    const killed = await openStore(copyOf(folder));
    const held = [...store.all('presence')];
    expect([...killed.all('presence')].sort((a, b) => a.rev - b.rev)).toEqual(held.sort((a, b) => a.rev - b.rev));
    await killed.close();
    await store.close();
  });

  it('lets a process that ends then forget what was only noted, and nobody is left with it', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    const kept = store.note([presence('1', 1)]);
    await turn();
    disk.room = 0;
    const lost = store.note([presence('1', 2)]);
    await turn();
    await store.close();
    const again = await openStore(folder);
    expect(again.get('presence', '1')).toEqual({ id: '1', value: { n: 1 }, rev: kept });
    expect([again.changes('presence', kept).reset, again.changes('presence', lost).reset]).toEqual([false, true]);
    await again.close();
  });

  it('at the start is one line', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    for (const room of [0, 1, 50]) {
      disk.room = room;
      await expect(openStore(folder, { disk })).rejects.toMatchObject({
        name: 'OperatorError',
        message: `The data folder ${folder} cannot be used (ENOSPC). Make room on its disk.`,
      });
    }
    disk.room = Number.POSITIVE_INFINITY;
    await (await openStore(folder, { disk })).close();
  });
});

describe('a disk that fails', () => {
  it('once to write refuses that commit and takes the next', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    disk.failWrite = 'EIO';
    await expect(store.commit([user('1')])).rejects.toMatchObject(refused);
    disk.failWrite = undefined;
    await store.commit([user('2')]);
    expect([idsOf(store), eventsOf(store)]).toEqual([['2'], ['store.opened', 'store.refused', 'store.recovered']]);
    await store.close();
  });

  it('to write and to take back is not written to again', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    await store.commit([user('1')]);
    await turn();
    disk.room = 30;
    disk.failTruncate = 'EIO';
    await expect(store.commit([user('2')])).rejects.toMatchObject(refused);
    disk.room = Number.POSITIVE_INFINITY;
    disk.failTruncate = undefined;
    await expect(store.commit([user('3')])).rejects.toMatchObject(refused);
    expect([store.state, eventsOf(store), idsOf(store)]).toEqual(['failed', ['store.opened', 'store.failed'], ['1']]);
    await store.close();
    const again = await openStore(folder);
    expect([idsOf(again), eventsOf(again)]).toEqual([['1'], ['store.tail_cut', 'store.opened']]);
    await again.close();
  });

  it('to sync is trusted no more: what waited is refused and stays refused, reading and notes go on', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { disk, clock });
    const heard: number[] = [];
    store.subscribe(({ rev }) => heard.push(rev));
    const rev = await store.commit([user('1')]);
    await turn();
    disk.holdSyncs();
    disk.failSync = 'EIO';
    const pending = [store.commit([user('2')])];
    await turn();
    store.note([presence('1', 1)]);
    pending.push(store.commit([user('3')]));
    await turn();
    disk.releaseSyncs();
    for (const commit of pending) await expect(commit).rejects.toMatchObject(refused);
    disk.failSync = undefined;
    await expect(store.commit([user('4')])).rejects.toMatchObject(refused);
    store.note([presence('1', 2)]);
    clock.advance(60_000);
    await turn();
    expect([store.state, idsOf(store), heard]).toEqual(['failed', ['1'], [rev, rev + 1, rev + 2]]);
    expect(store.reports.slice(1)).toEqual([['store.failed', { code: 'EIO' }]]);
    await store.close();
    expect(store.state).toBe('closed');
    const again = await openStore(folder);
    expect([idsOf(again), again.get('presence', '1')]).toEqual([['1'], undefined]);
    expect([again.changes('users', rev).reset, again.changes('users', rev + 2).reset]).toEqual([false, true]);
    await again.close();
  });
});

describe('a power cut', () => {
  it('may take notes that were not synced yet, after a second it takes none', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { disk, clock });
    const first = store.note([presence('1', 1)]);
    await turn();
    const syncs = disk.syncs;
    clock.advance(1000);
    while (disk.syncs === syncs) await turn();
    await store.commit([user('1')]);
    const lost = store.note([presence('1', 2)]);
    await turn();
    const cut = await openStore(disk.copyAfterPowerCut(folder, () => 0));
    expect([cut.get('presence', '1')?.rev, idsOf(cut)]).toEqual([first, ['1']]);
    expect([cut.changes('presence', first).reset, cut.changes('presence', lost).reset]).toEqual([false, true]);
    await cut.close();
    await store.close();
  });
});
