// What an operator can do, written once over ports: a running daemon offers it over its socket, and a command offers it
// itself when no daemon runs. Knows no socket, no terminal and no settings.
import { Failure } from '../domain/failure.ts';
import type { Presence, Status } from '../domain/presence.ts';
import { readParams } from '../protocol/methods.ts';
import { type Backup, backupOf, type Holdings, holdingsOf } from './backup.ts';
import { boardView } from './board-view.ts';
import type { PermissionRow, VisibilityRow } from './book-rows.ts';
import type { Clock } from './clock.ts';
import { personalScope } from './contact-row.ts';
import type { Exports, Imports } from './imports-port.ts';
import { hasEnded, type LoginRow } from './logins-row.ts';
import type { Lookup } from './lookup.ts';
import { answerOperator, type LookupView, type NumberQuestion } from './lookup-answer.ts';
import { type ImportOperations, importOperations } from './operations-imports.ts';
import type { PbxItem } from './rows.ts';
import type { Rules } from './rules-setting.ts';
import type { Sites } from './site-view.ts';
import type { Store } from './store.ts';
import type { UserPatch, UserView } from './users-row.ts';
import type { Viewer } from './viewer.ts';

/** A log-in and what goes away with it. */
export interface UserWithLogins {
  readonly user: UserView;
  /** Open log-ins: devices that would have to log in again. */
  readonly logins: number;
  /** How many personal contacts there are; what they say is nobody's but the user's. */
  readonly contacts: number;
  /** How many favourites. */
  readonly favorites: number;
  /** How many calls in the history, and how many chat messages. */
  readonly calls: number;
  readonly messages: number;
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
  /** Absent where sites have no names. */
  readonly site?: string;
}

/** The board at one moment, rows by extension number. `pbx` is absent before the PBX was ever reached, `sites` where there are no others. */
export interface BoardView {
  readonly pbx?: PbxItem;
  /** The other sites, by name. */
  readonly sites?: readonly PbxItem[];
  readonly rows: readonly BoardRow[];
}

/** What changed on the board. The first one of a watch has `reset` and holds everything. */
export interface BoardChange {
  readonly reset?: true;
  readonly pbx?: PbxItem;
  /** All of them, when one has changed. */
  readonly sites?: readonly PbxItem[];
  readonly put: readonly BoardRow[];
  readonly remove: readonly string[];
}

export interface Operations extends ImportOperations {
  /** Makes or changes a log-in; the user as stored. Failure `params` names the field that is wrong. */
  userSet(change: UserPatch): Promise<UserView>;
  /** By id. */
  userList(): Promise<readonly UserView[]>;
  /** Failure `not_found` for an unknown id. */
  userShow(id: string): Promise<UserWithLogins>;
  /** Removes the user with log-ins, personal contacts and favourites, and says what went. Failure `not_found` for an unknown id. */
  userRemove(id: string): Promise<UserWithLogins>;
  presenceList(): Promise<BoardView>;
  /** The presence as it is then. Failure `not_found` for no such extension, `params`, `pbx_away`, `storage`. */
  presenceSet(change: PresenceChange): Promise<Presence>;
  /** The ordered rules of the company books. */
  permissionsShow(): Promise<readonly PermissionRow[]>;
  /** Replaces them by a list as `permissions.set` takes it; the rules as stored. Failures `params`, `too_large`, `storage`. */
  permissionsSet(rules: unknown): Promise<readonly PermissionRow[]>;
  /** The same for the rules that say who may know of whom. */
  visibilityShow(): Promise<readonly VisibilityRow[]>;
  visibilitySet(rules: unknown): Promise<readonly VisibilityRow[]>;
  /** Who a number is to the dialplan, and why; nothing of a personal contact. */
  lookup(question: NumberQuestion): Promise<LookupView>;
  /** Everything that is stored at the moment of asking. */
  backup(): Promise<Backup>;
  /** How much that is. */
  holdings(): Promise<Holdings>;
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
  readonly rules: Rules;
  readonly lookup: Pick<Lookup, 'explain'>;
  readonly imports: Imports;
  readonly exports: Exports;
  /** How the PBXes are shown; absent: there is one. */
  readonly sites?: Sites;
  readonly clock: Clock;
  /** Absent when no daemon runs: then nobody can tell the PBX. */
  readonly setPresence?: (change: PresenceChange) => Promise<Presence>;
}

/** The one at the command line: an administrator without an extension. */
const OPERATOR: Viewer = { extension: '', admin: true, contacts: true };

export function createOperations(parts: OperationParts): Operations {
  const { store, users, rules, lookup, clock, setPresence } = parts;
  const show = async (id: string): Promise<UserWithLogins> => {
    if (!users.get(id)) throw new Failure('not_found', `there is no user ${id}`);
    const [contacts, favorites, calls, messages] = await Promise.all([
      store.count('contacts', personalScope(id)),
      store.count('favorites', id),
      store.count('calls', id),
      store.count('messages', id),
    ]);
    const user = users.get(id);
    if (!user) throw new Failure('not_found', `there is no user ${id}`);
    return { user, logins: loginsOf(store, id, clock.now()), contacts, favorites, calls, messages };
  };
  return {
    userSet: (change) => users.set(change),
    userList: async () => users.list(),
    userShow: show,
    async userRemove(id) {
      const gone = await show(id);
      await users.remove(id);
      return gone;
    },
    presenceList: async () => boardView(store, parts.sites),
    async presenceSet(change) {
      if (!setPresence) throw new Failure('pbx_away', 'without a daemon nobody tells the PBX');
      return setPresence(change);
    },
    permissionsShow: async () => rules.permissions(),
    async permissionsSet(given) {
      await rules.setPermissions(OPERATOR, readParams('permissions.set', { rules: given }).rules);
      return rules.permissions();
    },
    visibilityShow: async () => rules.visibility(),
    async visibilitySet(given) {
      await rules.setVisibility(OPERATOR, readParams('visibility.set', { rules: given }).rules);
      return rules.visibility();
    },
    lookup: (question) => answerOperator(lookup, question),
    backup: () => backupOf(store),
    holdings: () => holdingsOf(store),
    ...importOperations(parts, OPERATOR),
  };
}

function loginsOf(store: Store, id: string, now: number): number {
  const rows = [...store.all('logins')].map((row) => row.value as LoginRow);
  return rows.filter((row) => row.extension === id && row.tokens.some((token) => !hasEnded(token, now))).length;
}
