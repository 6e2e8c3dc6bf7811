// The operations of a running daemon, reached over its control socket.
import type { Presence } from '../domain/presence.ts';
import type { DaemonStatus } from '../server/control-methods.ts';
import type { Backup, Holdings } from '../service/backup.ts';
import type { PermissionRow, VisibilityRow } from '../service/book-rows.ts';
import type { LookupView } from '../service/lookup-answer.ts';
import type { BoardChange, BoardView, Operations, UserWithLogins } from '../service/operations.ts';
import type { UserView } from '../service/users-row.ts';
import type { ControlClient } from './control-client.ts';
import { begun, explain } from './daemon-answers.ts';
import { remoteImports } from './import-remote.ts';

export interface RemoteOperations extends Operations {
  status(): Promise<DaemonStatus>;
  /** Follows the board until the connection ends. */
  watch(listener: (change: BoardChange) => void): Promise<void>;
}

export function remoteOperations(client: ControlClient): RemoteOperations {
  const ask = <T>(method: string, params: object = {}) => client.request(method, params).catch(explain) as Promise<T>;
  return {
    status: () => ask<DaemonStatus>('daemon.status'),
    userSet: (patch) => ask<UserView>('users.set', patch),
    userList: () => ask<UserView[]>('users.list'),
    userShow: (id) => ask<UserWithLogins>('users.show', { id }),
    userRemove: (id) => ask<UserWithLogins>('users.remove', { id }),
    presenceList: () => ask<BoardView>('presence.list'),
    presenceSet: (change) => ask<Presence>('presence.set', change),
    permissionsShow: () => ask<PermissionRow[]>('permissions.show'),
    permissionsSet: (rules) => ask<PermissionRow[]>('permissions.set', { rules }),
    visibilityShow: () => ask<VisibilityRow[]>('visibility.show'),
    visibilitySet: (rules) => ask<VisibilityRow[]>('visibility.set', { rules }),
    lookup: (question) => ask<LookupView>('lookup.number', question),
    holdings: () => ask<Holdings>('store.holdings'),
    backup: () => backupFrom(client.pieces('store.backup')),
    ...remoteImports(client),
    watch: (listener) => client.stream('presence.watch', {}, (item) => listener(item as BoardChange)).catch(explain),
  };
}

/** The first piece says how much it is, the others are the lines. */
async function backupFrom(pieces: AsyncIterable<unknown>): Promise<Backup> {
  const { first: holds, rest: lines } = await begun<Holdings>(pieces);
  return { holds, lines };
}
