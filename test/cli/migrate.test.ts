// The migration by its command, between two data folders.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/service/clock.ts';
import type { Store } from '../../src/service/store.ts';
import { DATABASE_URL } from '../../src/settings/database-url.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { contact, everything, fill, HOLDS, SECRET, StoreWorld } from '../support/store-world.ts';

let world: StoreWorld;
let target: string;
beforeEach(() => {
  world = new StoreWorld();
  target = join(world.folder, 'other');
});
afterEach(() => world.end());

const ROWS = 12;
const done = () =>
  `migrated ${world.data} to ${target}: ${ROWS} rows, among them ${HOLDS}; all are the same\n` +
  'Now name the new store in the settings of every daemon, and start them.\n';

async function filled(): Promise<{ readonly epoch: string; readonly rows: unknown }> {
  const { store, close } = await world.open();
  await fill(store);
  store.note([{ table: 'errands', id: '1', value: {} }]);
  const rows: Record<string, unknown> = { ...(await everything(store)) };
  const { epoch } = store;
  await close();
  return { epoch, rows };
}

async function inFolder<T>(folder: string, look: (store: Store) => Promise<T>): Promise<T> {
  const store = await openFilesStore({ folder, clock: systemClock, report: () => undefined });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}

const migrate = (...more: string[]) => world.run(['migrate', '--from', world.data, '--to', target, ...more]);
const failed = (what: string, code = 1) => ({ code, stdout: '', stderr: `rollcall: ${what}\n` });

describe('rollcall migrate', () => {
  it('brings every row to an empty store, as a new beginning, and says that all are the same', async () => {
    const { epoch, rows } = await filled();
    expect(await migrate()).toEqual({ code: 0, stdout: done(), stderr: '' });
    const found = await inFolder(target, async (store) => ({
      epoch: store.epoch,
      rows: await everything(store),
      errands: [...store.all('errands')],
    }));
    expect(found).toEqual({ epoch: expect.any(String), rows, errands: [] });
    expect(found.epoch).not.toBe(epoch);
    expect(await world.found(everything)).toEqual(rows);
  });

  it('takes the store of the settings where one is not named', async () => {
    await filled();
    expect(await world.run(['migrate', '--to', target])).toEqual({ code: 0, stdout: done(), stderr: '' });
    expect(await world.run(['migrate', '--check', '--from', target])).toEqual({
      code: 0,
      stdout: `${target} and ${world.data} hold the same ${ROWS} rows\n`,
      stderr: '',
    });
  });

  it('compares two stores without changing them, and names every table that differs', async () => {
    await filled();
    await migrate();
    expect(await migrate('--check')).toEqual({
      code: 0,
      stdout: `${world.data} and ${target} hold the same ${ROWS} rows\n`,
      stderr: '',
    });
    await inFolder(target, (store) =>
      store.commit([contact('z', 'company'), { table: 'users', id: '1001', value: {} }]),
    );
    const before = readdirSync(target);
    expect(await migrate('--check')).toEqual({
      code: 1,
      stdout: `contacts: 6 rows in ${world.data}, 7 rows in ${target}\nusers: 2 rows in each, but not the same\n`,
      stderr: '',
    });
    expect(readdirSync(target).filter((name) => !name.startsWith('lock.'))).toEqual(
      before.filter((name) => !name.startsWith('lock.')),
    );
  });

  it('does not write to a store that is not empty', async () => {
    await filled();
    mkdirSync(target, { mode: 0o700 });
    await inFolder(target, (store) => store.commit([contact('mine', 'company')]));
    expect(await migrate()).toEqual(
      failed(
        `${target} is not empty, it holds no company contacts, no personal contacts and no users: name a folder that is empty or not there yet`,
      ),
    );
    expect(Object.keys(await inFolder(target, everything))).toEqual(['contacts mine']);
  });

  it('is refused while a daemon has one of the stores, which goes on', async () => {
    await filled();
    const { store, stop } = await world.startDaemon();
    expect(await migrate()).toEqual(
      failed(`the data folder ${world.data} is in use by process ${process.pid}: stop the daemon, then migrate`),
    );
    expect(existsSync(target)).toBe(false);
    expect(await world.run(['migrate', '--from', target])).toEqual(failed(`there is no data folder ${target}`));
    await store.commit([contact('after', 'company')]);
    await stop();
  });

  it('does not begin with data that is damaged', async () => {
    await filled();
    await world.found(everything); // a second journal, which proves that the first was whole
    const journal = join(world.data, 'journal.1');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('Planted', 'Qlanted'));
    const { code, stdout, stderr } = await migrate();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^rollcall: The data is damaged: [^\n]*\n$/);
    expect(existsSync(target)).toBe(false);
  });

  it('that broke off leaves a store that no daemon starts on, and that is filled by the next', async () => {
    const { rows } = await filled();
    expect(await migrate()).toEqual({ code: 0, stdout: done(), stderr: '' });
    writeFileSync(join(target, 'migration.unfinished'), '');
    await expect(inFolder(target, everything)).rejects.toThrow(
      `A migration into the data folder ${target} was not finished: run rollcall migrate again, or restore a backup.`,
    );
    expect(await migrate('--check')).toEqual(
      failed(`a migration into ${target} was not finished: it cannot be copied from or compared`),
    );
    expect(await migrate()).toEqual({ code: 0, stdout: done(), stderr: '' });
    expect(await inFolder(target, everything)).toEqual(rows);
  });

  it('does not pass over the torn end of a crash in silence', async () => {
    const { rows } = await filled();
    const journal = join(world.data, 'journal.1');
    const whole = readFileSync(journal);
    writeFileSync(journal, Buffer.concat([whole, Buffer.from('0000')]));
    expect(await migrate()).toEqual(
      failed(
        `the end of ${journal} was torn by a crash, and its last 4 bytes, which nobody was promised, were cut: run the command again to go on with the rest`,
      ),
    );
    expect(await migrate()).toEqual({ code: 0, stdout: done(), stderr: '' });
    expect(await inFolder(target, everything)).toEqual(rows);
  });

  it('tells nothing of what is stored', async () => {
    await filled();
    const outcomes = [await migrate(), await migrate(), await migrate('--check')];
    expect(JSON.stringify(outcomes)).not.toContain(SECRET);
  });
});

describe('rollcall migrate that is called wrongly', () => {
  const usage = 'name at least one of --from and --to; the other is the store of the settings then';
  it.each([
    ['with no store', [], usage],
    ['with the same store twice', ['--from', 'DATA', '--to', 'DATA/'], '--from and --to are the same store, DATA'],
    ['with the store of the settings again', ['--to', 'DATA'], '--from and --to are the same store, DATA'],
    ['with an empty name', ['--from', ''], '--from is empty: name a data folder or the URL of a database'],
    [
      'with the URL of something else',
      ['--to', 'mysql://host/rollcall'],
      `--to is no URL of a database: it must be ${DATABASE_URL}`,
    ],
    [
      'with a URL that cannot be read',
      ['--to', 'postgres://rollcall:Planted-Secret@ho^st/rollcall'],
      `--to is no URL of a database: it must be ${DATABASE_URL}`,
    ],
  ])('%s says how it is right', async (_, args, what) => {
    const named = (text: string) => text.replaceAll('DATA', world.data);
    expect(await world.run(['migrate', ...args.map(named)])).toEqual(failed(`migrate: ${named(what)}`, 2));
  });
});
