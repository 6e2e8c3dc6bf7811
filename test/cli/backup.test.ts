// The backup by its command, on a real store in a folder.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { controlPath } from '../../src/server/control.ts';
import { CliIo } from '../support/cli-io.ts';
import { contact, fill, HOLDS, SECRET, StoreWorld } from '../support/store-world.ts';

let world: StoreWorld;
beforeEach(() => {
  world = new StoreWorld();
});
afterEach(() => world.end());

describe.each([
  ['with a daemon', true],
  ['without a daemon', false],
])('rollcall backup, %s', (_title, live) => {
  beforeEach(async () => {
    const { store, stop } = await world.startDaemon();
    await fill(store);
    if (!live) await stop();
  });

  it('writes the store to a file of its owner alone, and tells counts only', async () => {
    const { code, stdout, stderr } = await world.run(['backup', world.file]);
    const { mode, size } = statSync(world.file);
    expect({ code, stdout, stderr, mode: mode & 0o777 }).toEqual({
      code: 0,
      stdout: `backup of ${HOLDS} written to ${world.file} (${Math.round(size / 1000)} kB)\n`,
      stderr: '',
      mode: 0o600,
    });
    expect(readFileSync(world.file, 'utf8')).toContain(SECRET);
    expect(readdirSync(world.folder).sort()).toEqual(['backup', 'data']);
  });

  it('writes to stdout, and says the counts on stderr', async () => {
    await world.run(['backup', world.file]);
    const { code, stdout, stderr } = await world.run(['backup', '-']);
    expect({ code, stdout: stdout.length, stderr }).toEqual({
      code: 0,
      stdout: statSync(world.file).size,
      stderr: expect.stringMatching(new RegExp(`^backup of ${HOLDS} written to stdout \\(\\d kB\\)\n$`)),
    });
  });

  it('replaces a file with --force alone', async () => {
    writeFileSync(world.file, 'mine');
    expect(await world.run(['backup', world.file])).toEqual({
      code: 1,
      stdout: '',
      stderr: `rollcall: ${world.file} exists: add --force to replace it\n`,
    });
    expect(readFileSync(world.file, 'utf8')).toBe('mine');
    expect((await world.run(['backup', world.file, '--force'])).code).toBe(0);
    expect(statSync(world.file).size).toBeGreaterThan(1_000);
  });

  it('does not write to a terminal, nor into the data folder', async () => {
    expect([
      await world.run(['backup', '-'], new CliIo({ tty: true })),
      await world.run(['backup', join(world.data, 'backup')]),
    ]).toEqual([
      { code: 2, stdout: '', stderr: 'rollcall: stdout is a terminal: name a file, or send stdout to one\n' },
      {
        code: 1,
        stdout: '',
        stderr: `rollcall: ${world.data}/backup lies in the data folder itself: write the backup somewhere else\n`,
      },
    ]);
  });

  it('that is interrupted leaves nothing', async () => {
    const io = new CliIo();
    const running = world.run(['backup', world.file], io);
    while (io.handlers === 0) await new Promise(setImmediate);
    io.signal('SIGTERM');
    expect({ exits: io.exits, left: readdirSync(world.folder) }).toEqual({ exits: [1], left: ['data'] });
    await running; // the process has ended by then
    expect(io.handlers).toBe(0);
  });
});

it('a second backup is refused while one is being made, which goes on', async () => {
  const { store } = await world.startDaemon();
  await store.commit(Array.from({ length: 5_000 }, (_, n) => contact(`n${n}`, 'company', 'x'.repeat(2_000))));
  const slow = createConnection(controlPath(world.data));
  world.atEnd(async () => slow.destroy());
  slow.write('{"jsonrpc":"2.0","id":1,"method":"store.backup"}\n');
  await new Promise<void>((resolve) => slow.once('data', () => resolve()));
  slow.pause();
  expect(await world.run(['backup', world.file])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'rollcall: a backup is being made already: try again when it is done\n',
  });
  expect(readdirSync(world.folder).sort()).toEqual(['data']);
  slow.destroy();
  for (;;) {
    rmSync(world.file, { force: true });
    if ((await world.run(['backup', world.file])).code === 0) break;
  }
});

it('a backup that the daemon does not finish leaves nothing', async () => {
  const { store, stop } = await world.startDaemon();
  await store.commit(Array.from({ length: 20_000 }, (_, n) => contact(`n${n}`, 'company', 'x'.repeat(1_000))));
  const running = world.run(['backup', world.file]);
  const written = () => readdirSync(world.folder).find((name) => name.endsWith('.part'));
  while (!written() || statSync(join(world.folder, written() ?? '')).size === 0) await new Promise(setImmediate);
  await stop();
  expect(await running).toEqual({
    code: 1,
    stdout: '',
    stderr: 'rollcall: the daemon ended before it had sent everything\n',
  });
  expect(readdirSync(world.folder)).toEqual(['data']);
});
