// The restore by its command, on a real store in a folder.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store, Write } from '../../src/service/store.ts';
import { CliIo } from '../support/cli-io.ts';
import { contact, everything, fill, HOLDS, SECRET, StoreWorld } from '../support/store-world.ts';

let world: StoreWorld;
beforeEach(() => {
  world = new StoreWorld();
});
afterEach(() => world.end());

/** What a store is known by, with all that it holds. */
async function look(store: Store): Promise<{ readonly epoch: string; readonly rows: unknown }> {
  return { epoch: store.epoch, rows: await everything(store) };
}

/** Fills the store, backs it up, and goes on writing to it. The rows of the backup, and what was there at last. */
async function backedUp() {
  const { store, close } = await world.open();
  await fill(store);
  const rows = await everything(store);
  await close();
  expect((await world.run(['backup', world.file])).code).toBe(0);
  const later = await world.open();
  await later.store.commit([contact('a', 'sales', ' later'), contact('g', 'company'), contact('d', 'company')]);
  await later.store.commit([{ table: 'contacts', id: 'b', value: null }]);
  const last = { epoch: later.store.epoch, rows: await everything(later.store) };
  await later.close();
  return { rows, last };
}

const restored = () => `restored ${HOLDS} to ${world.data}\n`;

describe('rollcall restore', () => {
  it('brings back what the backup holds, as a new beginning', async () => {
    const { rows, last } = await backedUp();
    expect(await world.run(['restore', world.file, '--yes'])).toEqual({ code: 0, stdout: restored(), stderr: '' });
    const found = await world.found(look);
    expect(found.rows).toEqual(rows);
    expect(found.epoch).not.toBe(last.epoch);
    expect(found.rows).not.toEqual(last.rows);
  });

  it('fills a folder that is not there yet, without asking', async () => {
    const { rows } = await backedUp();
    rmSync(world.data, { recursive: true });
    expect(await world.run(['restore', world.file])).toEqual({ code: 0, stdout: restored(), stderr: '' });
    expect((await world.found(look)).rows).toEqual(rows);
    expect(statSync(world.data).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(world.data))
      expect([name, statSync(join(world.data, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('says what will be replaced and asks', async () => {
    const { rows, last } = await backedUp();
    const ask = (stdin: string) => world.run(['restore', world.file], new CliIo({ tty: true, stdin }));
    const question = `This replaces everything (4 company contacts, 1 personal contact and 2 users) in ${world.data} by ${world.file}, which holds ${HOLDS}. Restore? [y/N] `;
    expect(await ask('n\n')).toEqual({ code: 1, stdout: '', stderr: `${question}nothing was restored\n` });
    expect(await world.found(look)).toEqual(last);
    expect(await ask('y\n')).toEqual({ code: 0, stdout: restored(), stderr: question });
    expect((await world.found(look)).rows).toEqual(rows);
  });

  it('does not go on without being able to ask', async () => {
    const { last } = await backedUp();
    expect(await world.run(['restore', world.file], new CliIo({ stdin: 'y\n' }))).toEqual({
      code: 2,
      stdout: '',
      stderr: 'rollcall: stdin is no terminal to ask at: add --yes to restore without asking\n',
    });
    expect(await world.found(look)).toEqual(last);
  });

  it('is refused while a daemon has the folder, which goes on', async () => {
    await backedUp();
    const { store } = await world.startDaemon();
    const before = await look(store);
    expect(await world.run(['restore', world.file, '--yes'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: the data folder ${world.data} is in use by process ${process.pid}: stop the daemon, then restore\n`,
    });
    await store.commit([contact('after', 'company')]);
    expect(Object.keys((await look(store)).rows as object)).toEqual(
      expect.arrayContaining([...Object.keys(before.rows as object), 'contacts after']),
    );
  });

  it('replaces data that cannot be read any more', async () => {
    const { rows } = await backedUp();
    writeFileSync(join(world.data, 'snapshot'), 'nonsense\n'.repeat(100));
    const io = new CliIo({ tty: true, stdin: 'yes\n' });
    expect(await world.run(['restore', world.file], io)).toEqual({
      code: 0,
      stdout: restored(),
      stderr: `This replaces data that cannot be read any more in ${world.data} by ${world.file}, which holds ${HOLDS}. Restore? [y/N] `,
    });
    expect((await world.found(look)).rows).toEqual(rows);
  });

  it('tells nothing of what is stored', async () => {
    await backedUp();
    const outcomes = [
      await world.run(['restore', world.file], new CliIo({ tty: true, stdin: 'n\n' })),
      await world.run(['restore', world.file, '--yes']),
      await world.run(['backup', world.file, '--force']),
    ];
    expect(readFileSync(world.file, 'utf8')).toContain(SECRET);
    expect(JSON.stringify(outcomes)).not.toContain(SECRET);
  });
});

/** A line as the store writes it: length and checksum in front. */
function record(entry: object): string {
  const text = JSON.stringify(entry);
  const hex = (n: number) => n.toString(16).padStart(8, '0');
  return `${hex(Buffer.byteLength(text))} ${hex(crc32(text))} ${text}\n`;
}

describe('a file that is no whole backup', () => {
  const faults: [string, (whole: Buffer) => Buffer | string, RegExp][] = [
    ['empty', () => '', /The backup is empty/],
    ['cut off within a line', (whole) => whole.subarray(0, whole.length - 100), /damaged|breaks off/],
    ['cut off between two lines', (whole) => whole.subarray(0, whole.lastIndexOf('\n', -2) + 1), /breaks off/],
    ['without its beginning', (whole) => whole.subarray(whole.indexOf('\n') + 1), /no backup/],
    ['with a byte changed', (whole) => swapped(whole, 'Planted', 'Qlanted'), /damaged in line/],
    ['with a line twice', (whole) => twice(whole), /damaged|holds/],
    ['with something behind its end', (whole) => Buffer.concat([whole, Buffer.from('more\n')]), /damaged/],
    ['something else', () => 'BEGIN:VCARD\nEND:VCARD\n', /no backup of rollcall/],
    ['a line without end', () => Buffer.alloc(20_000_000, 'x'), /no backup of rollcall/],
    ['a snapshot', () => readFileSync(join(world.data, 'snapshot')), /no backup of rollcall/],
    [
      'of a newer version',
      () => record({ rollcall: 'backup', format: 99, rev: 1 }) + record({ end: 0 }),
      /newer version/,
    ],
    ['a well-formed lie', () => record({ rollcall: 'backup', format: 1, rev: 1 }) + record({ end: 7 }), /holds 0/],
  ];

  it.each(faults)('%s is refused in one line, and changes nothing', async (_, spoil, what) => {
    const { last } = await backedUp();
    writeFileSync(world.file, spoil(readFileSync(world.file)));
    const before = files();
    const { code, stdout, stderr } = await world.run(['restore', world.file, '--yes']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(/^rollcall: [^\n]+\n$/);
    expect(stderr).not.toContain(SECRET);
    expect(files()).toEqual(before);
    expect(await world.found(look)).toEqual(last);
  });

  it.each([
    ['not there', () => join(world.folder, 'none'), 'cannot be read: there is no such file'],
    ['a folder', () => world.folder, 'is no file, and a backup is read twice: name a file'],
    ['a device', () => '/dev/null', 'is no file, and a backup is read twice: name a file'],
  ])('that is %s is refused and makes no data folder', async (_, path, what) => {
    expect(await world.run(['restore', path(), '--yes'])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: ${path()} ${what}\n`,
    });
    expect(existsSync(world.data)).toBe(false);
  });

  /** The files of the data folder with what is in them. */
  function files(): Record<string, string> {
    return Object.fromEntries(
      readdirSync(world.data).map((name) => [name, readFileSync(join(world.data, name), 'latin1')]),
    );
  }

  function swapped(whole: Buffer, from: string, to: string): Buffer {
    const changed = Buffer.from(whole);
    changed.write(to, changed.indexOf(from));
    return changed;
  }

  function twice(whole: Buffer): Buffer {
    const start = whole.indexOf('\n') + 1;
    const end = whole.indexOf('\n', start) + 1;
    return Buffer.concat([whole.subarray(0, end), whole.subarray(start)]);
  }
});

it('a backup made while others write holds a state between two commits, and comes back as that', async () => {
  const { store, stop } = await world.startDaemon();
  await fill(store);
  await store.commit(Array.from({ length: 3_000 }, (_, n) => contact(`n${n}`, 'company', 'x'.repeat(500))));
  // Each commit writes its number to four rows of three tables, which must agree in whatever is restored.
  const numbered = (n: number): Write[] => [
    { table: 'statuses', id: '1001', value: { n } },
    contact('z1', n % 2 ? 'company' : 'personal:1001', ` ${n}`),
    contact('n7', 'sales', ` ${n}`),
    { table: 'favorites', id: '1002 contact:z1', value: { owner: '1002', target: 'contact:z1', at: `${n}` } },
  ];
  await store.commit(numbered(0));
  let [n, running] = [0, true];
  const writer = (async () => {
    while (running) await store.commit(numbered(++n));
  })();
  // The one that is on its way does not count yet.
  const before = n - 1;
  const outcome = await world.run(['backup', world.file]);
  running = false;
  await writer;
  await stop();
  expect([outcome.code, n > before + 5]).toEqual([0, true]);
  expect((await world.run(['restore', world.file, '--yes'])).code).toBe(0);
  const rows = (await world.found(look)).rows as Record<string, { n: number }>;
  const held = rows['statuses 1001']?.n ?? -1;
  expect(held).toBeGreaterThanOrEqual(before);
  expect(held).toBeLessThan(n);
  for (const { table, id, value } of numbered(held)) expect(rows[`${table} ${id}`]).toEqual(value);
  expect(Object.keys(rows).filter((id) => id.startsWith('contacts '))).toHaveLength(3_007);
});
