// Torn ends are cut, damage before the end is refused with a way to go on.
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/service/store.ts';
import { formatOf, STEPS, type Step } from '../../src/store/files/format.ts';
import { record } from '../../src/store/files/record.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { copyOf, eventsOf, newFolder, openStore as openOn, turn } from './support/places.ts';

const user = (id: string, value: object | null = { n: 1 }): Write => ({ table: 'users', id, value });
const openStore = (folder: string, options: Parameters<typeof openOn>[1] = {}) =>
  openOn(folder, { disk: new FaultyDisk(), ...options });
const usersOf = (store: Awaited<ReturnType<typeof openStore>>) => [...store.all('users')].map(({ id }) => id);
const lastRecordAt = (bytes: Buffer): number => bytes.subarray(0, -1).lastIndexOf('\n') + 1;

/** Keeps what was found in `folder` while every variant of one file is tried. */
async function withEach(path: string, variants: Iterable<Buffer>, attempt: (variant: Buffer) => Promise<void>) {
  const folder = join(path, '..');
  const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const restore = (): void => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    for (const [name, bytes] of before) writeFileSync(join(folder, name), bytes);
  };
  for (const variant of variants) {
    restore();
    writeFileSync(path, variant);
    await attempt(variant);
  }
  restore();
}

function* flipped(bytes: Buffer, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; at += 1) {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
    yield copy;
  }
}

function* torn(bytes: Buffer, from: number): Generator<Buffer> {
  for (let length = from; length < bytes.length; length += 1) yield bytes.subarray(0, length);
}

describe('the end of the last write', () => {
  it('is cut wherever it is torn, and what was acknowledged before it stays', async () => {
    const disk = new FaultyDisk();
    const store = await openStore(newFolder(), { disk });
    const folder = newFolder();
    await store.close();
    const opened = await openStore(folder, { disk });
    await opened.commit([user('1')]);
    await turn();
    disk.holdSyncs();
    const pending = opened.commit([user('2')]);
    await turn();
    const path = join(copyOf(folder), 'journal.1');
    disk.releaseSyncs();
    await pending;
    await opened.close();
    const bytes = readFileSync(path);
    const at = lastRecordAt(bytes);
    let tries = 0;
    await withEach(path, torn(bytes, at + 1), async (variant) => {
      const again = await openStore(join(path, '..'));
      expect(usersOf(again)).toEqual(['1']);
      expect(again.reports[0]).toEqual(['store.tail_cut', { file: path, at, bytes: variant.length - at }]);
      await again.close();
      const third = await openStore(join(path, '..'));
      expect([usersOf(third), eventsOf(third)]).toEqual([['1'], ['store.opened']]);
      await third.close();
      tries += 1;
    });
    expect(tries).toBe(bytes.length - at - 1);
    await withEach(path, [bytes], async () => {
      const again = await openStore(join(path, '..'));
      expect([usersOf(again), eventsOf(again)]).toEqual([['1', '2'], ['store.opened']]);
      await again.close();
    });
  });

  it('torn off the effect of a commit costs its revision, never the commit', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    const first = await store.commit([user('1')]);
    await turn();
    const second = await store.commit([user('2')]);
    await turn();
    const path = join(copyOf(folder), 'journal.1');
    await store.close();
    const bytes = readFileSync(path);
    await withEach(path, torn(bytes, lastRecordAt(bytes)), async () => {
      const again = await openStore(join(path, '..'));
      expect(again.changes('users', second).reset).toBe(true);
      const changes = again.changes('users', first);
      expect([changes.reset, changes.rows.map(({ id }) => id)]).toEqual([false, ['2']]);
      const rev = changes.rows[0]?.rev ?? 0;
      expect(rev).toBeGreaterThan(second);
      await again.close();
      const third = await openStore(join(path, '..'));
      expect(third.get('users', '2')).toEqual({ id: '2', value: { n: 1 }, rev });
      await third.close();
    });
    await withEach(path, [bytes], async () => {
      const again = await openStore(join(path, '..'));
      expect(again.changes('users', second).reset).toBe(false);
      await again.close();
    });
  });

  it('of a first start that was cut short is no obstacle', async () => {
    const folder = newFolder();
    await (await openStore(folder)).close();
    const path = join(folder, 'journal.1');
    const head = readFileSync(path).subarray(0, lastRecordAt(readFileSync(path)));
    await withEach(path, torn(head, 0), async () => {
      const store = await openStore(folder);
      await store.commit([user('1')]);
      await store.close();
      const again = await openStore(folder);
      expect(usersOf(again)).toEqual(['1']);
      await again.close();
    });
  });

  it('of a later start that was cut short is cut', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.commit([user('1')]);
    await store.close();
    await (await openStore(folder)).close();
    const path = join(folder, 'journal.2');
    const head = readFileSync(path).subarray(0, lastRecordAt(readFileSync(path)));
    await withEach(path, torn(head, 0), async () => {
      const again = await openStore(folder);
      expect(usersOf(again)).toEqual(['1']);
      expect(eventsOf(again)).toEqual(['store.tail_cut', 'store.opened']);
      await again.close();
    });
  });
});

