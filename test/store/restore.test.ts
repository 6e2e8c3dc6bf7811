// A folder restored from a backup: it holds what the backup holds, and nothing that goes wrong on the way loses the old data.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Store, Table, Write } from '../../src/service/store.ts';
import { formatOf, STEPS, type Step } from '../../src/store/files/format.ts';
import { record } from '../../src/store/files/record.ts';
import { type RestoreOptions, restoreFolder } from '../../src/store/files/restore.ts';
import { contentsOf } from '../contracts/backing-up.ts';
import { contact } from '../contracts/large-tables.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, newFolder, openStore, turn } from './support/places.ts';

const user = (id: string, value: object | null = { n: 1 }): Write => ({ table: 'users', id, value });
const tables: readonly Table[] = ['users', 'presence'];

async function* pieces(...some: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* some;
}

async function linesOf(store: Store): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of store.backup()) lines.push(line);
  return lines;
}

const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));

/** Rows of every table that the tests use, without revisions. */
async function rowsOf(store: Store): Promise<object> {
  const found: Record<string, unknown> = Object.fromEntries((await contentsOf(store.backup())).rows);
  return found;
}

/** The lines of a backup of some rows of every kind. */
async function someBackup(): Promise<{ lines: string[]; rows: object }> {
  const store = await openStore(newFolder());
  await store.commit(Array.from({ length: 450 }, (_, n) => contact(String(n), n % 5 === 0 ? 'b' : 'a', { n })));
  await store.commit([
    contact('7', 'personal:1001'),
    contact('8', 'a', { n: 'new' }),
    user('1001', { text: 'ß 日本\n' }),
  ]);
  await store.commit([{ table: 'favorites', id: '1001 contact:7', value: { owner: '1001', target: 'contact:7' } }]);
  await store.commit([{ table: 'contacts', id: '9', value: null }]);
  store.note([{ table: 'presence', id: '1001', value: { n: 1 } }]);
  const lines = await linesOf(store);
  const rows = await rowsOf(store);
  await store.close();
  return { lines, rows };
}

/** A folder that holds something else, some journals and a snapshot. */
async function oldFolder(): Promise<string> {
  const folder = newFolder();
  for (const n of [1, 2, 3]) {
    const store = await openStore(folder);
    await store.commit([user(`old ${n}`, { name: 'Babbage' }), contact(`old ${n}`, 'a', { name: 'Babbage' })]);
    if (n === 1) await store.commit([user('old 1', null)]);
    await store.close();
  }
  return folder;
}

