// What the tests of several sites share: berlin with an Asterisk 22, and paris with an Asterisk 16, whose extensions have the same numbers and
// 3 in front everywhere outside of their PBX; a daemon at each, and one database.
import { afterAll, beforeAll } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { startPostgres } from '../lab/postgres.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { newDatabase } from '../support/database.ts';
import { TcpProxy } from '../support/proxy.ts';
import { settingsFor } from './house.ts';

export const PASSWORD = 'correct horse';
/** An administrator without an extension. */
export const ADMIN = '900001';
const USERS = ['31001', '31002', '2001'];

export interface Site {
  readonly asterisk: Asterisk;
  readonly ami: LabAmi;
  readonly daemon: Daemon;
  /** The daemon's way to the database. */
  readonly way: TcpProxy;
}

export interface Sites {
  readonly berlin: Site;
  readonly paris: Site;
}

/** The two for the tests of a file; to be looked into in tests and hooks only. */
export function withSites(): Sites {
  const opened: { close(): unknown }[] = [];
  const sites: { berlin?: Site; paris?: Site } = {};
  const open = async (
    version: '16' | '22',
    url: string,
    site: { readonly name: string; readonly prefix: string },
    names: Readonly<Record<string, string>>,
  ): Promise<Site> => {
    const extensions = Object.entries(names).map(([number, name]) => ({ number, name }));
    const asterisk = await startAsterisk({ version, extensions });
    opened.push({ close: () => asterisk.dispose() });
    const ami = await openAmi(asterisk);
    opened.push(ami);
    const way = await TcpProxy.to(Number(new URL(url).port));
    opened.push(way);
    const own = new URL(url);
    own.port = String(way.port);
    const settings = { ...settingsFor(asterisk, 'daemon'), site, store: { kind: 'postgres', url: own.href } };
    const daemon = await prepareDaemon({ settings });
    opened.push({ close: () => daemon.dispose() });
    return { asterisk, ami, daemon, way };
  };
  beforeAll(async () => {
    const database = await startPostgres();
    opened.push({ close: () => database.stop() });
    const url = (await newDatabase(database.url())) ?? '';
    sites.berlin = await open('22', url, { name: 'berlin', prefix: '' }, { 1001: 'Ann', 2001: 'Ben' });
    sites.paris = await open('16', url, { name: 'paris', prefix: '3' }, { 1001: 'Chloé', 1002: 'Denis' });
    const { daemon } = sites.berlin;
    await daemon.user(ADMIN, PASSWORD, '--admin');
    await Promise.all([daemon.start(), sites.paris.daemon.start()]);
    for (const user of USERS) await daemon.user(user, PASSWORD);
  }, 120_000);
  afterAll(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const known = (name: 'berlin' | 'paris'): Site => {
    const site = sites[name];
    if (!site) throw new Error('the sites are ready in tests and hooks only');
    return site;
  };
  return {
    get berlin() {
      return known('berlin');
    },
    get paris() {
      return known('paris');
    },
  };
}
