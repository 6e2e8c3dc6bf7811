// What the end-to-end tests of importing share: requests with the token of a user, and files of contacts made up by the thousand.
import type { ImportReport } from '../../src/domain/contact-import.ts';
import type { Daemon } from '../support/daemon.ts';

/** Over HTTP as one user. */
export interface Api {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The report of an import, which must not be refused. */
  send(book: string, file: string | Uint8Array, query?: string): Promise<ImportReport>;
  text(path: string): Promise<string>;
}

/** Logs in over HTTP. */
export async function apiOf(daemon: Daemon, login: string, password = 'correct horse'): Promise<Api> {
  const session = await fetch(`${daemon.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  });
  const { token } = (await session.json()) as { token: string };
  return withToken(daemon, token);
}

export function withToken(daemon: Daemon, token: string): Api {
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(daemon.url + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  return {
    fetch: ask,
    async send(book, file, query = '') {
      const body = typeof file === 'string' ? file : new Uint8Array(file);
      const response = await ask(`/api/books/${book}/import${query}`, { method: 'POST', body });
      if (response.status !== 200) throw new Error(`the import was refused: ${await response.text()}`);
      return (await response.json()) as ImportReport;
    },
    async text(path) {
      const response = await ask(path);
      if (response.status !== 200) throw new Error(`${path} was refused: ${await response.text()}`);
      return response.text();
    },
  };
}

/** How many rows went which way. */
export function countsOf({ rows, added, updated, unchanged, skipped, failed }: ImportReport) {
  return { rows, added, updated, unchanged, skipped, failed };
}

export function csvOf(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Plain contacts, each with a name and a number of its own. */
export function manyRows(count: number, tag = 'Plain'): string {
  const rows = Array.from({ length: count }, (_, n) => `${tag},Number ${n},Company ${n % 997},+4420${70_000_000 + n}`);
  return `First Name,Last Name,Company Name,Business Number\r\n${rows.join('\r\n')}\r\n`;
}

const WORDS = [
  'Ada',
  'Łukasz',
  '東京',
  'Ünal',
  'O’Brien',
  'de la Cruz',
  'Анна',
  '👩‍🚀 Space',
  'née "Byron"',
  '=SUM(A1)',
  "'quoted",
];
const TYPES = ['business', 'mobile', 'home', 'business_fax', 'home_fax', 'other'];
const PLACES = ['work', 'home', 'other'];

/** Contacts of every shape there is, the same at each call: in the form of `contacts.create`. */
export function variedContacts(count: number): object[] {
  let seed = 20_261_121;
  const below = (most: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * most);
  };
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T;
  const some = <T>(most: number, make: (i: number) => T) => Array.from({ length: below(most + 1) }, (_, i) => make(i));
  const maybe = (key: string, make: () => unknown) => (below(3) === 0 ? {} : { [key]: make() });
  return Array.from({ length: count }, (_, n) => {
    const number = () =>
      pick([
        `+44 20 7${String(below(1e6)).padStart(6, '0')}`,
        `0${below(1e9)}`,
        `*${below(99)}#`,
        `${below(9_999) + 10}`,
        `+49-(0)30/${below(1e6)}`.replace('/', ' '),
        `00 1 ${below(1e9)} x${below(99)}`,
        `-${below(1e5) + 10}`,
      ]);
    const address = () => ({
      type: pick(PLACES),
      street: `${pick(WORDS)} Street ${below(99)}`,
      ...maybe('city', () => pick(WORDS)),
      ...maybe('zip', () => `0${below(9_999)}`),
      ...maybe('state', () => pick(WORDS)),
      ...maybe('country', () => 'Östland'),
    });
    return {
      lastName: `${pick(WORDS)} ${n}`,
      ...maybe('firstName', () => pick(WORDS)),
      ...maybe('company', () => `${pick(WORDS)}; ${pick(WORDS)} & Co, Ltd.`),
      ...maybe('title', () => `@${pick(WORDS)}`),
      ...maybe('remark', () => `${pick(WORDS)}\n\tsecond line, "quoted"\n=1+1`),
      numbers: [{ type: pick(TYPES), number: number() }, ...some(4, () => ({ type: pick(TYPES), number: number() }))],
      ...maybe('emails', () => [
        { type: pick(PLACES), address: `first.${n}@example.com` },
        ...some(2, (i) => ({ type: pick(PLACES), address: `more+${i}.${n}@example.org` })),
      ]),
      ...maybe('addresses', () => [address(), ...some(2, address)]),
    };
  });
}
