// Why the database of `store.url` was not reached or did not take the log-in, in words, and how to mend it. Holds nothing of the URL's password.
import type { Greeting } from './greeting.ts';

export interface Named {
  /** Such as `db.example.com:5432`, or the folder of a Unix socket. */
  readonly where: string;
  readonly user: string;
  readonly database: string;
  /** Whether the URL asks for encryption. */
  readonly wantsTls: boolean;
}

const START = 'start PostgreSQL, or set store.url';

/** Of a greeting that was none of PostgreSQL. */
export function greetingFault(greeting: Exclude<Greeting, { kind: 'postgres' }>, { where }: Named): string {
  switch (greeting.kind) {
    case 'foreign':
      return `${where} answers, but not as PostgreSQL: set host and port in store.url`;
    case 'silent':
      return `${where} takes connections, but says nothing: look whether PostgreSQL there is frozen, or set store.url`;
    case 'closed':
      return `${where} ends the connection at once: a proxy with no database behind it, or none that lets this machine in`;
    case 'away':
      return `${where} is not reached (${greeting.code}): ${awayAdvice(greeting.code)}`;
  }
}

function awayAdvice(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known: set store.url to another, or mend DNS';
    case 'ECONNREFUSED':
      return `nothing listens there: ${START}, and let it listen on that address (listen_addresses)`;
    case 'ENOENT':
      return `there is no socket in that folder: ${START}`;
    case 'EACCES':
      return 'this user may not use that socket: give it the right, or connect over TCP';
    default:
      return 'no way there: look at routes and firewalls between this machine and the database';
  }
}

/** Of what the library or the server said. `offersTls` is what the server said before. */
export function loginFault(error: unknown, named: Named, offersTls: boolean): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const { where, user, database, wantsTls } = named;
  const advice = ADVICE[code]?.(named);
  if (advice) return `${where} ${advice}`;
  if (isHbaFault(code, message))
    return `${where} does not let ${user} into ${database}: ${hbaAdvice(message, offersTls)}`;
  if (isTlsFault(code)) {
    return `${where} has a certificate that cannot be trusted (${code}): mend it, name its authority in NODE_EXTRA_CA_CERTS, or use sslmode=require, which does not look at it`;
  }
  if (wantsTls && !offersTls) {
    return `${where} has no encryption, which sslmode in store.url asks for: set ssl=on in postgresql.conf, or take sslmode away`;
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return `${where} and this program find no encryption that both have (${code})`;
  }
  const mend =
    code === '28000' ? `make the user with createuser --pwprompt ${user}, or set store.url` : 'look at its log';
  return `${where} does not let ${user} in (${message}): ${mend}`;
}

/** Of what went wrong after the log-in. */
export function answerFault(error: unknown, { where, user }: Named): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^CONNECTION_/.test(code))
    return `${where} takes the log-in of ${user}, but does not answer in time: look at its load`;
  return `${where} takes the log-in of ${user}, but not what is asked: ${message}`;
}

const noLogIn = () => 'does not end the log-in: look at its load and its log, and whether it is PostgreSQL';

const ADVICE: Readonly<Record<string, (named: Named) => string>> = {
  '28P01': ({ user }) =>
    `refuses the password of ${user}: set it in store.url, special characters written as %40 and the like`,
  '3D000': ({ user, database }) =>
    `has no database ${database}: createdb --owner ${user} --encoding UTF8 ${database}, or set store.url`,
  '42501': ({ user, database }) =>
    `does not let ${user} into ${database}: grant connect on database ${database} to ${user}`,
  '53300': () => 'has no connection free: raise max_connections, or take connections from others',
  '57P03': () => 'is just starting or stopping: look again in a moment',
  '42704': () =>
    'does not know a parameter of store.url: of those after the ? only sslmode and host are for this program',
  '08P01': () =>
    'is a pooler that does not take what is said at the beginning: let it pass these parameters (pgbouncer: ignore_startup_parameters), or name the database itself',
  CONNECT_TIMEOUT: noLogIn,
  CONNECTION_DESTROYED: noLogIn,
  CONNECTION_ENDED: noLogIn,
  CONNECTION_CLOSED: noLogIn,
};

/** The server's own rules of who may come in from where. */
function isHbaFault(code: string, message: string): boolean {
  return code === '28000' && message.includes('pg_hba.conf');
}

function hbaAdvice(message: string, offersTls: boolean): string {
  const isPlain = message.includes('no encryption');
  if (isPlain && offersTls) return 'add ?sslmode=require to store.url, or a line for this machine to its pg_hba.conf';
  return 'add a line for this user and machine to its pg_hba.conf, and reload';
}

function isTlsFault(code: string): boolean {
  return /^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/.test(code);
}
