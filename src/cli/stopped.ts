// Opens a store for a command that needs it whole and undisturbed.
import { existsSync } from 'node:fs';
import { OperatorError } from '../service/operator-error.ts';
import { openStoppedDatabase } from './stopped-database.ts';
import { openStoppedFolder } from './stopped-folder.ts';
import type { StoppedStore } from './stopped-store.ts';
import type { StoreAt } from './store-at.ts';

export interface StoppedWish {
  readonly at: StoreAt;
  /** What daemons must be stopped for: `restore`. */
  readonly task: string;
  /** Whether it is made where there is none. */
  readonly mayBeNew: boolean;
}

/** Rejects with OperatorError when it is in use or cannot be reached. */
export async function openStopped({ at, task, mayBeNew }: StoppedWish): Promise<StoppedStore> {
  if (at.kind === 'postgres') return openStoppedDatabase(at, task, mayBeNew);
  if (!mayBeNew && !existsSync(at.folder)) throw new OperatorError(`there is no data folder ${at.name}`);
  return openStoppedFolder(at.folder, task);
}
