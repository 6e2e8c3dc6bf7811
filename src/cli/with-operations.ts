// Gets at the operations: those of the daemon that holds the data folder, or, when none runs, on the store itself.
import type { Operations } from '../service/operations.ts';
import type { Settings } from '../settings/settings.ts';
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

/** Runs `work` with the operations, wherever they are; `live` tells whether a daemon carries them out. */
export async function withOperations<T>(
  parts: Parts,
  settings: Settings,
  work: (operations: Operations, live: boolean) => Promise<T>,
): Promise<T> {
  const client = await connectControl(settings.data);
  if (client) {
    try {
      return await work(remoteOperations(client), true);
    } finally {
      client.close();
    }
  }
  const offline = await parts.openOffline(settings);
  try {
    return await work(offline.operations, false);
  } finally {
    await offline.close();
  }
}
