// The board as an operator reads it: presence items joined with names, read from the store and followed through its feed.
// Works the same on the store of a running daemon and on one that was opened without one.
import type { Presence } from '../domain/presence.ts';
import type { BoardChange, BoardRow, BoardView } from './operations.ts';
import type { ExtensionRow, PbxItem } from './rows.ts';
import type { Commit, Store } from './store.ts';

export function boardView(store: Store): BoardView {
  const rows = [...store.all('presence')].flatMap((row) => boardRow(store, row.id) ?? []);
  rows.sort((a, b) => byNumber(a.id, b.id));
  return { ...pbxOf(store), rows };
}

/** Calls `listener` at once with everything and then for each commit that changed what the board shows. */
export function watchBoard(store: Store, listener: (change: BoardChange) => void): () => void {
  const view = boardView(store);
  const stop = store.subscribe((commit) => {
    const change = changeOf(store, commit);
    if (change) listener(change);
  });
  listener({ reset: true, ...(view.pbx ? { pbx: view.pbx } : {}), put: view.rows, remove: [] });
  return stop;
}

/** Orders extension numbers as people do: 99 before 1000. */
export function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function changeOf(store: Store, { writes }: Commit): BoardChange | undefined {
  const ids = new Set<string>();
  let pbx = {};
  for (const { table, id } of writes) {
    if (table === 'pbx') pbx = pbxOf(store);
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

function pbxOf(store: Store): { pbx?: PbxItem } {
  const pbx = store.get('pbx', 'pbx')?.value as PbxItem | undefined;
  return pbx ? { pbx } : {};
}

function boardRow(store: Store, id: string): BoardRow | undefined {
  const presence = store.get('presence', id)?.value as Presence | undefined;
  if (!presence) return undefined;
  const extension = store.get('extensions', id)?.value as ExtensionRow | undefined;
  return { ...presence, name: extension?.item.name ?? id };
}
