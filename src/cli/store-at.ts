// Which store a command means: a data folder or a database, by a text on the command line or by the settings. Opens nothing.
import { resolve } from 'node:path';
import { DATABASE_URL, isDatabaseUrl } from '../settings/database-url.ts';
import type { Settings } from '../settings/settings.ts';
import { printable } from './width.ts';

export type StoreAt =
  | { readonly kind: 'files'; readonly folder: string; readonly name: string }
  | {
      readonly kind: 'postgres';
      /** Holds a password: for the connection alone. */
      readonly url: string;
      readonly name: string;
    };

/** `wrong` makes the error for a text that names no store. */
export function storeAt(text: string, wrong: (what: string) => Error): StoreAt {
  if (text === '') throw wrong('is empty: name a data folder or the URL of a database');
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return folderAt(resolve(text));
  if (!isDatabaseUrl(text)) throw wrong(`is no URL of a database: it must be ${DATABASE_URL}`);
  return databaseAt(text);
}

export function storeOf({ store, data }: Pick<Settings, 'store' | 'data'>): StoreAt {
  return store.kind === 'files' ? folderAt(data) : databaseAt(store.url.reveal());
}

function folderAt(folder: string): StoreAt {
  return { kind: 'files', folder, name: printable(folder) };
}

/** `the database rollcall at db.example.com:5433` */
function databaseAt(url: string): StoreAt {
  return { kind: 'postgres', url, name: databaseName(url) };
}

function databaseName(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const { host, pathname, searchParams } = new URL(url);
  const where = searchParams.get('host') ?? host;
  const database = pathname.slice(1);
  return printable(`the database ${database}${where === '' ? '' : ` at ${where}`}`);
}
