// What clients were told over time, as lines that a test can compare; and how to know that nothing more is on its way.
import type { Client } from '../support/client.ts';

export const lost = ['pbx pbx away'];
export const lostAndFound = ['pbx pbx away', 'pbx pbx connected'];

/** What a client was told from its message number `from` on, as `collection id what`, in order. */
export function told(client: Client, from: number): string[] {
  return client.messages.slice(from).flatMap(({ method, params }) => {
    if (method !== 'sync.change') return [];
    const { collection, reset, put = [], remove = [] } = params as unknown as Change;
    const puts = put.map((item) => `${collection} ${item.id} ${summary(item)}`);
    return [...(reset ? [`${collection} reset`] : []), ...puts, ...remove.map((id) => `${collection} ${id} removed`)];
  });
}

interface Change {
  readonly collection: string;
  readonly reset?: boolean;
  readonly put?: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly remove?: readonly string[];
}

function summary(item: Readonly<Record<string, unknown>>): string {
  if (item['connected'] !== undefined) return item['connected'] ? 'connected' : 'away';
  if (item['name'] !== undefined) return String(item['name']);
  return `${item['line']} ${item['online'] ? 'online' : 'offline'} ${item['indicator']}`;
}

/** Where each client's story stands now. */
export function marks(clients: readonly Client[]): number[] {
  return clients.map((client) => client.messages.length);
}

/** What each client was told since its mark, without what `quiet` causes. */
export function since(clients: readonly Client[], from: readonly number[]): string[][] {
  return clients.map((client, i) => told(client, from[i] ?? 0).filter((line) => !isSentinel(line)));
}

/** All items that a client holds of colleagues, in a fixed order. */
export function board(client: Client): unknown[] {
  const items = [...client.items('presence').values(), ...client.items('extensions').values()];
  return items.sort((a, b) => Number(a.id) - Number(b.id));
}

/** Waits until every client says that the PBX is connected, or that it is not. */
export async function allConnected(clients: readonly Client[], connected: boolean, within?: number): Promise<void> {
  const what = connected ? 'the PBX connected' : 'the PBX away';
  const is = (client: Client) => client.item('pbx', 'pbx')?.['connected'] === connected;
  await Promise.all(clients.map((client) => client.until(is, what, within)));
}

/** The extension whose name carries the sentinels, as its clients see it otherwise. */
const bearer = { id: '501', name: 'Öykü' };

/**
 * Waits until everything that was begun before has been told: changes of a name have come through after it. The first
 * client is an administrator.
 */
export async function quiet(clients: readonly Client[]): Promise<void> {
  for (const name of [`${bearer.name} ${clients[0]?.messages.length}`, bearer.name]) {
    await clients[0]?.request('users.set', { id: bearer.id, name });
    for (const client of clients) {
      await client.until(() => client.item('extensions', bearer.id)?.['name'] === name, `the sentinel ${name}`);
    }
  }
}

function isSentinel(line: string): boolean {
  return line.startsWith(`extensions ${bearer.id} ${bearer.name}`);
}
