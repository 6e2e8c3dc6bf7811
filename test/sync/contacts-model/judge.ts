// The verdict on a play: what each client holds when everything is told, against the rows and rules.
import { expect } from 'vitest';
import { MemoryStore } from '../../support/memory-store.ts';
import { type Place, Play } from './play.ts';
import type { Step } from './steps.ts';

/** A store that outlives the daemon in memory; it remembers few removals. */
export function memoryPlace(): Place {
  const store = new MemoryStore({ removalsKept: 20 });
  return { open: async () => store, close: async () => undefined };
}

export async function playSteps(steps: readonly Step[], place: Place): Promise<void> {
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
