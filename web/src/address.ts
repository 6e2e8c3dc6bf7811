// Where in the portal one is, as the part of the address after `#`: a path and a query. Pure.

export interface Route {
  /** `['contacts', 'personal']` of `#/contacts/personal`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** Any text: what cannot be read is left out. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path
      .split('/')
      .filter((step) => step !== '')
      .map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

/** The address of a place, for `href`. */
export function place(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search === '' ? '' : `?${search}`}`;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step; // a lone % that somebody typed
  }
}
