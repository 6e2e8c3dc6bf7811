// Where a store is: a folder of its own, or a database; opened as a command opens it, and as the settings of a daemon name it.
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/service/clock.ts';
import type { Store } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';

export type Place =
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** As many as a daemon opens by default. */
const CONNECTIONS = 10;

export interface PlacedStore {
  readonly store: Store;
  close(): Promise<void>;
}

export async function openAt(place: Place): Promise<PlacedStore> {
  const parts = { clock: systemClock, report: () => undefined, lastDigits: 7 };
  if (place.kind === 'files') {
    const store = await openFilesStore({ ...parts, folder: place.folder });
    return { store, close: () => store.close() };
  }
  const alone = { connections: CONNECTIONS, daemon: randomUUID(), site: '', version: '', isDaemon: false };
  return openPostgres({ ...parts, ...alone, url: place.url });
}

/** `data`: the folder that a daemon has of its own. */
export function settingsAt(place: Place, data: string): Readonly<Record<string, string>> {
  if (place.kind === 'files') return { ROLLCALL_DATA: place.folder };
  return { ROLLCALL_DATA: data, ROLLCALL_STORE_KIND: 'postgres', ROLLCALL_STORE_URL: place.url };
}
