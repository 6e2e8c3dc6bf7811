// Batches of the files store: all or nothing wherever a process or the power ends, what is left in the folder, disks that are
// full or fail, and limits.
import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Commit, Store, Write } from '../../src/service/store.ts';
import { contentsOf } from '../contracts/backing-up.ts';
import { contact } from '../contracts/large-tables.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, eventsOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

const ROWS = 450;
const refused = { name: 'Failure', code: 'storage', message: 'nothing was changed: the server cannot save now' };
const importRow: Write = { table: 'imports', id: 'i', value: {} };
const many = (book: string, more: object = {}): Write[] =>
  Array.from({ length: ROWS }, (_, n) => contact(`${n}`, book, { n, ...more }));
const batchFiles = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('batch'));

/** What a store holds of the batches here: contacts per book, and the import. */
async function held(store: Store): Promise<object> {
  return { ...Object.fromEntries(await store.counts('contacts')), import: store.get('imports', 'i') !== undefined };
}

/** Revisions by row. */
async function revisions(store: Store): Promise<Map<string, number>> {
  const rows = await store.find(
    'contacts',
    many('a').map(({ id }) => id),
  );
  return new Map([...rows.values()].map(({ id, rev }) => [id, rev]));
}

describe('a process that ends in the middle of a batch', () => {
  /** Folders as a process killed before each call that changes the disk would leave them, and what had been told. */
  async function deaths(how: 'kill' | 'cut') {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    await store.commit(many('b').slice(0, 120));
    await turn();
    const told: Commit[] = [];
    store.subscribe((commit) => told.push(commit));
    const left: { readonly folder: string; readonly told: number; readonly isDone: boolean }[] = [];
    let seed = 1;
    const choose = (below: number): number => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    let isDone = false;
    const look = (): void => {
      const copy = how === 'kill' ? copyOf(folder) : disk.copyAfterPowerCut(folder, choose);
      left.push({ folder: copy, told: told.length, isDone });
    };
    disk.before = look;
    await store.commitMany([...many('a'), importRow]);
    isDone = true;
    look();
    disk.before = () => undefined;
    await store.close();
    return { left, told };
  }

  const ALL = { a: ROWS, import: true };
  const NONE = { b: 120, import: false };

  it('killed at any step leaves all of it or nothing, and what was told has the revisions that were told', async () => {
    const { left, told } = await deaths('kill');
    const found = await Promise.all(
      left.map(async ({ folder, told: count }) => {
        const known = told.slice(0, Math.max(0, count - 1));
        const store = await openStore(folder);
        const revs = await revisions(store);
        for (const { rev, writes } of known) for (const { id } of writes) expect(revs.get(id) ?? rev).toBe(rev);
        const all = await held(store);
        expect([all, batchFiles(folder).length]).toEqual(known.length > 0 || 'a' in all ? [ALL, 1] : [NONE, 0]);
        await store.close();
        const again = await openStore(folder);
        expect([await held(again), await revisions(again)]).toEqual([all, revs]);
        await again.close();
        return 'a' in all;
      }),
    );
    expect([found[0], found.at(-1), found]).toEqual([false, true, [...found].sort()]);
  });

  it('without power at any step leaves all of it or nothing', async () => {
    const { left } = await deaths('cut');
    for (const { folder, isDone } of left) {
      const store = await openStore(folder);
      const all = await held(store);
      expect(all).toEqual('a' in all || isDone ? ALL : NONE);
      await store.close();
    }
  });
});

