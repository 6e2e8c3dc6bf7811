// Presence as sessions, HTTP, the dialplan and operators ask for it at any daemon: read from the rows, and changed by the daemon that is on
// duty at the extension's PBX. Knows no board.
import type { Presence } from '../domain/presence.ts';
import type { Attendance } from './attendance.ts';
import type { Errands } from './errands.ts';
import { extensionToSet, type PresenceWish } from './presence-setting.ts';
import type { ExtensionRow, PbxItem } from './rows.ts';
import { patienceWith } from './site-patience.ts';
import { siteOf, siteRow } from './site-rows.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

export interface PresencesParts {
  readonly store: Store;
  /** The site of this daemon; '' where sites have no names. */
  readonly site: string;
  readonly attendance: Pick<Attendance, 'opened'>;
  readonly errands: Pick<Errands, 'ask'>;
}

/** The errand of `set`. */
export const PRESENCE_SET = 'presence.set';

export interface PresenceErrand {
  readonly viewer: Viewer;
  readonly wish: PresenceWish;
}

export class Presences {
  readonly #parts: PresencesParts;

  constructor(parts: PresencesParts) {
    this.#parts = parts;
  }

  /** Whether the site's own PBX is connected, as the daemon on duty says. */
  get connected(): boolean {
    const { store, site } = this.#parts;
    const item = store.get('pbx', siteRow(site, 'pbx'))?.value as PbxItem | undefined;
    return item?.connected === true;
  }

  /** The presence of one extension as clients see it, or undefined for one that no PBX has. */
  presence(number: string): Presence | undefined {
    return this.#parts.store.get('presence', number)?.value as Presence | undefined;
  }

  /** The name that clients see, or undefined for an extension that no PBX has. */
  name(number: string): string | undefined {
    return (this.#parts.store.get('extensions', number)?.value as ExtensionRow | undefined)?.item.name;
  }

  /** Counts a session of the extension as online; returns the function to call when it is gone. */
  sessionOpened(number: string): () => void {
    return this.#parts.attendance.opened(number);
  }

  /** As `setPresence` of presence-setting.ts, wherever it is done; the change was told here when this resolves. */
  async set(viewer: Viewer, wish: PresenceWish): Promise<Presence> {
    const { store, site, errands } = this.#parts;
    const errand: PresenceErrand = { viewer, wish };
    const at = siteOf(store, extensionToSet(viewer, wish), site);
    return (await errands.ask(at, PRESENCE_SET, errand, patienceWith(store, at, site))) as Presence;
  }
}
