// The rows of the board as they have to be, out of what it holds of an extension; rows that are so already are not written. Knows neither
// the PBX nor who is on duty.
import type { Places } from '../domain/dnd.ts';
import { derive, isRegistered, type Line, type Presence } from '../domain/presence.ts';
import { type ChosenStatus, effective } from '../domain/status.ts';
import { extensionRow, sameExtension } from './extension-row.ts';
import type { DirectoryDetails, ExtensionRow, PbxItem, StatusRow } from './rows.ts';
import { siteMark, siteRow } from './site-rows.ts';
import type { Store, Write } from './store.ts';

/** What is known of one extension. */
export interface BoardFacts {
  readonly number: string;
  readonly line: Line;
  readonly said: ExtensionRow['said'];
  readonly chosen: ChosenStatus;
}

/** The items of an extension that have changed. `now`: ISO 8601. */
export function itemWrites(
  store: Pick<Store, 'get'>,
  site: string,
  { number, line, said, chosen }: BoardFacts,
  sessions: number,
  now: string,
): Write[] {
  const writes: Write[] = [];
  const row = store.get('extensions', number)?.value as ExtensionRow | undefined;
  const details = (store.get('users', number)?.value ?? {}) as DirectoryDetails;
  const next = extensionRow(number, said, details, site);
  if (!row || !sameExtension(row, next)) writes.push({ table: 'extensions', id: number, value: next });
  const before = store.get('presence', number)?.value as Presence | undefined;
  const inputs = { ...effective(chosen), line, registered: isRegistered(line), sessions };
  const item = derive(number, inputs, before, now);
  if (item !== before) writes.push({ table: 'presence', id: number, value: item });
  return writes;
}

/** The row of the site's PBX when it says something else. */
export function pbxWrite(store: Pick<Store, 'get'>, site: string, connected: boolean, now: string): Write[] {
  const id = siteRow(site, 'pbx');
  const before = store.get('pbx', id)?.value as PbxItem | undefined;
  const value: PbxItem = { id: 'pbx', connected, since: now, ...siteMark(site) };
  return before?.connected === connected ? [] : [{ table: 'pbx', id, value }];
}

export function statusWrite(number: string, chosen: ChosenStatus, places: Places | undefined): Write {
  const row: StatusRow = { chosen, ...(places ? { places } : {}) };
  return { table: 'statuses', id: number, value: row };
}

export function sameStatus(a: StatusRow, b: { readonly [K in keyof StatusRow]: StatusRow[K] | undefined }): boolean {
  return JSON.stringify([a.chosen, a.places]) === JSON.stringify([b.chosen, b.places]);
}
