// The paths of /api that need a token, with their methods: what is answered with 405, and the words under which requests
// are counted.
import type { IncomingMessage } from 'node:http';

interface Route {
  /** The pattern, for the metrics: no id of anything. */
  readonly label: string;
  /** For the header Allow. */
  readonly methods: string;
}

const PATTERNS: readonly (readonly [path: RegExp, route: Route])[] = [
  ['/api/presence', 'GET, HEAD'],
  ['/api/imports', 'GET, HEAD'],
  ['/api/imports/{id}/errors.csv', 'GET, HEAD'],
  ['/api/imports/{id}/errors.vcf', 'GET, HEAD'],
  ['/api/imports/{id}/undo', 'POST'],
  ['/api/books/{book}/contacts.csv', 'GET, HEAD'],
  ['/api/books/{book}/contacts.vcf', 'GET, HEAD'],
  ['/api/books/{book}/import', 'POST'],
].map(([label = '', methods = '']) => [
  new RegExp(`^${label.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/]+')}$`),
  { label, methods },
]);

/** The route of a path as it stands in a request; undefined when there is none. */
export function apiRoute(path: string): Route | undefined {
  return PATTERNS.find(([pattern]) => pattern.test(path))?.[1];
}

/** Whether a request brings a file, which may take longer to come than other bodies. */
export function isUpload({ method, url = '' }: IncomingMessage): boolean {
  const [path = ''] = url.split(/[?#]/, 1);
  return method === 'POST' && apiRoute(path)?.label === '/api/books/{book}/import';
}