describe('the file of a batch', () => {
  it('goes when a snapshot holds its rows, and a snapshot waits until all of a batch has taken effect', async () => {
    const folder = newFolder();
    const clock = new HandClock();
    const store = await openStore(folder, { clock, disk: new FaultyDisk() });
    await store.commit([contact('gone', 'b')]);
    await store.commit([{ table: 'contacts', id: 'gone', value: null }]);
    const left: string[] = [];
    store.subscribe(() => {
      clock.advance(10_000);
      left.push(copyOf(folder));
    });
    const more = Array.from({ length: 6 * ROWS }, (_, n) => contact(`more ${n}`, 'b'));
    await store.commitMany([...more, ...many('a'), importRow]);
    expect(eventsOf(store)).toEqual(['store.opened']);
    await store.reported('store.snapshot');
    await turn();
    expect([batchFiles(folder), eventsOf(store)]).toEqual([[], ['store.opened', 'store.snapshot']]);
    for (const copy of [...left.slice(-10), copyOf(folder)]) {
      const killed = await openStore(copy);
      expect(await held(killed)).toEqual({ a: ROWS, b: 6 * ROWS, import: true });
      await killed.close();
    }
    const killed = await openStore(copyOf(folder));
    expect(await revisions(killed)).toEqual(await revisions(store));
    await killed.close();
    await store.close();
  });

  it('and its name are durable before a journal names it', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    const calls: string[] = [];
    disk.before = (what, path) => calls.push(`${what} ${relative(folder, path).replace(/[0-9]/, 'N')}`);
    await store.commitMany([...many('a'), importRow]);
    expect(calls.filter((call, index) => call !== calls[index - 1]).slice(0, 7)).toEqual([
      ...['remove batch.N', 'create batch.N', 'write batch.N', 'sync batch.N', 'sync '],
      ...['write journal.N', 'sync journal.N'],
    ]);
    await store.close();
  });

  it('is counted when a snapshot is due', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.commitMany(many('a', { text: 'x'.repeat(3000) }));
    await store.reported('store.snapshot');
    await turn();
    expect(batchFiles(folder)).toEqual([]);
    await store.close();
  });

  it('is read again at every start until then, and a new one has another name', async () => {
    const folder = newFolder();
    let store = await openStore(folder);
    await store.commitMany([...many('a'), importRow]);
    const revs = await revisions(store);
    for (const start of [1, 2]) {
      await store.close();
      store = await openStore(folder);
      expect([start, await held(store), await revisions(store)]).toEqual([start, { a: ROWS, import: true }, revs]);
    }
    await store.commitMany(many('b').slice(0, 5));
    expect(batchFiles(folder).sort()).toEqual(['batch.1', 'batch.2']);
    await store.close();
    store = await openStore(folder);
    expect(await held(store)).toEqual({ a: ROWS - 5, b: 5, import: true });
    await store.close();
  });

  it('that is missing, short, too long or changed is damage', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.commitMany(many('a'));
    await store.close();
    const size = statSync(join(folder, 'batch.1')).size;
    const harms: [string, (path: string) => void][] = [
      ['is missing', (path) => rmSync(path)],
      ['is not as the journal says', (path) => truncateSync(path, size - 1)],
      ['is not as the journal says', (path) => truncateSync(path, 0)],
      ['is not as the journal says', (path) => truncateSync(path, size + 1)],
    ];
    for (const [what, harm] of harms) {
      const copy = copyOf(folder);
      harm(join(copy, 'batch.1'));
      await expect(openStore(copy)).rejects.toMatchObject({
        name: 'OperatorError',
        message: expect.stringContaining(`The data is damaged: ${join(copy, 'batch.1')} ${what}`),
      });
      expect(existsSync(join(copy, 'batch.1'))).toBe(what !== 'is missing');
    }
  });

  it('holds what a backup made meanwhile, put into another folder, holds too', async () => {
    const store = await openStore(newFolder());
    const begun = new Promise<void>((resolve) => {
      store.subscribe(() => resolve());
    });
    const batch = store.commitMany([...many('a'), importRow]);
    await begun;
    const { rows } = await contentsOf(store.backup());
    expect(rows.size).toBe(ROWS + 1);
    await batch;
    await store.close();
  });
});

describe('a disk that does not take a batch', () => {
  const nothing = async (store: OpenedStore, folder: string, commits: readonly Commit[]): Promise<void> => {
    expect([await held(store), batchFiles(folder), commits]).toEqual([{ import: false }, [], []]);
  };

  it('because it is full in the middle refuses it, gives its room free, and others go on', async () => {
    const disk = new FaultyDisk();
    const folder = newFolder();
    const store = await openStore(folder, { disk });
    const commits: Commit[] = [];
    store.subscribe((commit) => commits.push(commit));
    for (const room of [0, 1, 5_000, 20_000]) {
      disk.room = room;
      await expect(store.commitMany([...many('a'), importRow])).rejects.toMatchObject(refused);
      await nothing(store, folder, commits);
    }
    disk.room = Number.POSITIVE_INFINITY;
    expect(new Set(eventsOf(store))).toEqual(new Set(['store.opened', 'store.batch_refused']));
    await store.commitMany([...many('a'), importRow]);
    await store.close();
    const again = await openStore(folder);
    expect(await held(again)).toEqual({ a: ROWS, import: true });
    await again.close();
  });

  it('because there is no room for the closing record refuses it', async () => {
    const folder = newFolder();
    const disk = new FaultyDisk();
    const store = await openStore(folder, { disk });
    const commits: Commit[] = [];
    store.subscribe((commit) => commits.push(commit));
    disk.before = (what, path) => {
      if (what === 'write' && path.includes('journal')) disk.room = Math.min(disk.room, 10);
    };
    await expect(store.commitMany([...many('a'), importRow])).rejects.toMatchObject(refused);
    await nothing(store, folder, commits);
    disk.before = () => undefined;
    disk.room = Number.POSITIVE_INFINITY;
    await store.commit([contact('1', 'b')]);
    await store.close();
    const again = await openStore(folder);
    expect(await held(again)).toEqual({ b: 1, import: false });
    await again.close();
  });

  it('because its file cannot be synced refuses it, and the store is not broken by that', async () => {
    const folder = newFolder();
    const disk = new FaultyDisk();
    const store = await openStore(folder, { disk });
    disk.failSync = 'EIO';
    await expect(store.commitMany(many('a'))).rejects.toMatchObject(refused);
    disk.failSync = undefined;
    await nothing(store, folder, []);
    expect([store.state, store.reports.at(-1)]).toEqual(['open', ['store.batch_refused', { code: 'EIO' }]]);
    await store.commitMany(many('a'));
    await store.close();
  });

  it('because the journal cannot be synced refuses it, and the next start finds all of it or nothing', async () => {
    for (const failTruncate of [undefined, 'EIO']) {
      const folder = newFolder();
      const disk = new FaultyDisk();
      const store = await openStore(folder, { disk });
      disk.before = (what, path) => {
        if (what !== 'sync' || !path.includes('journal')) return;
        disk.failSync = 'EIO';
        disk.failTruncate = failTruncate;
      };
      await expect(store.commitMany([...many('a'), importRow])).rejects.toMatchObject(refused);
      expect([store.state, await held(store)]).toEqual(['failed', { import: false }]);
      await expect(store.commitMany(many('b'))).rejects.toMatchObject(refused);
      await store.close();
      const again = await openStore(folder);
      expect(await held(again)).toEqual(failTruncate ? { a: ROWS, import: true } : { import: false });
      await again.close();
    }
  });

  it('while it takes effect keeps none of it from that: all of it was durable', async () => {
    for (const [fault, code] of [
      ['failWrite', 'ENOSPC'],
      ['failSync', 'EIO'],
    ] as const) {
      const folder = newFolder();
      const disk = new FaultyDisk();
      const store = await openStore(folder, { disk });
      store.subscribe(({ writes }) => {
        if (writes.some(({ table }) => table === 'contacts')) disk[fault] = code;
      });
      const batch = store.commitMany([...many('a'), importRow]);
      const other = store.commit([{ table: 'users', id: '1', value: {} }]).catch(() => undefined);
      await batch;
      await other;
      expect(await held(store)).toEqual({ a: ROWS, import: true });
      disk[fault] = undefined;
      await store.close();
      const again = await openStore(folder);
      expect(await held(again)).toEqual({ a: ROWS, import: true });
      await again.close();
    }
  });
});