describe('a restored folder', () => {
  it('holds what the backup holds, in a new history, and nothing of what it held', async () => {
    const { lines, rows } = await someBackup();
    const folder = await oldFolder();
    const old = await openStore(folder);
    const { epoch } = old;
    await old.close();
    const restored = await restoreFolder(folder, pieces(...lines));
    expect(restored.rows).toBe(Object.keys(rows).length);
    expect(restored.bytes).toBe(statSync(join(folder, 'snapshot')).size);
    expect([filesWith(folder, 'Babbage'), readdirSync(folder).filter((name) => name.startsWith('journal'))]).toEqual([
      [],
      [],
    ]);
    expect(statSync(join(folder, 'snapshot')).mode & 0o777).toBe(0o600);
    const store = await openStore(folder);
    expect(await rowsOf(store)).toEqual(rows);
    expect(store.epoch).not.toBe(epoch);
    expect(Object.fromEntries(await store.counts('contacts'))).toEqual({ a: 358, b: 90, 'personal:1001': 1 });
    expect((await store.marksOn(['contact:7'])).map(({ id }) => id)).toEqual(['1001 contact:7']);
    await store.commit([contact('7', 'a')]);
    await store.close();
    const again = await openStore(folder);
    expect([again.epoch, (await again.find('contacts', ['7'])).get('7')?.value]).toEqual([
      store.epoch,
      contact('7', 'a').value,
    ]);
    await again.close();
  });

  it('may be one that did not exist, and be restored twice; each time is a history of its own', async () => {
    const { lines, rows } = await someBackup();
    const folder = join(newFolder(), 'deep', 'data');
    const epochs: string[] = [];
    for (const round of [1, 2]) {
      await restoreFolder(folder, pieces(...lines));
      await restoreFolder(folder, pieces(...lines));
      const store = await openStore(folder);
      expect([round, await rowsOf(store)]).toEqual([round, rows]);
      epochs.push(store.epoch);
      await store.close();
    }
    expect(new Set(epochs).size).toBe(2);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('may be a damaged one', async () => {
    const { lines, rows } = await someBackup();
    const folder = await oldFolder();
    writeFileSync(join(folder, 'snapshot'), 'damaged');
    for (const name of readdirSync(folder)
      .filter((name) => name.startsWith('journal'))
      .slice(0, 1))
      rmSync(join(folder, name));
    await expect(openStore(folder)).rejects.toThrow(/^The data is damaged/);
    await restoreFolder(folder, pieces(...lines));
    const store = await openStore(folder);
    expect(await rowsOf(store)).toEqual(rows);
    await store.close();
  });

  it('takes the backup in pieces of any size, text or bytes', async () => {
    const { lines, rows } = await someBackup();
    const bytes = Buffer.from(lines.join(''));
    for (const size of [7, 1000, 65_536, bytes.length]) {
      const folder = newFolder();
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      await restoreFolder(folder, pieces(...cut), { disk: new FaultyDisk() });
      const store = await openStore(folder);
      expect([size, await rowsOf(store)]).toEqual([size, rows]);
      await store.close();
    }
  });

  it('has a snapshot of its own soon after its first start, so that a journal that is lost is noticed', async () => {
    const { lines } = await someBackup();
    const folder = newFolder();
    await restoreFolder(folder, pieces(...lines));
    const clock = new HandClock();
    const store = await openStore(folder, { clock });
    await store.commit([user('1')]);
    clock.advance(10_000);
    await store.reported('store.snapshot');
    await turn();
    await store.close();
    for (const name of readdirSync(folder).filter((one) => one.startsWith('journal'))) rmSync(join(folder, name));
    await expect(openStore(folder)).rejects.toThrow(/journal\.2 is missing/);
  });

  it('brings a backup of an older data format up to date, also into other scopes and tables', async () => {
    const { lines } = await someBackup();
    const step: Step = (write) => {
      if (write.id === '8') return undefined;
      if (write.table === 'presence') return { ...write, table: 'statuses' };
      const book = (write.value as { book?: string }).book;
      return book === undefined ? write : { ...write, value: { ...write.value, book: book === 'a' ? 'c' : 'a' } };
    };
    const steps = [...STEPS, step];
    const folder = newFolder();
    await restoreFolder(folder, pieces(...lines), { steps });
    const store = await openStore(folder, { steps });
    expect(Object.fromEntries(await store.counts('contacts'))).toEqual({ a: 91, c: 357 });
    expect([store.get('statuses', '1001')?.value, [...store.all('presence')]]).toEqual([{ n: 1 }, []]);
    const revs: number[] = [];
    for (let since: number | null = null; ; ) {
      const slice = await store.read({ table: 'contacts', scope: 'a', since, removedSince: null, limit: 10 });
      revs.push(...slice.rows.map(({ rev }) => rev));
      since = slice.rev;
      if (!slice.more) break;
    }
    expect([revs.length, revs]).toEqual([91, [...revs].sort((a, b) => a - b)]);
    await store.close();
  });
});

describe('a backup that is not whole and right', () => {
  async function refused(broken: AsyncIterable<string | Uint8Array>, options: RestoreOptions = {}): Promise<string> {
    const folder = await oldFolder();
    const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    const error: Error = await restoreFolder(folder, broken, options).then(
      () => Promise.reject(new Error('it was restored')),
      (reason) => reason,
    );
    expect(error.name).toBe('OperatorError');
    expect(new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]))).toEqual(before);
    return error.message;
  }

  it('is refused, whichever line is damaged, missing, doubled or out of place', async () => {
    const { lines } = await someBackup();
    expect(lines.length).toBeGreaterThan(6);
    for (const [index, line] of lines.entries()) {
      const bytes = Buffer.from(line);
      bytes[(index * 37) % (bytes.length - 1)] = 0x7f;
      const damaged: (string | Uint8Array)[] = [...lines];
      damaged[index] = bytes;
      const what = index === 0 ? 'This is no backup of rollcall.' : `The backup is damaged in line ${index + 1}.`;
      expect([index, await refused(pieces(...damaged))]).toEqual([
        index,
        `${what} Nothing was changed. Restore from another backup.`,
      ]);
      expect(await refused(pieces(...lines.slice(0, index), ...lines.slice(index + 1)))).toMatch(
        /^(The|This is no) backup/,
      );
      expect(await refused(pieces(...lines.slice(0, index), line, ...lines.slice(index)))).toMatch(/^The backup/);
    }
  });

  it('is refused when it breaks off, whichever byte is its last', async () => {
    const { lines } = await someBackup();
    const bytes = Buffer.from(lines.join(''));
    const last = bytes.length - (lines.at(-1) ?? '').length;
    const ends = [0, 1, 30, (lines[0] ?? '').length, 5000, last - 1, last, last + 1, bytes.length - 2];
    for (const end of ends) {
      expect([end, await refused(pieces(bytes.subarray(0, end)))]).toEqual([
        end,
        expect.stringMatching(/^(This is no backup|The backup (is empty|breaks off|is damaged))/),
      ]);
    }
    expect(await refused(pieces(...lines, 'more'))).toMatch(/damaged in line/);
  });

  it('is refused when it is another file, or one without end', async () => {
    const folder = await oldFolder();
    expect(await refused(pieces('firstName;lastName\nAda;Lovelace\n'))).toMatch(/^This is no backup of rollcall/);
    expect(await refused(pieces(readFileSync(join(folder, 'snapshot'))))).toMatch(/^This is no backup of rollcall/);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    }
    expect(await refused(endless())).toMatch(/^This is no backup of rollcall: a line is too long/);
  });

  it('is refused when right records say what no backup says', async () => {
    const head = { rollcall: 'backup', format: formatOf(STEPS), rev: 10 };
    const strange: readonly unknown[][] = [
      [{ ...head, format: 0 }, { end: 0 }],
      [{ ...head, rev: -1 }, { end: 0 }],
      [head, { table: 'users', rows: [['1', 11, {}]] }, { end: 1 }],
      [head, { table: 'users', rows: [['1', 1]] }, { end: 1 }],
      [head, { table: 'users', rows: [[1, 1, {}]] }, { end: 1 }],
      [head, { table: 'users', rows: {} }, { end: 0 }],
      [head, { rows: [] }, { end: 0 }],
      [head, null, { end: 0 }],
      [head, { table: 'users', rows: [['1', 1, {}]] }, { end: 2 }],
      [head, { end: 0 }, { end: 0 }],
    ];
    for (const entries of strange) {
      const lines = entries.map((entry) => record(JSON.stringify(entry)));
      expect([entries, await refused(pieces(...lines))]).toEqual([
        entries,
        expect.stringMatching(/^(The|This is no) backup/),
      ]);
    }
  });

  it('is refused when it was made by a newer version', async () => {
    const newer = await openStore(newFolder(), { steps: [...STEPS, (write) => write] });
    await newer.commit([user('1')]);
    const lines = await linesOf(newer);
    await newer.close();
    expect(await refused(pieces(...lines))).toBe(
      `The backup was written by a newer version of rollcall (data format ${formatOf(STEPS) + 1}, this one reads up to ` +
        `${formatOf(STEPS)}). Install that version or a later one, or restore a backup made by this one.`,
    );
  });

  it('changes nothing when its source fails', async () => {
    const { lines } = await someBackup();
    async function* failing(): AsyncGenerator<string> {
      yield lines[0] ?? '';
      throw Object.assign(new Error('the file cannot be read'), { code: 'EIO' });
    }
    expect(await refused(failing())).toMatch(/\(EIO\)/);
  });

  it('does not hide a full disk: the old data stands, and there is no half of the new', async () => {
    const { lines } = await someBackup();
    const disk = new FaultyDisk();
    for (const room of [0, 1, 100, 20_000]) {
      disk.room = room;
      expect(await refused(pieces(...lines), { disk })).toMatch(/cannot be used \(ENOSPC\)\. Make room on its disk\.$/);
    }
  });
});

