// Looks at the database of `store.url`: reaches it, logs in, and reads what a daemon needs of it. Two connections of its own; stores nothing.
import { isIPv6 } from 'node:net';
import { userInfo } from 'node:os';
import { connect, type Sql } from '../../store/postgres/connect.ts';
import { type DatabaseFacts, readFacts } from './database-facts.ts';
import { answerFault, greetingFault, loginFault, type Named } from './database-faults.ts';
import { greet, type Place } from './greeting.ts';

export type DatabaseAnswer =
  | { readonly kind: 'up'; readonly named: Named; readonly isLocal: boolean; readonly facts: DatabaseFacts }
  /** `text` says why, and how to mend it. */
  | { readonly kind: 'down'; readonly text: string };

/** Of a greeting, and of greeting and log-in together. */
const GREETING_MS = 3_000;
const LOG_IN_MS = 4_500;
/** Of everything that is asked. */
const WHOLE_MS = 20_000;

interface Address {
  readonly named: Named;
  readonly places: readonly Place[];
  /** Made when they are first used. */
  readonly connections: readonly [Sql, Sql];
}

/** `url` is that of the settings. Never rejects. */
export async function probeDatabase(url: string): Promise<DatabaseAnswer> {
  const begun = Date.now();
  const address = readUrl(url);
  if (!address) {
    return { kind: 'down', text: 'store.url is no URL: write special characters of the password as %40 and the like' };
  }
  const { named, places, connections } = address;
  let offersTls = false;
  for (const [i, place] of places.entries()) {
    const greeting = await greet(place, GREETING_MS / places.length);
    if (greeting.kind === 'postgres') {
      offersTls = greeting.offersTls;
      break;
    }
    if (i === places.length - 1) return { kind: 'down', text: greetingFault(greeting, named) };
  }
  const asked = await ask(connections, begun + LOG_IN_MS - Date.now());
  if ('facts' in asked)
    return { kind: 'up', named, isLocal: places.every(isLocal), facts: { ...asked.facts, offersTls } };
  const { error, isIn } = asked;
  return { kind: 'down', text: isIn ? answerFault(error, named) : loginFault(error, named, offersTls) };
}

/** Undefined when it cannot be read. */
function readUrl(text: string): Address | undefined {
  try {
    const [, hosts = ''] = /^[^:]*:\/\/(?:[^@/?]*@)?([^/?]*)/.exec(text) ?? [];
    const url = new URL(text.replace(hosts, hosts.split(',')[0] ?? ''));
    decodeURIComponent(url.password);
    const user = decodeURIComponent(url.username) || (process.env['PGUSER'] ?? userInfo().username);
    const named = {
      user,
      database: decodeURIComponent(url.pathname.slice(1)) || user,
      wantsTls: !['disable', 'prefer'].includes(url.searchParams.get('sslmode') ?? 'disable'),
    };
    const connections = [connect(text, { max: 1 }), connect(text, { max: 1 })] as const;
    const folder = url.searchParams.get('host') ?? '';
    if (!folder.startsWith('/')) return { named: { ...named, where: hosts }, places: placesOf(hosts), connections };
    const port = url.searchParams.get('port') ?? (url.port || 5432);
    return { named: { ...named, where: folder }, places: [{ path: `${folder}/.s.PGSQL.${port}` }], connections };
  } catch {
    return undefined; // whatever of it cannot be read
  }
}

function placesOf(hosts: string): Place[] {
  return hosts.split(',').map((one) => {
    const { hostname, port } = new URL(`postgres://${one}`);
    return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || 5432) };
  });
}

function isLocal(place: Place): boolean {
  if ('path' in place) return true;
  return place.host === 'localhost' || place.host.startsWith('127.') || (isIPv6(place.host) && place.host === '::1');
}

type Asked =
  | { readonly facts: Omit<DatabaseFacts, 'offersTls'> }
  /** `isIn`: it was after the log-in. */
  | { readonly error: unknown; readonly isIn: boolean };

async function ask(connections: Address['connections'], logInMs: number): Promise<Asked> {
  // What is under way rejects with it.
  const cut = () => Promise.allSettled(connections.map((sql) => sql.end({ timeout: 0 })));
  const logIn = setTimeout(cut, logInMs);
  const whole = setTimeout(cut, WHOLE_MS);
  let isIn = false;
  try {
    await connections[0].unsafe('select 1');
    isIn = true;
    clearTimeout(logIn);
    return { facts: await readFacts(...connections) };
  } catch (error) {
    return { error, isIn };
  } finally {
    clearTimeout(logIn);
    clearTimeout(whole);
    await cut();
  }
}
