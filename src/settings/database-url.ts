// What counts as the URL of a PostgreSQL database. Stricter than those who read it: what they would take for something else, such as a password that
// is not encoded, is refused, so that no part of it is ever shown as a host.

const SHAPE = /^postgres(?:ql)?:\/\/(?<authority>[^/?#]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;
const MOST = 4_000;

/** What it has to be, for whoever wrote it. */
export const DATABASE_URL =
  'a URL such as postgres://user:password@host/database, in which @ : / ? # % of a password are %40 %3A %2F %3F %23 %25';

/** Several hosts may be named, `host:port,host:port`; a socket's folder is `?host=/folder`. */
export function isDatabaseUrl(text: string): boolean {
  const parts = text.length <= MOST ? SHAPE.exec(text)?.groups : undefined;
  if (!parts || /\s/.test(text)) return false;
  const { authority = '', path = '', query = '' } = parts;
  const [hosts = '', user, ...more] = authority.split('@').reverse();
  if (more.length > 0 || path.includes('@') || path.includes('/') || (user !== undefined && user.split(':').length > 2))
    return false;
  const isNamed = hosts !== '' || new URLSearchParams(query).has('host');
  return isNamed && [user ?? '', path, query].every(isEncoded) && (hosts === '' || hosts.split(',').every(isPlace));
}

function isPlace(place: string): boolean {
  const parts = /^(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/.exec(place);
  return parts !== null && Number(parts.groups?.['port'] ?? 1) >= 1 && Number(parts.groups?.['port'] ?? 1) <= 65_535;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
