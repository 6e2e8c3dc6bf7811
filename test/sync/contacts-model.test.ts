// Contacts under rules that change, over many clients, slow sockets, late stores and restarts: what each client holds in the end is
// what the rules give it, and nothing was ever written to it that it might not see in that moment.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/service/clock.ts';
import type { Store } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { type Place, Play } from './contacts-model/play.ts';
import { type Step, step } from './contacts-model/steps.ts';

const RUNS = Number(process.env['ROLLCALL_MODEL_RUNS'] ?? 60);

/** A store that outlives the daemon in memory; it remembers few removals. */
function memoryPlace(): Place {
  const store = new MemoryStore({ removalsKept: 20 });
  return { open: async () => store, close: async () => undefined };
}

async function play(steps: readonly Step[], place: Place): Promise<void> {
  const game = await Play.begin(place);
  for (const one of steps) await game.take(one);
  await game.calm();
  expect(game.leaks).toEqual([]);
  for (const [n, client] of game.clients.entries()) {
    const { socket, mirror, names, who } = client;
    if (socket.ended) continue;
    const { truth } = game;
    const books = Object.keys(truth.books(who)).map((id) => `contacts:${id}`);
    const followed = names.flatMap((name) => (name === 'contacts' ? books : [name]));
    const held = (name: string) => [n, name, mirror.has(name) ? withoutEditors(mirror.items(name)) : undefined];
    for (const name of new Set(followed)) {
      expect(held(name)).toEqual([n, name, expectedOf(game, client, name, books)]);
    }
    const shown = mirror.names.filter((name) => name.startsWith('contacts:'));
    if (names.includes('contacts')) expect([n, ...shown.sort()]).toEqual([n, ...books.sort()]);
    if (who.contacts) expect([n, game.companyTold(client)]).toEqual([n, truth.company(who)]);
  }
  await game.end();
}

function expectedOf({ truth }: Play, { who }: Play['clients'][number], name: string, books: readonly string[]) {
  if (name === 'books') return truth.books(who);
  if (name === 'favorites') return truth.favoritesOf(who);
  if (!name.startsWith('contacts:')) return truth.table(who, name);
  return books.includes(name) ? withoutEditors(truth.contactsOf(who, name.slice('contacts:'.length))) : undefined;
}

/** Who changed a contact is not sent again when that colleague comes into sight or goes out of it. */
function withoutEditors(items: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(items, (key, value) => (key === 'updatedBy' ? undefined : value)));
}

describe('S1 to S11: whatever is written, moved, marked, granted, revoked, dropped, resumed and restarted', () => {
  test('each copy ends as the rules have it, and nothing hidden was ever sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => play(steps, memoryPlace())),
      { numRuns: RUNS, endOnFailure: process.env['ROLLCALL_MODEL_SHRINK'] === undefined },
    );
  }, 600_000);

  test('over the store of files, opened again at each restart', async () => {
    const folders: string[] = [];
    const filesPlace = (): Place => {
      const folder = mkdtempSync(join(tmpdir(), 'rollcall-model-'));
      folders.push(folder);
      const open = (): Promise<Store> => openFilesStore({ folder, clock: systemClock, report: () => undefined });
      return { open, close: (store) => store.close() };
    };
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => play(steps, filesPlace())),
        { numRuns: Math.ceil(RUNS / 6), endOnFailure: true },
      );
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);
});
