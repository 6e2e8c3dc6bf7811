// Builds the services over a store that are the same with and without a daemon; part of building both.
import { randomUUID } from 'node:crypto';
import { contactWriters, openContactFile } from './main-formats.ts';
import type { Lifetime } from './main-lifetime.ts';
import { nodeCrypto } from './server/crypto.ts';
import { Access } from './service/access.ts';
import { Books } from './service/books.ts';
import { systemClock } from './service/clock.ts';
import type { Cluster } from './service/cluster.ts';
import { Contacts } from './service/contacts.ts';
import { ContactExports } from './service/contacts-export.ts';
import { ContactImports } from './service/contacts-import.ts';
import { Favorites } from './service/favorites.ts';
import { FavoritesUpkeep } from './service/favorites-upkeep.ts';
import { Logins } from './service/logins.ts';
import { Lookup } from './service/lookup.ts';
import { NumberingUpkeep } from './service/numbering-upkeep.ts';
import { createPasswords } from './service/passwords.ts';
import type { Report } from './service/report.ts';
import { Room } from './service/room.ts';
import { Rules } from './service/rules-setting.ts';
import type { Store } from './service/store.ts';
import { Sweeper } from './service/sweeper.ts';
import { OWN_TALLIES, type Tallies } from './service/tallies.ts';
import { SharedTallies, type TalliesParts } from './service/tallies-shared.ts';
import { createThrottle } from './service/throttle.ts';
import { Turns } from './service/turns.ts';
import { Users } from './service/users.ts';
import type { Settings } from './settings/settings.ts';

export type OpenedServices = ReturnType<typeof openServices>;

/** `cluster`: of a daemon. Access comes first: it must have heard of a change before all others who follow the store. */
export function openServices(store: Store, settings: Settings, report: Report, lifetime: Lifetime, cluster?: Cluster) {
  const clock = systemClock;
  const crypto = nodeCrypto;
  const access = new Access(store);
  lifetime.add(() => access.close());
  const turns = new Turns();
  const passwords = createPasswords(crypto);
  const tallies = openTallies({ store, clock, sha256: crypto.sha256 }, lifetime, cluster);
  const throttle = createThrottle(clock, tallies);
  const sweeper = new Sweeper({ store, clock, report, cluster });
  lifetime.add(() => sweeper.stop());
  const users = new Users({ store, passwords, throttle, turns, sweeper, cluster });
  const { country, outsideLine, order, lastDigits } = settings.lookup;
  const parts = { store, access, clock, report, newId: randomUUID, numbering: { country, outsideLine } };
  const room = new Room(store);
  const lookup = new Lookup({ ...parts, order, lastDigits });
  lifetime.add(() => lookup.close());
  const imports = new ContactImports({ ...parts, room, country, cluster, openFile: openContactFile });
  lifetime.add(() => imports.close());
  return {
    ...{ access, users, sweeper, lookup, imports, tallies },
    contacts: new Contacts({ ...parts, room }),
    exports: new ContactExports({ ...parts, writers: contactWriters }),
    favorites: new Favorites(parts),
    books: new Books(parts),
    rules: new Rules(parts),
    logins: () => new Logins({ store, users, passwords, throttle, turns, crypto, clock, report, cluster }),
    favoritesUpkeep: () => new FavoritesUpkeep(parts),
    numberingUpkeep: () => new NumberingUpkeep(parts),
  };
}

function openTallies(parts: Omit<TalliesParts, 'cluster'>, lifetime: Lifetime, cluster?: Cluster): Tallies {
  if (!cluster?.isShared) return OWN_TALLIES;
  const tallies = new SharedTallies({ ...parts, cluster });
  lifetime.add(() => tallies.stop());
  return tallies;
}

/** The first company book of a new store. Without room on the disk it is made at the next start. */
export async function startBooks({ books }: OpenedServices, report: Report): Promise<void> {
  try {
    await books.start();
  } catch {
    report('books.first_failed', {});
  }
}
