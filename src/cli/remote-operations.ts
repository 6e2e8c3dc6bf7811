// The operations of a running daemon, reached over its control socket.
import { Failure } from '../domain/failure.ts';
import type { Presence } from '../domain/presence.ts';
import type { DaemonStatus } from '../server/control-methods.ts';
import type { BoardChange, BoardView, Operations, UserWithLogins } from '../service/operations.ts';
import { OperatorError } from '../service/operator-error.ts';
import type { UserView } from '../service/users-row.ts';
import type { ControlClient } from './control-client.ts';

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
    watch: (listener) => client.stream('presence.watch', {}, (item) => listener(item as BoardChange)).catch(explain),
  };
}

function explain(error: unknown): never {
  if (error instanceof Failure && error.code === 'method') {
    throw new OperatorError('the running daemon is of another version than this command: restart it', { cause: error });
  }
  throw error;
}
