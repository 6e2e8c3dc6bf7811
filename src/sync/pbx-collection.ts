// The collection `pbx`: the connection of each site's PBX, the own site's under the id that every client knows. Knows no cluster.
import type { PbxItem } from '../service/rows.ts';
import type { Sites } from '../service/site-view.ts';
import { ALL, type Audience, type TableCollection } from './collection.ts';

/** How the table is shown to everybody alike; cursors of daemons that show it otherwise are not for this one. */
export function pbxCollection(sites: Sites): TableCollection {
  let audience = audienceOf(sites);
  return {
    name: 'pbx',
    table: 'pbx',
    audience: () => {
      if (audience.key !== sites.key) audience = audienceOf(sites);
      return audience;
    },
    itemId: (row) => sites.itemId(row),
  };
}

function audienceOf(sites: Sites): Audience {
  const { key, site } = sites;
  const texts = new WeakMap<object, string>();
  return {
    key,
    view: key,
    sees: site === '' ? ALL : (row) => sites.shows(row),
    encode: (row, value) => {
      const text = texts.get(value) ?? JSON.stringify(sites.item(row, value as PbxItem));
      texts.set(value, text);
      return text;
    },
  };
}
