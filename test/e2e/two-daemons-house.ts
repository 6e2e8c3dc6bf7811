// Two daemons beside one Asterisk, on one database, with people at clients of both.
import { afterAll, beforeAll } from 'vitest';
import { type LabAmi, openAmi } from '../lab/ami.ts';
import { type Asterisk, startAsterisk } from '../lab/asterisk.ts';
import { openPhone, type Phone } from '../lab/phone.ts';
import { type PostgresServer, startPostgres } from '../lab/postgres.ts';
import type { LabSetup } from '../lab/setup.ts';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { newDatabase } from '../support/database.ts';
import { TcpProxy } from '../support/proxy.ts';
import { clientsOfEachTest, EVERYTHING, settingsFor, settlesAt, watchers } from './house.ts';

const PASSWORD = 'correct horse';

export interface TwoDaemons {
  readonly asterisk: Asterisk;
  readonly ami: LabAmi;
  readonly database: PostgresServer;
  readonly daemons: readonly [Daemon, Daemon];
  /** The way of each daemon to Asterisk. */
  readonly ways: ReadonlyMap<Daemon, TcpProxy>;
}

/** For the tests of a block, with log-ins for the watchers, who are administrators, and for the extensions. */
export function withTwoDaemons(setup: LabSetup): () => TwoDaemons {
  let house: TwoDaemons | undefined;
  const opened: (() => unknown)[] = [];
  beforeAll(async () => {
    const asterisk = await startAsterisk(setup);
    opened.push(() => asterisk.dispose());
    const ami = await openAmi(asterisk);
    opened.push(() => ami.close());
    const database = await startPostgres();
    opened.push(() => database.stop());
    const url = await newDatabase(database.url());
    const ways = new Map<Daemon, TcpProxy>();
    const prepare = async (): Promise<Daemon> => {
      const way = await TcpProxy.to(asterisk.amiPort);
      opened.push(() => way.close());
      const settings = { ...settingsFor(asterisk, 'daemon', way.port), store: { kind: 'postgres', url } };
      const daemon = await prepareDaemon({ settings });
      opened.push(() => daemon.dispose());
      ways.set(daemon, way);
      return daemon;
    };
    const daemons = [await prepare(), await prepare()] as const;
    for (const id of watchers) await daemons[0].user(id, PASSWORD, '--admin');
    for (const { number } of setup.extensions ?? []) await daemons[0].user(number, PASSWORD);
    for (const daemon of daemons) await daemon.start();
    house = { asterisk, ami, database, daemons, ways };
  }, 120_000);
  afterAll(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
  return () => {
    if (!house) throw new Error('the daemons are ready in tests and hooks only');
    return house;
  };
}

/** Whether a daemon is on duty at the PBX, by what it said last of it since its start. */
export function isOnDuty({ logs }: Daemon): boolean {
  const said = logs.slice(logs.findLastIndex(({ event }) => event === 'store.opened'));
  return said.findLast(({ event, duty }) => event.startsWith('duty.') && duty === 'site')?.event === 'duty.taken';
}

/** The one on duty and the one that stands by, both running. */
export async function roles({ daemons: [a, b] }: TwoDaemons): Promise<{ holder: Daemon; standby: Daemon }> {
  for (const daemon of [a, b]) if (daemon.pid === undefined) await daemon.start();
  await settlesAt(() => [a, b].filter(isOnDuty).length, 1);
  return isOnDuty(a) ? { holder: a, standby: b } : { holder: b, standby: a };
}

/** Clients and phones for the length of one test. */
export function withPeople(house: () => TwoDaemons) {
  const clients = clientsOfEachTest();
  return {
    async logIn(daemon: Daemon, user: string, before?: Client): Promise<Client> {
      const client = await connect(daemon.url);
      clients.push(client);
      const token = before?.session?.token;
      await client.open(token === undefined ? { login: user, password: PASSWORD } : { token });
      if (before) client.adopt(before);
      await client.sync(EVERYTHING, before?.cursors());
      return client;
    },
    plugIn: (number: string): Promise<Phone> => openPhone(house().asterisk, number),
  };
}

/** Orders to write do not disturb that the PBX has carried out for an extension since `forget`: `on` and `off`, in order. */
export function dndOrders(ami: LabAmi, extension: string): string[] {
  const carriedOut = ami.seen({ Event: 'Newexten', Context: 'rollcall-control', Application: 'Answer' });
  return carriedOut.flatMap((event) => {
    const [word = '', number] = String(event['Extension'] ?? event['Exten']).split('_');
    return number === extension ? [word] : [];
  });
}
