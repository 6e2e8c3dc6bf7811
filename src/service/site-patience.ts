// How long a user waits for what is asked of a site: not long for one that was away before he asked.
import type { Patience } from './errands.ts';
import type { PbxItem } from './rows.ts';
import { siteRow } from './site-rows.ts';
import type { Store } from './store.ts';

/** The PBX may take some seconds, and a daemon some to take over. */
const PATIENCE: Patience = { timeoutMs: 20_000 };
/** Its daemon may be there, without its PBX, and answers at once then. */
const AWAY: Patience = { timeoutMs: 4_000 };

/** `own`: the site of this daemon. */
export function patienceWith(store: Pick<Store, 'get'>, site: string, own: string): Patience {
  const item = store.get('pbx', siteRow(site, 'pbx'))?.value as PbxItem | undefined;
  return site !== own && item?.connected === false ? AWAY : PATIENCE;
}
