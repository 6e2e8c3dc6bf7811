// Which site a row belongs to: rows whose ids only one PBX keeps apart carry its site, and each site looks at its own. Pure.
import type { ExtensionRow } from './rows.ts';
import type { Row, Store, Table } from './store.ts';

/** The id of a row of which every site has one of its own; `site` is '' where sites have no names. */
export function siteRow(site: string, id: string): string {
  return site === '' ? id : `${id}:${site}`;
}

/** Of a row's value: nothing where sites have no names. */
export function siteMark(site: string): { readonly site?: string } {
  return site === '' ? {} : { site };
}

/** The rows of one site in a table whose rows say their site. */
export function* rowsOfSite(store: Pick<Store, 'all'>, table: Table, site: string): Iterable<Row> {
  for (const row of store.all(table)) if (((row.value as { site?: string }).site ?? '') === site) yield row;
}

/** The site whose PBX has the extension; `own` where sites have no names, and for an extension that none of them has. */
export function siteOf(store: Pick<Store, 'get'>, extension: string, own: string): string {
  const row = store.get('extensions', extension)?.value as ExtensionRow | undefined;
  return row?.site ?? own;
}
