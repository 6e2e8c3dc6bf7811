// Snapshots: what they cost, that no moment of one leaves a folder that cannot be read, and that what was removed is gone.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Table, Write } from '../../src/service/store.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, eventsOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

const user = (id: string, value: object | null = {}): Write => ({ table: 'users', id, value });
const tables: readonly Table[] = ['users', 'presence'];
const contentsOf = (store: OpenedStore) =>
  tables.map((table) => [...store.all(table)].sort((a, b) => (a.id < b.id ? -1 : 1)));

/** The names of the files in which the text can be found. */
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));

describe('a snapshot', () => {
  it('takes the place of journals that have outgrown it, at three bytes written for one at most', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    let given = 0;
    for (let n = 0; n < 4000; n += 40) {
      const commits = Array.from({ length: 40 }, (_, k) => user(String((n + k) % 1500), { n, text: 'é'.repeat(500) }));
      given += Buffer.byteLength(JSON.stringify(commits.map(({ value }) => value)));
      await Promise.all(commits.map((write) => store.commit([write])));
    }
    const before = contentsOf(store);
    await store.close();
    expect(eventsOf(store).filter((event) => event === 'store.snapshot').length).toBeGreaterThan(0);
    expect(disk.bytes / given).toBeLessThan(3);
    expect(readdirSync(folder).filter((name) => name.startsWith('journal')).length).toBeLessThan(3);
    const again = await openStore(folder);
    expect(contentsOf(again)).toEqual(before);
    await again.close();
  });

  it('holds rows of every table and size, and removals, in the order of their revisions', async () => {
    const folder = newFolder();
    let store = await openStore(folder);
    const many = Array.from({ length: 1000 }, (_, n) => user(String(n), { text: 'x'.repeat(n) }));
    const since = await store.commit([...many, { table: 'presence', id: '1', value: {} }]);
    for (const n of [5, 900, 3, 17]) await store.commit([user(String(n), null), user(String(n + 50), { n })]);
    const before = { ...store.changes('users', since), rev: 0 };
    await store.close();
    store = await openStore(folder);
    expect({ ...store.changes('users', since), rev: 0 }).toEqual(before);
    expect(before.removed).toEqual(['5', '900', '3', '17']);
    await store.close();
  });

  it('interrupted at any step leaves a folder that holds everything', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { disk, clock });
    await store.commit(Array.from({ length: 500 }, (_, n) => user(String(n), { n })));
    store.note([{ table: 'presence', id: '1', value: { n: 1 } }]);
    await store.commit([user('7', null)]);
    await turn();
    const steps: { readonly step: string; readonly killed: string; readonly cut: string; readonly commits: number }[] =
      [];
    let commits = 0;
    disk.before = (what, path) => {
      const cut = disk.copyAfterPowerCut(folder, (below) => steps.length % below);
      steps.push({ step: `${what} ${path.slice(folder.length)}`, killed: copyOf(folder), cut, commits });
    };
    clock.advance(10_000);
    for (; commits < 3; commits += 1) await store.commit([user('last', { commits })]);
    await store.reported('store.snapshot');
    await turn();
    disk.before = () => undefined;
    const names = new Set(steps.map(({ step }) => step));
    for (const step of ['create /journal.2', 'create /snapshot.new', 'rename /snapshot', 'remove /journal.1']) {
      expect(names).toContain(step);
    }
    for (const { step, killed, cut, commits: done } of steps) {
      for (const left of [killed, cut]) {
        const again = await openStore(left);
        const [users = []] = contentsOf(again);
        const value = again.get('users', 'last')?.value as { commits: number } | undefined;
        expect([step, users.filter(({ id }) => id !== 'last').length]).toEqual([step, 499]);
        expect(value?.commits ?? -1).toBeGreaterThanOrEqual(done - 1);
        await again.close();
      }
    }
    await store.close();
  });

  it('that fails leaves the one before, is reported, and is tried again later', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { disk, clock });
    await store.commit([user('1'), user('2', { name: 'Lovelace' })]);
    await store.commit([user('2', null)]);
    await turn();
    disk.before = (what, path) => {
      disk.room = what === 'write' && path.endsWith('snapshot.new') ? 0 : Number.POSITIVE_INFINITY;
    };
    clock.advance(10_000);
    await store.reported('store.snapshot_failed');
    disk.before = () => undefined;
    disk.room = Number.POSITIVE_INFINITY;
    expect(readdirSync(folder).sort()).toEqual(['journal.1', 'journal.2']);
    await store.commit([user('3')]);
    const killed = await openStore(copyOf(folder));
    expect([...killed.all('users')].map(({ id }) => id)).toEqual(['1', '3']);
    await killed.close();
    clock.advance(20_000);
    await store.reported('store.snapshot');
    expect(readdirSync(folder).sort()).toEqual(['journal.3', 'snapshot']);
    await store.close();
  });

  it('left half made by a killed process, and journals it had replaced, are cleared away at the start', async () => {
    const folder = newFolder();
    const first = await openStore(folder);
    await first.commit([user('1')]);
    const old = readFileSync(join(folder, 'journal.1'));
    await first.commit([user('1', null)]);
    await first.close();
    expect(readdirSync(folder).sort()).toEqual(['journal.2', 'snapshot']);
    writeFileSync(join(folder, 'journal.1'), old);
    writeFileSync(join(folder, 'snapshot.new'), 'half');
    const second = await openStore(folder);
    expect([...second.all('users')]).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['journal.2', 'journal.3', 'snapshot']);
    await second.close();
  });
});

