// Calls that were asked for and are not in the history yet: those that the server has not answered, and those it refused.
import type { Client } from '../../../client/api.ts';

export interface Order {
  readonly client: Client;
  readonly number: string;
  readonly name: string;
  /** What was thrown; absent while the server has not answered. */
  readonly refusal?: unknown;
}

/** So many refusals are shown; older ones go. */
const MOST = 3;

let orders: readonly Order[] = [];
const listeners = new Set<() => void>();

/**
 * Asks for a call; resolves with what refused it, which is kept to be shown unless it is told `elsewhere`. A number that waits for its
 * answer is not asked for again.
 */
export async function order(client: Client, number: string, name: string, elsewhere = false): Promise<unknown> {
  if (orders.some((one) => one.client === client && one.number === number && !('refusal' in one))) return undefined;
  const asked: Order = { client, number, name };
  change([...orders.filter((one) => one.client !== client || one.number !== number), asked]);
  try {
    await client.request('calls.dial', { number });
    dismissOrder(asked);
    return undefined;
  } catch (refusal) {
    change(orders.flatMap((one) => (one !== asked ? one : elsewhere ? [] : { ...asked, refusal })));
    return refusal;
  }
}

export function dismissOrder(done: Order): void {
  change(orders.filter((one) => one !== done));
}

export function ordersOf(client: Client): readonly Order[] {
  return orders.filter((one) => one.client === client);
}

/** Returns the function that stops it. */
export function subscribeOrders(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: readonly Order[]): void {
  const refused = next.filter((one) => 'refusal' in one);
  const tooOld = new Set(refused.slice(0, Math.max(0, refused.length - MOST)));
  orders = next.filter((one) => !tooOld.has(one));
  for (const listener of [...listeners]) listener();
}