describe('a restore that is cut short', () => {
  it('by a kill or a power cut at any step leaves the old data or the new, and then nothing of the old', async () => {
    const { lines, rows } = await someBackup();
    const folder = await oldFolder();
    const before = await openStore(copyOf(folder));
    const old = await rowsOf(before);
    await before.close();
    const disk = new FaultyDisk();
    disk.settle(folder);
    const left: { readonly step: string; readonly folder: string }[] = [];
    const look = (step: string): void => {
      left.push({ step, folder: copyOf(folder) });
      left.push({ step, folder: disk.copyAfterPowerCut(folder, (below) => left.length % below) });
    };
    disk.before = (what, path) => look(`${what} ${path.slice(folder.length)}`);
    await restoreFolder(folder, pieces(...lines), { disk });
    disk.before = () => undefined;
    look('end');
    const steps = new Set(left.map(({ step }) => step));
    for (const step of [
      'create /snapshot.new',
      'write /snapshot.new',
      'sync /snapshot.new',
      'rename /snapshot',
      'sync ',
    ]) {
      expect(steps).toContain(step);
    }
    const renamed = left.findIndex(({ step }) => step === 'rename /snapshot') + 2;
    for (const [index, { step, folder: found }] of left.entries()) {
      const store = await openStore(found);
      expect([step, await rowsOf(store)]).toEqual([step, index < renamed ? old : rows]);
      await store.close();
      if (index >= renamed) expect([step, filesWith(found, 'Babbage')]).toEqual([step, []]);
      expect(readdirSync(found)).not.toContain('snapshot.new');
    }
  });

  it('and then started, and that cut short too, still holds the new data', async () => {
    const { lines, rows } = await someBackup();
    const folder = newFolder();
    await restoreFolder(folder, pieces(...lines));
    const disk = new FaultyDisk();
    disk.settle(folder);
    const left: string[] = [];
    disk.before = () => {
      left.push(
        copyOf(folder),
        disk.copyAfterPowerCut(folder, (below) => left.length % below),
      );
    };
    const first = await openStore(folder, { disk });
    disk.before = () => undefined;
    await first.close();
    expect(left.length).toBeGreaterThan(4);
    for (const found of [...left, folder]) {
      for (const start of [1, 2]) {
        const store = await openStore(found);
        expect([start, await rowsOf(store)]).toEqual([start, rows]);
        await store.close();
      }
    }
  });
});

describe('what was removed', () => {
  it('is in no file after the promised delay, nor in a fresh backup', async () => {
    const clock = new HandClock();
    const folder = newFolder();
    const store = await openStore(folder, { clock });
    await store.commit([contact('1', 'a', { name: 'Babbage' }), contact('2', 'a'), user('1')]);
    await store.commit([contact('1', 'b', { name: 'Babbage' })]);
    await store.commit([{ table: 'contacts', id: '1', value: null }]);
    await turn();
    expect(filesWith(folder, 'Babbage')).toEqual(['journal.1']);
    clock.advance(10_000);
    await store.reported('store.snapshot');
    await turn();
    expect([filesWith(folder, 'Babbage'), (await linesOf(store)).join('').includes('Babbage')]).toEqual([[], false]);
    expect(await store.read({ table: 'contacts', scope: 'b', since: 2, removedSince: null, limit: 9 })).toMatchObject({
      removed: ['1'],
    });
    await store.close();
    expect(tables.map((table) => [...store.all(table)].length)).toEqual([1, 0]);
  });
});
