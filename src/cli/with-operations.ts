// Gets at the operations: those of the daemon that holds the data folder, or, when none runs, on the store itself.
import { setTimeout } from 'node:timers/promises';
import type { Operations } from '../service/operations.ts';
import type { Settings } from '../settings/settings.ts';
import { FolderInUse } from '../store/lock.ts';
import { connectControl } from './control-client.ts';
import type { Parts } from './parts.ts';
import { type RemoteOperations, remoteOperations } from './remote-operations.ts';

/** Runs `work` with the operations of the daemon; null when none runs. */
export async function withDaemon<T>(
  settings: Settings,
  work: (operations: RemoteOperations, closed: Promise<void>) => Promise<T>,
): Promise<T | null> {
  const client = await connectControl(settings.data);
  if (!client) return null;
  try {
    return await work(remoteOperations(client), client.closed);
  } finally {
    client.close();
  }
}

/** How long a daemon may take from locking the folder to listening. */
const STARTING_MS = 10_000;
const TRY_AGAIN_MS = 100;

/**
 * Runs `work` with the operations, wherever they are; `live` tells whether a daemon carries them out. A folder that is
 * locked while nobody listens is that of a daemon that is starting: it is waited for.
 */
export async function withOperations<T>(
  parts: Parts,
  settings: Settings,
  work: (operations: Operations, live: boolean) => Promise<T>,
  patienceMs = STARTING_MS,
): Promise<T> {
  for (let left = patienceMs; ; left -= TRY_AGAIN_MS) {
    const client = await connectControl(settings.data);
    if (client) return work(remoteOperations(client), true).finally(() => client.close());
    try {
      const offline = await parts.openOffline(settings);
      return await work(offline.operations, false).finally(() => offline.close());
    } catch (error) {
      if (!(error instanceof FolderInUse) || left <= 0) throw error;
    }
    await setTimeout(TRY_AGAIN_MS);
  }
}
