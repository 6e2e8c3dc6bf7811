// What to tell the operator of a command that a database refused.
import { OperatorError } from '../../service/operator-error.ts';
import { codeOf, isFault } from './connect.ts';

const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens at that address',
  ENOENT: 'there is no such socket: is the server running?',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'there is no host of that name',
  CONNECT_TIMEOUT: 'nobody answers at that address',
  CONNECTION_CLOSED: 'the connection was cut: try again',
  CONNECTION_DESTROYED: 'the connection was cut: try again',
  ECONNRESET: 'the connection was cut: try again',
  '57P01': 'the server ended the connection: try again',
  '57P03': 'it is starting or ending: try again',
  '28P01': 'user or password are wrong',
  '28000': 'this user may not log in from here',
  '3D000': 'there is no such database: make it with createdb',
  '42501': 'this user may not make or change tables there: make it the owner of the database',
  '53100': 'its disk is full: nothing was changed',
  '53300': 'it has no connection left',
  '23505': 'a row is there twice in what was to be stored: nothing was changed',
};

/** Never with the URL, which may hold a password, nor with what a server says of rows. */
export function databaseFault(name: string, error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  if (!isFault(error)) return error;
  const code = codeOf(error).replace(/^SQLSTATE_/, '');
  return new OperatorError(`${name} cannot be used (${code}): ${ADVICE[code] ?? 'the log of the server says more'}`, {
    cause: error,
  });
}