describe('a removed row', () => {
  const secret = 'Lovelace';

  async function withRemoved(options: Parameters<typeof openStore>[1] = {}, table: Table = 'users') {
    const folder = newFolder();
    const store = await openStore(folder, options);
    await store.commit([{ table, id: '1', value: { name: secret } }, user('2')]);
    await store.commit([{ table, id: '1', value: null }]);
    await turn();
    expect(filesWith(folder, secret)).toEqual(['journal.1']);
    return { folder, store };
  }

  it('is in no file any more 10 s later', async () => {
    const clock = new HandClock();
    const { folder, store } = await withRemoved({ clock });
    clock.advance(9_999);
    await turn();
    expect(eventsOf(store)).toEqual(['store.opened']);
    clock.advance(1);
    await store.reported('store.snapshot');
    await turn();
    expect(filesWith(folder, secret)).toEqual([]);
    expect(store.changes('users', 1).removed).toEqual(['1']);
    await store.close();
  });

  it('is in no file any more after the close', async () => {
    const { folder, store } = await withRemoved();
    await store.close();
    expect(filesWith(folder, secret)).toEqual([]);
  });

  it('is in no file any more 10 s after the next start when the process was killed', async () => {
    const { folder, store } = await withRemoved();
    const copy = copyOf(folder);
    await store.close();
    const clock = new HandClock();
    const again = await openStore(copy, { clock });
    clock.advance(10_000);
    await again.reported('store.snapshot');
    await turn();
    expect(filesWith(copy, secret)).toEqual([]);
    await again.close();
  });

  it('removed while a snapshot is written is gone with the next one', async () => {
    const disk = new FaultyDisk();
    const clock = new HandClock();
    const { folder, store } = await withRemoved({ clock, disk });
    await store.commit([user('3', { name: 'Babbage' })]);
    let removal: Promise<number> | undefined;
    disk.before = (what, path) => {
      if (what === 'write' && path.endsWith('snapshot.new')) removal ??= store.commit([user('3', null)]);
    };
    clock.advance(10_000);
    await store.reported('store.snapshot');
    await removal;
    await turn();
    expect([filesWith(folder, secret), filesWith(folder, 'Babbage')]).toEqual([[], ['snapshot']]);
    clock.advance(10_000);
    await store.reported('store.snapshot', 2);
    await turn();
    expect(filesWith(folder, 'Babbage')).toEqual([]);
    await store.close();
  });

  it('and what an erasing write replaced, also in a table without hurry, are gone 10 s later, and after a kill 10 s after the start', async () => {
    const call = (value: object | null, more: Partial<Write> = {}): Write => ({
      table: 'calls',
      id: '1',
      value,
      ...more,
    });
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { clock });
    await store.commit([call({ owner: '1001', name: secret })]);
    await store.commit([call({ owner: '1001' }, { erase: true })]);
    await turn();
    const copy = copyOf(folder);
    clock.advance(10_000);
    await store.reported('store.snapshot');
    await turn();
    expect(filesWith(folder, secret)).toEqual([]);
    await store.close();
    const clockAfter = new HandClock();
    const again = await openStore(copy, { clock: clockAfter });
    expect(filesWith(copy, secret)).toEqual(['journal.1']);
    clockAfter.advance(10_000);
    await again.reported('store.snapshot');
    await turn();
    expect([filesWith(copy, secret), (await again.find('calls', ['1'])).get('1')?.value]).toEqual([
      [],
      { owner: '1001' },
    ]);
    await again.close();
  });

  it('that a batch erases is gone 10 s after the start when the process was killed', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const value = { owner: '1001', name: secret };
    await store.commitMany(Array.from({ length: 250 }, (_, n): Write => ({ table: 'calls', id: `${n}`, value })));
    await store.commitMany([{ table: 'calls', id: '0', value: { owner: '1001' }, erase: true }]);
    await turn();
    const copy = copyOf(folder);
    await store.close();
    const clock = new HandClock();
    const again = await openStore(copy, { clock });
    clock.advance(10_000);
    await again.reported('store.snapshot');
    expect((await again.counts('calls')).get('1001')).toBe(250);
    await again.close();
  });

  it('of a history of calls that grew too long is in no hurry', async () => {
    const clock = new HandClock();
    const { store } = await withRemoved({ clock }, 'openCalls');
    await store.commit([{ table: 'calls', id: '1', value: { owner: '1001' } }]);
    await store.commit([{ table: 'calls', id: '1', value: null }]);
    clock.advance(60_000);
    await turn();
    await store.close();
    expect(eventsOf(store)).toEqual(['store.opened']);
  });

  it('of a table that is open to all is in no hurry', async () => {
    const clock = new HandClock();
    const { store } = await withRemoved({ clock }, 'presence');
    clock.advance(60_000);
    await turn();
    await store.close();
    expect(eventsOf(store)).toEqual(['store.opened']);
  });
});
