// The collections that are one table each, and who may see what of them.
import type { Access, Sight } from '../service/access.ts';
import type { ExtensionRow } from '../service/rows.ts';
import type { Sites } from '../service/site-view.ts';
import type { Table } from '../service/store.ts';
import { type UserRow, viewUser } from '../service/users-row.ts';
import { type Audience, keptTexts, type TableCollection, wholeAudience } from './collection.ts';
import { pbxCollection } from './pbx-collection.ts';

type Text = (value: object) => string;

export function tableCollections(access: Access, sites: Sites): readonly TableCollection[] {
  return [
    pbxCollection(sites),
    forEveryone('callGaps', keptTexts()),
    bySight(
      access,
      'extensions',
      keptTexts((row) => (row as ExtensionRow).item),
    ),
    bySight(access, 'presence', keptTexts()),
    forAdministrators(access, 'permissions', keptTexts()),
    forAdministrators(access, 'visibility', keptTexts()),
    forAdministrators(
      access,
      'users',
      keptTexts((row) => viewUser(row as UserRow)),
    ),
  ];
}

function forEveryone(name: Table, text: Text): TableCollection {
  const everyone = wholeAudience('everyone', text);
  return { name, table: name, audience: () => everyone };
}

function forAdministrators(access: Access, name: Table, text: Text): TableCollection {
  const administrators = wholeAudience('administrators', text);
  return { name, table: name, audience: (viewer) => (access.isAdmin(viewer) ? administrators : null) };
}

/** A table with a row for each extension, of which each viewer sees those he may know of. */
function bySight(access: Access, name: Table, text: Text): TableCollection {
  const everyone = wholeAudience('everyone', text);
  const audiences = new WeakMap<Sight, Audience>();
  const audienceOf = (sight: Sight): Audience => {
    const kept = audiences.get(sight);
    if (kept) return kept;
    const audience = { ...everyone, key: sight.key, view: sight.key, sees: (id: string) => sight.sees(id) };
    audiences.set(sight, audience);
    return audience;
  };
  return {
    name,
    table: name,
    audience: (viewer) => {
      const sight = access.sight(viewer);
      return sight.key === everyone.key ? everyone : audienceOf(sight);
    },
  };
}
