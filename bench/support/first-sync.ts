// One client that takes a book from the daemon: what that costs the server.
import { gather, type Side } from './side.ts';

export interface SyncCost {
  /** Microseconds of server CPU; counted only when turns are not watched, which costs CPU itself. */
  readonly cpu: number;
  /** Milliseconds of the server's longest turn; 0 when they were not watched. */
  readonly turn: number;
  /** Bytes that the client received, those before its book included. */
  readonly bytes: number;
}

/** Connects a client, waits until it is in sync, and drops it. */
export async function syncOnce(side: Side, hello: readonly string[], watched: 'cpu' | 'turn'): Promise<SyncCost> {
  const { server, audience } = side;
  const group = 'syncing';
  if (watched === 'turn') await server.ask({ do: 'watchTurns' });
  const before = await server.ask<number>({ do: 'cpu' });
  await gather(side, [[...hello]], { group });
  const after = await server.ask<number>({ do: 'cpu' });
  const turn = watched === 'turn' ? await server.ask<number>({ do: 'watchedTurns' }) : 0;
  const [bytes = 0] = await audience.ask<number[]>({ do: 'received', group });
  await audience.ask({ do: 'close', group });
  return { cpu: after - before, turn, bytes };
}