describe('what must not happen', () => {
  it('a value that is no JSON refuses the batch and leaves nothing', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const loop: { self?: object } = {};
    loop.self = loop;
    await expect(store.commitMany([...many('a'), contact('x', 'a', loop)])).rejects.toBeInstanceOf(TypeError);
    await expect(store.commitMany([...many('a'), { ...importRow, value: loop }])).rejects.toBeInstanceOf(TypeError);
    expect([await held(store), batchFiles(folder)]).toEqual([{ import: false }, []]);
    await store.commitMany(many('b'));
    expect([await held(store), batchFiles(folder).length]).toEqual([{ b: ROWS, import: false }, 1]);
    await store.close();
  });

  it('a batch that is stale, and who is told of its progress and throws, leave nothing', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const stale = { table: 'users', id: '1', rev: 1 } as const;
    await expect(store.commitMany(many('a'), [stale])).rejects.toMatchObject({ name: 'Stale' });
    const fault = new RangeError('of the test');
    const progress = (): void => {
      throw fault;
    };
    await expect(store.commitMany(many('a'), [], progress)).rejects.toBe(fault);
    expect([await held(store), batchFiles(folder), eventsOf(store)]).toEqual([{ import: false }, [], ['store.opened']]);
    await store.close();
  });

  it('so many batches that wait are refused, and those before are not', async () => {
    const store = await openStore(newFolder());
    const batches = Array.from({ length: 17 }, (_, n) => store.commitMany([contact(`${n}`, 'a')]));
    const outcomes = await Promise.allSettled(batches);
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(16).fill('fulfilled'), 'rejected']);
    await expect(batches[16]).rejects.toMatchObject(refused);
    await store.commitMany([contact('again', 'a')]);
    expect(await store.count('contacts', 'a')).toBe(17);
    await store.close();
  });

  it('a batch that comes behind commits that wait holds up those behind it all the same', async () => {
    const store = await openStore(newFolder());
    let isDone = false;
    const write = async (): Promise<void> => {
      const commits: Promise<number>[] = [];
      for (; !isDone; await turn()) commits.push(store.commit([{ table: 'users', id: '1', value: {} }]));
      await Promise.all(commits);
    };
    const writing = write();
    for (let round = 0; round < 5; round += 1) {
      const begun = new Promise<void>((resolve) => {
        store.subscribe(({ writes }) => {
          if (writes[0]?.id === '0') resolve();
        });
      });
      const batch = store.commitMany([...many('a', { round }), importRow]);
      await begun;
      const late = store.commit([contact(`${ROWS - 1}`, 'b')]);
      expect((await late) > (await batch)).toBe(true);
      expect(await held(store)).toEqual({ a: ROWS - 1, b: 1, import: true });
    }
    isDone = true;
    await writing;
    await store.close();
  });

  it('a batch is no burden for the characters of commits that may wait', async () => {
    const store = await openStore(newFolder(), { waitingCharacters: 1000 });
    const batch = store.commitMany(many('a'));
    const commits = [1, 2].map((n) => store.commit([contact(`other ${n}`, 'b', { text: 'x'.repeat(200) })]));
    await Promise.all([batch, ...commits]);
    expect(await held(store)).toEqual({ a: ROWS, b: 2, import: false });
    await store.close();
  });
});
