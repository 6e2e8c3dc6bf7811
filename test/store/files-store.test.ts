// The files store keeps the store contract, and what is its own: modes, group commit, limits.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/service/store.ts';
import { contact } from '../contracts/large-tables.ts';
import { durableStoreContract, storeContract } from '../contracts/store.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { copyOf, eventsOf, newFolder, openStore, turn } from './support/places.ts';

storeContract('the files store', () => openStore(newFolder()));
durableStoreContract('the files store', async () => {
  const folder = newFolder();
  const textOf = (name: string) => readFileSync(join(folder, name));
  return {
    open: () => openStore(folder),
    holds: (text) => readdirSync(folder).some((name) => textOf(name).includes(text)),
  };
});

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });

describe('the files of a store', () => {
  it('are for their owner alone, and so is the folder when it is made', async () => {
    const folder = join(newFolder(), 'deep', 'data');
    const store = await openStore(folder);
    await store.commit([user('1'), user('2')]);
    await store.commit([user('2', null)]);
    await store.close();
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect([statSync(folder).mode & 0o777, ...new Set(modes)]).toEqual([0o700, 0o600]);
    expect(readdirSync(folder)).toContain('snapshot');
  });

  it('leave the mode of a folder that was there, and the files of others in it, alone', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o750);
    writeFileSync(join(folder, 'journal.txt'), 'mine');
    mkdirSync(join(folder, 'journal.d'));
    await (await openStore(folder)).close();
    expect(statSync(folder).mode & 0o777).toBe(0o750);
    expect([existsSync(join(folder, 'journal.txt')), existsSync(join(folder, 'journal.d'))]).toEqual([true, true]);
  });

  it('cannot be in what is no folder: one line says so', async () => {
    const path = join(newFolder(), 'file');
    writeFileSync(path, '');
    await expect(openStore(path)).rejects.toMatchObject({
      name: 'OperatorError',
      message: `The data folder ${path} cannot be used (ENOTDIR). It must be a folder on a working disk.`,
    });
  });
});

describe('group commit', () => {
  it('brings all commits of a turn to the disk with one write and one sync, and then writes which revisions they have', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    const before = { writes: disk.writes, syncs: disk.syncs };
    await Promise.all(Array.from({ length: 32 }, (_, n) => store.commit([user(String(n))])));
    expect([disk.writes - before.writes, disk.syncs - before.syncs]).toEqual([2, 1]);
    await store.close();
  });

  it('gathers what comes while the disk is at work into the next write', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    disk.holdSyncs();
    const first = store.commit([user('1')]);
    await turn();
    const before = { writes: disk.writes, syncs: disk.syncs };
    const others = ['2', '3', '4'].map((id) => store.commit([user(id)]));
    await turn();
    expect([disk.writes - before.writes, disk.syncs - before.syncs]).toEqual([0, 0]);
    disk.releaseSyncs();
    await first;
    const between = { writes: disk.writes, syncs: disk.syncs };
    await Promise.all(others);
    expect([disk.writes - between.writes, disk.syncs - between.syncs]).toEqual([2, 1]);
    await store.close();
  });

  it('writes the notes of a turn once and does not wait for the disk, even while a commit does', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    disk.holdSyncs();
    const pending = store.commit([user('1')]);
    await turn();
    const before = { writes: disk.writes, syncs: disk.syncs };
    for (let n = 0; n < 10; n += 1) store.note([{ table: 'presence', id: String(n % 3), value: { n } }]);
    await turn();
    expect([disk.writes - before.writes, disk.syncs - before.syncs]).toEqual([1, 0]);
    disk.releaseSyncs();
    await pending;
    await store.close();
  });
});

