import { afterEach, beforeEach, expect, it } from 'vitest';
import { withOperations } from '../../src/cli/with-operations.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { FolderInUse } from '../../src/store/lock.ts';
import { CliIo } from '../support/cli-io.ts';
import { CliWorld } from '../support/cli-world.ts';

let world: CliWorld;
beforeEach(() => {
  world = new CliWorld();
});
afterEach(() => world.end());

it('a command waits for a daemon that has locked the folder and does not listen yet', async () => {
  let tries = 0;
  const openOffline = async () => {
    tries += 1;
    await world.startDaemon();
    throw new FolderInUse(world.folder, 4711);
  };
  const outcome = await world.run(['user', 'list', '--json'], new CliIo(), { openOffline });
  expect({ ...outcome, tries }).toEqual({ code: 0, stdout: '[]\n', stderr: '', tries: 1 });
});

it('a command that waited in vain names the owner of the folder', async () => {
  const refusal = new FolderInUse(world.folder, 4711);
  const parts = world.parts({ openOffline: () => Promise.reject(refusal) });
  const settings = { ...DEFAULTS, data: world.folder };
  await expect(withOperations(parts, settings, async () => 'reached', 100)).rejects.toBe(refusal);
});

it('the store is closed when the command fails', async () => {
  const settings = { ...DEFAULTS, data: world.folder };
  const failing = withOperations(world.parts(), settings, () => Promise.reject(new Error('failed')));
  await expect(failing).rejects.toThrow('failed');
  expect([world.opened, world.closed]).toEqual([1, 1]);
});
