// What an operator can do, written once over ports: a running daemon offers it over its socket, and a command offers it
// itself when no daemon runs. Knows no socket, no terminal and no settings.
import { Failure } from '../domain/failure.ts';
import type { Presence, Status } from '../domain/presence.ts';
import { boardView } from './board-view.ts';
import type { Clock } from './clock.ts';
import { hasEnded, type LoginRow } from './logins-row.ts';
import type { PbxItem } from './rows.ts';
import type { Store } from './store.ts';
import type { UserPatch, UserView } from './users-row.ts';

/** A log-in and what goes away with it. */
export interface UserWithLogins {
  readonly user: UserView;
  /** Open log-ins: devices that would have to log in again. */
  readonly logins: number;
}

export interface PresenceChange {
  readonly extension: string;
  readonly status: Status;
  readonly note?: string | undefined;
  /** ISO 8601 in UTC with milliseconds. */
  readonly until?: string | undefined;
}

/** One line of the board: the presence item with the colleague's name. */
export interface BoardRow extends Presence {
  readonly name: string;
}

/** The board at one moment, rows by extension number. `pbx` is absent before the PBX was ever reached. */
export interface BoardView {
  readonly pbx?: PbxItem;
  readonly rows: readonly BoardRow[];
}

/** What changed on the board. The first one of a watch has `reset` and holds everything. */
export interface BoardChange {
  readonly reset?: true;
  readonly pbx?: PbxItem;
  readonly put: readonly BoardRow[];
  readonly remove: readonly string[];
}

export interface Operations {
  /** Makes or changes a log-in; the user as stored. Failure `params` names the field that is wrong. */
  userSet(change: UserPatch): Promise<UserView>;
  /** By id. */
  userList(): Promise<readonly UserView[]>;
  /** Failure `not_found` for an unknown id. */
  userShow(id: string): Promise<UserWithLogins>;
  /** Removes the user with its log-ins and says what went. Failure `not_found` for an unknown id. */
  userRemove(id: string): Promise<UserWithLogins>;
  presenceList(): Promise<BoardView>;
  /** The presence as it is then. Failure `not_found` for no such extension, `params`, `pbx_away`, `storage`. */
  presenceSet(change: PresenceChange): Promise<Presence>;
}

/** Follows the board: `listener` gets everything at once and then each change. Returns the function that stops it. */
export type Watch = (listener: (change: BoardChange) => void) => () => void;

/** `Users` is one. */
interface UsersPort {
  set(patch: UserPatch): Promise<UserView>;
  /** By number. */
  list(): readonly UserView[];
  get(id: string): UserView | undefined;
  remove(id: string): Promise<void>;
}

export interface OperationParts {
  readonly store: Store;
  readonly users: UsersPort;
  readonly clock: Clock;
  /** Absent when no daemon runs: then nobody can tell the PBX. */
  readonly setPresence?: (change: PresenceChange) => Promise<Presence>;
}

export function createOperations({ store, users, clock, setPresence }: OperationParts): Operations {
  const show = (id: string): UserWithLogins => {
    const user = users.get(id);
    if (!user) throw new Failure('not_found', `there is no user ${id}`);
    return { user, logins: loginsOf(store, id, clock.now()) };
  };
  return {
    userSet: (change) => users.set(change),
    userList: async () => users.list(),
    userShow: async (id) => show(id),
    async userRemove(id) {
      const gone = show(id);
      await users.remove(id);
      return gone;
    },
    presenceList: async () => boardView(store),
    async presenceSet(change) {
      if (!setPresence) throw new Failure('pbx_away', 'without a daemon nobody tells the PBX');
      return setPresence(change);
    },
  };
}

function loginsOf(store: Store, id: string, now: number): number {
  const rows = [...store.all('logins')].map((row) => row.value as LoginRow);
  return rows.filter((row) => row.extension === id && row.tokens.some((token) => !hasEnded(token, now))).length;
}