describe('limits', () => {
  it('refuses commits that would make too much wait for a disk that hangs, and takes them again later', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk, waitingCharacters: 1000 });
    disk.holdSyncs();
    const underWay = store.commit([user('0')]);
    await turn();
    const waiting = [1, 2, 3].map((n) => store.commit([user(String(n), { text: 'x'.repeat(400) })]));
    await expect(waiting[2]).rejects.toMatchObject({ code: 'storage' });
    disk.releaseSyncs();
    await Promise.all([underWay, waiting[0], waiting[1]]);
    await store.commit([user('3', { text: 'x'.repeat(4000) })]);
    expect([...store.all('users')].map(({ id }) => id)).toEqual(['0', '1', '2', '3']);
    await store.close();
  });

  it('remembers so many removals, and tells everything to who asks for older ones', async () => {
    const folder = newFolder();
    let store = await openStore(folder, { removalsKept: 20 });
    const start = await store.commit(Array.from({ length: 30 }, (_, n) => user(String(n))));
    const revs: number[] = [];
    for (let n = 0; n < 22; n += 1) revs.push(await store.commit([user(String(n), null)]));
    const resets = () => [start, ...revs].map((rev) => store.changes('users', rev).reset);
    const expected = [...Array(3).fill(true), ...Array(20).fill(false)];
    expect(resets()).toEqual(expected);
    expect(store.changes('users', revs[3] ?? 0).removed).toEqual(Array.from({ length: 18 }, (_, n) => String(n + 4)));
    expect(store.changes('logins', start).reset).toBe(false);
    await store.close();
    store = await openStore(folder, { removalsKept: 20 });
    expect(resets()).toEqual(expected);
    await store.close();
  });

  it('keeps few journals, however often it is started', async () => {
    const folder = newFolder();
    for (let starts = 0; starts < 12; starts += 1) {
      const store = await openStore(folder);
      await store.commit([user(String(starts))]);
      await store.close();
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('journal')).length).toBeLessThanOrEqual(6);
    const store = await openStore(folder);
    expect([...store.all('users')]).toHaveLength(12);
    await store.close();
  });
});

describe('what must not happen', () => {
  it('a value that is no JSON is refused before anything is written', async () => {
    const store = await openStore(newFolder());
    const loop: { self?: object } = {};
    loop.self = loop;
    await expect(store.commit([user('1'), user('2', loop)])).rejects.toBeInstanceOf(TypeError);
    expect(() => store.note([user('1'), user('2', loop)])).toThrow(TypeError);
    await store.commit([user('3')]);
    expect([...store.all('users')].map(({ id }) => id)).toEqual(['3']);
    await store.close();
  });

  it('a listener that throws keeps nothing from the others, and is reported without what it said', async () => {
    const store = await openStore(newFolder());
    store.subscribe(() => {
      throw new RangeError('Ada Lovelace');
    });
    let told = 0;
    store.subscribe(() => {
      told += 1;
    });
    await store.commit([user('1')]);
    expect(told).toBe(1);
    expect(eventsOf(store)).toEqual(['store.opened', 'store.listener_failed']);
    expect(JSON.stringify(store.reports)).not.toContain('Ada');
    await store.close();
  });
});

describe('what was told', () => {
  it('survives the death of the process with its revision before anything can leave the process', async () => {
    const folder = newFolder();
    const store = await openStore(folder, { disk: new FaultyDisk() });
    const left: { readonly rev: number; readonly folder: string }[] = [];
    store.subscribe(({ rev }) => setImmediate(() => left.push({ rev, folder: copyOf(folder) })));
    const commits = [1, 2, 3].map((n) => store.commit([user(String(n))]));
    store.note([{ table: 'presence', id: '1', value: {} }]);
    const batch = Array.from({ length: 250 }, (_, n) => contact(`${n}`, 'a'));
    await Promise.all([...commits, store.commitMany([...batch, user('4')])]);
    await turn();
    expect(left.map(({ rev }) => rev)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const { rev, folder: copy } of left) {
      const killed = await openStore(copy);
      const { reset } = killed.changes('users', rev);
      const question = { table: 'contacts', scope: 'a', since: rev, removedSince: null, limit: 10 } as const;
      expect([rev, reset, (await killed.read(question)).reset]).toEqual([rev, false, false]);
      await killed.close();
    }
    await store.close();
  });

  it('by a commit that was answered has that revision after the death of the process', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const rev = await store.commit([user('1')]);
    const killed = await openStore(copyOf(folder));
    expect(killed.get('users', '1')?.rev).toBe(rev);
    await killed.close();
    await store.close();
  });
});

describe('a row that came and went between two writes to the disk', () => {
  it('is told as removed after a restart to whoever saw it', async () => {
    const folder = newFolder();
    const first = await openStore(folder);
    const seen = first.note([{ table: 'presence', id: '1', value: {} }]);
    first.note([{ table: 'presence', id: '1', value: null }]);
    await first.close();
    const second = await openStore(folder);
    expect({ ...second.changes('presence', seen), rev: 0 }).toEqual({ reset: false, rows: [], removed: ['1'], rev: 0 });
    await second.close();
  });
});
