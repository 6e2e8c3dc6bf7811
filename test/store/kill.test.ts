// A real process that writes is killed at any moment, again and again: what it acknowledged is there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Table } from '../../src/service/store.ts';
import { eventsOf, newFolder, type OpenedStore, openStore } from './support/places.ts';

const writing = fileURLToPath(new URL('./support/writing-process.ts', import.meta.url));
const batching = fileURLToPath(new URL('./support/batching-process.ts', import.meta.url));
const rounds = Number(process.env['ROLLCALL_KILLS'] ?? 10);

/** Kills the process when it has said so many lines, and returns all it said. */
async function killAfter(lines: number, script: string, args: readonly string[]): Promise<string[]> {
  const command = ['--import', 'tsx', script, ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (said.push(line) === lines) child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return said;
}

const numberOf = (value: object | undefined): number => (value as { n: number } | undefined)?.n ?? 0;

/** What a writing process said last of each row. */
function lastOf(lines: readonly string[]): ReadonlyMap<string, { n: number; rev: number }> {
  const said = new Map<string, { n: number; rev: number }>();
  for (const line of lines) {
    const [kind, id, n, rev] = line.split(' ');
    if (kind !== 'open' && rev !== undefined) said.set(`${kind} ${id}`, { n: Number(n), rev: Number(rev) });
  }
  return said;
}

it(`a process killed ${rounds} times loses nothing that it acknowledged`, async () => {
  const folder = newFolder();
  for (let round = 0; round < rounds; round += 1) {
    const said = lastOf(await killAfter(1 + Math.floor(Math.random() * 1500), writing, [folder]));
    const store = await openStore(folder);
    for (const { rev } of said.values()) expect(store.changes('users', rev).reset).toBe(false);
    for (const [key, { n, rev }] of said) {
      const [kind, id = ''] = key.split(' ');
      const table: Table = kind === 'c' ? 'users' : 'presence';
      const row = store.get(table, id);
      const found = numberOf(row?.value);
      expect([key, found >= n]).toEqual([key, true]);
      if (found === n) expect([key, row?.rev]).toEqual([key, rev]);
    }
    expect(eventsOf(store).filter((event) => event !== 'store.tail_cut')).toEqual(['store.opened']);
    await store.close();
  }
}, 600_000);

const ROWS = 3000;

/** Which batch the store holds: that of the import, and of every row. */
async function batchIn(store: OpenedStore): Promise<number> {
  const n = numberOf(store.get('imports', 'last')?.value);
  const rows = await store.find(
    'contacts',
    Array.from({ length: ROWS }, (_, id) => `${id}`),
  );
  const found = new Set([...rows.values()].map(({ value }) => numberOf(value)));
  expect([rows.size, [...found]]).toEqual(n === 0 ? [0, []] : [ROWS, [n]]);
  expect(await store.counts('contacts')).toEqual(new Map(n === 0 ? [] : [[`book ${n % 2}`, ROWS]]));
  return n;
}

it(`a process killed ${rounds} times in a batch leaves all of it or nothing, with the revisions that it told`, async () => {
  const folder = newFolder();
  for (let round = 0; round < rounds; round += 1) {
    const lines = await killAfter(2 + Math.floor(Math.random() * 120), batching, [folder, `${ROWS}`]);
    const store = await openStore(folder);
    const said = (kind: string) => lines.map((line) => line.split(' ')).filter(([first]) => first === kind);
    const [, acknowledged = '0'] = said('b').at(-1) ?? [];
    const [, commit = '0'] = said('c').at(-1) ?? [];
    const n = await batchIn(store);
    const told = said('t').filter(([, , , batch]) => Number(batch) === n);
    expect(n).toBeGreaterThanOrEqual(
      Math.max(Number(acknowledged), ...said('t').map(([, , , batch]) => Number(batch))),
    );
    expect(numberOf(store.get('users', 'last')?.value)).toBeGreaterThanOrEqual(Number(commit));
    // The slice told in the very last turn may have a new revision.
    for (const [, id = '', rev] of told.slice(0, -1))
      expect([id, (await store.find('contacts', [id])).get(id)?.rev]).toEqual([id, Number(rev)]);
    await store.close();
  }
}, 600_000);
