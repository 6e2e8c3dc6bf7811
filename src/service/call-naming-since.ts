// What may have changed since the names in the histories were last known to be right: asked of the store at a start. Knows no
// history.
import type { Pause } from './import-breath.ts';
import type { Store, Table } from './store.ts';

/** Table `upkeep`, row `calls`: up to this revision the names in all histories follow contacts, colleagues and rights. */
export interface CallNamingMark {
  readonly epoch: string;
  /** Store.lasting. */
  readonly rev: number;
  /** LookupForms.rules. */
  readonly rules: string;
}

export interface Changed {
  /** `scope`: of its book; undefined for one that is gone. */
  contact(id: string, row: object | null, scope: string | undefined): void;
  colleague(id: string): void;
  /** It is not known what, or too much. */
  everything(): void;
}

const SLICE = 200;
/** Tables of which any change may change what somebody sees. */
const RIGHTS: readonly Table[] = ['books', 'permissions', 'visibility', 'users'];

/** Tells what has changed since a revision of this run. Of contacts of which nothing is left in their book it tells nothing. Rejects when the store does. */
export async function tellChanged(store: Store, rev: number, changed: Changed, pause: Pause): Promise<void> {
  const isSame = RIGHTS.every((table) => {
    const { reset, rows, removed } = store.changes(table, rev);
    return !reset && rows.length === 0 && removed.length === 0;
  });
  const { reset, rows, removed } = store.changes('extensions', rev);
  if (!isSame || reset) return changed.everything();
  for (const id of [...rows.map((row) => row.id), ...removed]) changed.colleague(id);
  for (const scope of (await store.counts('contacts')).keys()) {
    if (await tellBook(store, { scope, rev }, changed, pause)) continue;
    return changed.everything();
  }
}

/** False: the store does not know any more. */
async function tellBook(
  store: Store,
  { scope, rev }: { readonly scope: string; readonly rev: number },
  changed: Changed,
  pause: Pause,
): Promise<boolean> {
  let since = rev;
  for (let more = true; more; ) {
    const slice = await store.read({ table: 'contacts', scope, since, removedSince: null, limit: SLICE });
    if (slice.reset) return false;
    for (const { id, value } of slice.rows) changed.contact(id, value, scope);
    const elsewhere = await store.find('contacts', slice.removed);
    for (const id of slice.removed) if (!elsewhere.has(id)) changed.contact(id, null, undefined);
    [since, more] = [slice.rev, slice.more];
    if (more) await pause();
  }
  return true;
}
