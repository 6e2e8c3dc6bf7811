// A real process that writes is killed at any moment, again and again: what it acknowledged is there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Table } from '../../src/service/store.ts';
import { eventsOf, newFolder, openStore } from './support/places.ts';

const script = fileURLToPath(new URL('./support/writing-process.ts', import.meta.url));
const rounds = Number(process.env['ROLLCALL_KILLS'] ?? 10);

/** What the process said last of each row, and how much it said. */
async function killAfter(folder: string, lines: number): Promise<ReadonlyMap<string, { n: number; rev: number }>> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const said = new Map<string, { n: number; rev: number }>();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, id, n, rev] = line.split(' ');
    if (kind !== 'open' && rev !== undefined) said.set(`${kind} ${id}`, { n: Number(n), rev: Number(rev) });
    count += 1;
    if (count === lines) child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return said;
}

it(`a process killed ${rounds} times loses nothing that it acknowledged`, async () => {
  const folder = newFolder();
  for (let round = 0; round < rounds; round += 1) {
    const said = await killAfter(folder, 1 + Math.floor(Math.random() * 1500));
    const store = await openStore(folder);
    const last = Math.max(0, ...[...said.values()].map(({ rev }) => rev));
    for (const [key, { n, rev }] of said) {
      const [kind, id = ''] = key.split(' ');
      const table: Table = kind === 'c' ? 'users' : 'presence';
      const row = store.get(table, id);
      const found = (row?.value as { n: number } | undefined)?.n ?? 0;
      expect([key, found >= n]).toEqual([key, true]);
      // A commit answered in the very last turn may have a new revision, and then one that nobody was told.
      if (found === n && row?.rev !== rev) expect([key, (row?.rev ?? 0) > last]).toEqual([key, true]);
    }
    expect(eventsOf(store).filter((event) => event !== 'store.tail_cut')).toEqual(['store.opened']);
    await store.close();
  }
}, 600_000);