/** A folder with a snapshot and three journals, after a clean close. */
async function grownFolder(): Promise<string> {
  const folder = newFolder();
  let store = await openStore(folder);
  await store.commit([user('1'), user('2')]);
  await store.commit([user('2', null)]);
  store.note([{ table: 'presence', id: '1', value: {} }]);
  await store.close();
  for (const id of ['3', '4']) {
    store = await openStore(folder);
    await store.commit([user(id)]);
    await store.close();
  }
  return folder;
}

describe('damage before the end', () => {
  it('of any byte of a journal is refused, and the way out that the message names works', async () => {
    const folder = await grownFolder();
    const names = readdirSync(folder).filter((name) => name.startsWith('journal.'));
    expect(names.length).toBe(3);
    for (const name of names) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const last = name === names.at(-1);
      await withEach(path, flipped(bytes, 0, last ? lastRecordAt(bytes) : bytes.length), async () => {
        const error: Error = await openStore(folder).then(
          () => Promise.reject(new Error('it opened')),
          (reason) => reason,
        );
        expect([error.name, error.message]).toEqual(['OperatorError', expect.stringMatching(/^The data is damaged: /)]);
        const cut = /give up .*: truncate -s (\d+) (\S+?)(?: && rm (.*))?$/.exec(error.message);
        if (!cut) {
          expect(error.message).toContain(path);
          return;
        }
        const [, length, file = '', more] = cut;
        expect(file).toBe(path);
        truncateSync(file, Number(length));
        for (const one of more?.split(' ') ?? []) rmSync(one);
        const store = await openStore(folder);
        expect(usersOf(store)[0]).toBe('1');
        await store.close();
      });
    }
  });

  it('of any byte of the snapshot is refused', async () => {
    const folder = await grownFolder();
    const path = join(folder, 'snapshot');
    const bytes = readFileSync(path);
    const variants = [...flipped(bytes, 0, bytes.length), ...torn(bytes, 0), Buffer.concat([bytes, Buffer.from('x')])];
    await withEach(path, variants, async () => {
      await expect(openStore(folder)).rejects.toMatchObject({
        name: 'OperatorError',
        message: expect.stringMatching(
          /^The data is damaged: .*\/snapshot is wrong at byte \d+\. Restore the data folder/,
        ),
      });
    });
  });

  it('such as a file that is missing or of another store is refused', async () => {
    const folder = await grownFolder();
    const other = await grownFolder();
    const [first = '', second = ''] = readdirSync(folder).filter((name) => name.startsWith('journal.'));
    for (const name of ['snapshot', first, second]) {
      const copy = copyOf(folder);
      rmSync(join(copy, name));
      await expect(openStore(copy)).rejects.toThrow(`${name} is missing`);
      writeFileSync(join(copy, name), readFileSync(join(other, name)));
      await expect(openStore(copy)).rejects.toThrow(/is of another store/);
    }
  });

  it('is told from the torn end of notes that no sync has covered', async () => {
    const folder = newFolder();
    const store = await openStore(folder);
    await store.commit([user('1')]);
    await turn();
    const from = readFileSync(join(folder, 'journal.1')).length;
    for (const id of ['1', '2', '3']) {
      store.note([{ table: 'presence', id, value: {} }]);
      await turn();
    }
    const path = join(copyOf(folder), 'journal.1');
    await store.close();
    const bytes = readFileSync(path);
    await withEach(path, flipped(bytes, from, bytes.length), async () => {
      const again = await openStore(join(path, '..'));
      expect(usersOf(again)).toEqual(['1']);
      expect(eventsOf(again)).toEqual(['store.tail_cut', 'store.opened']);
      await again.close();
    });
  });
});

describe('versions of the data', () => {
  it('newer than the program are refused with one line', async () => {
    const folder = newFolder();
    const format = formatOf(STEPS) + 1;
    const head = { rollcall: 'journal', format, epoch: 'e', journal: 1, synced: 0, run: [0, 0] };
    writeFileSync(join(folder, 'journal.1'), record(JSON.stringify(head)));
    await expect(openStore(folder)).rejects.toMatchObject({
      name: 'OperatorError',
      message: expect.stringMatching(
        /journal\.1 was written by a newer version of rollcall \(data format 4, .*up to 3\)/,
      ),
    });
  });

  it('older than the program are brought up to date, once, in snapshot and journals', async () => {
    const folder = await grownFolder();
    const step: Step = (write) =>
      write.id === '4' ? undefined : { ...write, value: write.value && { old: write.value } };
    for (const starts of [1, 2, 3, 4, 5, 6]) {
      const store = await openStore(folder, { steps: [...STEPS, step] });
      expect([starts, store.get('users', '1')?.value, store.get('users', '3')?.value, store.get('users', '4')]).toEqual(
        [starts, { old: { n: 1 } }, { old: { n: 1 } }, undefined],
      );
      await store.commit([user('5')]);
      await store.close();
    }
    await expect(openStore(folder)).rejects.toThrow(/newer version/);
  });
});
