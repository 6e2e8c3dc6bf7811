// The board as an operator reads it: presence items joined with names, read from the store and followed through its feed.
// Works the same on the store of a running daemon and on one that was opened without one.
import type { Presence } from '../domain/presence.ts';
import type { BoardChange, BoardRow, BoardView } from './operations.ts';
import type { ExtensionRow, PbxItem } from './rows.ts';
import { ONE_SITE, type Sites } from './site-view.ts';
import type { Commit, Store } from './store.ts';

export function boardView(store: Store, sites: Sites = ONE_SITE): BoardView {
  const rows = [...store.all('presence')].flatMap((row) => boardRow(store, row.id) ?? []);
  rows.sort((a, b) => byNumber(a.id, b.id));
  return { ...connections(store, sites), rows };
}

/** Calls `listener` at once with everything and then for each commit that changed what the board shows. */
export function watchBoard(store: Store, listener: (change: BoardChange) => void, sites: Sites = ONE_SITE): () => void {
  const { rows, ...connected } = boardView(store, sites);
  const stops = [
    store.subscribe((commit) => {
      const change = changeOf(store, commit, sites);
      if (change) listener(change);
    }),
    sites.subscribe(() => listener({ ...connections(store, sites), put: [], remove: [] })),
  ];
  listener({ reset: true, ...connected, put: rows, remove: [] });
  return () => {
    for (const stop of stops) stop();
  };
}

/** Orders extension numbers as people do: 99 before 1000. */
export function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function changeOf(store: Store, { writes }: Commit, sites: Sites): BoardChange | undefined {
  const ids = new Set<string>();
  let pbx = {};
  for (const { table, id } of writes) {
    if (table === 'pbx') pbx = connections(store, sites);
    if (table === 'presence' || table === 'extensions') ids.add(id);
  }
  const put: BoardRow[] = [];
  const remove: string[] = [];
  for (const id of ids) {
    const row = boardRow(store, id);
    if (row) put.push(row);
    else remove.push(id);
  }
  if (ids.size === 0 && Object.keys(pbx).length === 0) return undefined;
  return { ...pbx, put, remove };
}

/** The connection of the own PBX, and those of all other sites by name, where there are any. */
function connections(store: Store, sites: Sites): Pick<BoardView, 'pbx' | 'sites'> {
  const rows = [...store.all('pbx')].filter(({ id }) => sites.shows(id));
  const items = rows.map(({ id, value }) => sites.item(id, value as PbxItem));
  const others = items.filter(({ id }) => id !== 'pbx').sort((a, b) => (a.id < b.id ? -1 : 1));
  const pbx = items.find(({ id }) => id === 'pbx');
  return { ...(pbx ? { pbx } : {}), ...(others.length > 0 ? { sites: others } : {}) };
}

function boardRow(store: Store, id: string): BoardRow | undefined {
  const presence = store.get('presence', id)?.value as Presence | undefined;
  if (!presence) return undefined;
  const extension = store.get('extensions', id)?.value as ExtensionRow | undefined;
  return { ...presence, name: extension?.item.name ?? id, ...(extension?.site ? { site: extension.site } : {}) };
}
