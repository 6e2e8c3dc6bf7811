// Three daemons on one PostgreSQL, and people at clients of all of them: a daemon is killed, the database is killed, or a daemon is cut off from
// it, while contacts are edited. Afterwards everything that was answered is there, at each daemon, for those who stayed, for those who
// moved to another daemon with their cursors, and for those who come anew.
import { isDeepStrictEqual } from 'node:util';
import { type PostgresServer, startPostgres } from '../lab/postgres.ts';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { TcpProxy } from '../support/proxy.ts';
import type { Dice } from './dice.ts';
import { Editor } from './editor.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions } from './trial.ts';

const DAEMONS = 3;
const WRITING_MS = 1_500;
/** Longest time in which all is as it was, after everything is there again. */
const HEAL_MS = 20_000;
const PASSWORD = 'correct horse';
const ADMIN = '1000';
const USERS = ['1001', '1002', '1003'] as const;

interface Seat {
  readonly editor: Editor;
  client?: Client;
}

/** A daemon and its way to the database. */
interface Place {
  readonly daemon: Daemon;
  readonly way: TcpProxy;
}

interface House {
  readonly chain: Chain;
  readonly database: PostgresServer;
  readonly places: readonly Place[];
  readonly seats: readonly Seat[];
}

type Fault = 'a daemon killed' | 'the database killed' | 'a daemon cut off' | 'a daemon frozen out';
const FAULTS: readonly Fault[] = ['a daemon killed', 'the database killed', 'a daemon cut off', 'a daemon frozen out'];

export async function runCluster(options: TrialOptions): Promise<Outcome> {
  let house: House | undefined;
  const enter = async (chain: Chain): Promise<House> => {
    if (house?.chain === chain) return house;
    if (house) await endHouse(house);
    house = await newHouse(chain);
    return house;
  };
  try {
    return await runTrial(
      options,
      async (chain, dice) => {
        const entered = await enter(chain);
        await takeSeats(entered, dice);
        const fault = dice.pick(FAULTS);
        await editUnder(entered, dice, fault);
        await judge(entered, dice);
        chain.ledger.tally.acknowledged = entered.seats.reduce((sum, { editor }) => sum + editor.answered, 0);
        return [fault];
      },
      async (chain, dice) => {
        const entered = await enter(chain);
        await takeSeats(entered, dice);
        await judge(entered, dice);
      },
    );
  } finally {
    if (house) await endHouse(house);
  }
}

async function newHouse(chain: Chain): Promise<House> {
  const database = await startPostgres();
  const places: Place[] = [];
  for (let index = 0; index < DAEMONS; index += 1) {
    const way = await TcpProxy.to(database.port);
    const url = database.url({ port: way.port });
    const settings = { store: { kind: 'postgres', url }, pbx: { ami: { port: 1 } } };
    places.push({ daemon: await prepareDaemon({ folder: `${chain.place}/${index}`, settings }), way });
  }
  const first = (places[0] as Place).daemon;
  await first.user(ADMIN, PASSWORD, '--admin');
  for (const user of USERS) await first.user(user, PASSWORD);
  await Promise.all(places.map(({ daemon }) => daemon.start()));
  const books = [[ADMIN, 'company'] as const, ...USERS.map((user) => [user, 'personal'] as const)];
  chain.ledger.tally.lives += DAEMONS;
  return { chain, database, places, seats: books.map(([user, book]) => ({ editor: new Editor(user, book) })) };
}

async function endHouse({ database, places }: House): Promise<void> {
  for (const { daemon, way } of places) {
    await daemon.kill();
    await way.close();
  }
  await database.stop();
}

/** Everybody whose connection has ended comes back, with his cursors, at whichever daemon. */
async function takeSeats({ chain, places, seats }: House, dice: Dice): Promise<void> {
  for (const seat of seats) {
    if (seat.client && !seat.client.ending) continue;
    chain.ledger.tally[seat.client ? 'resumed' : 'reset'] += 1;
    seat.client = await logIn(dice.pick(places).daemon, seat.editor, seat.client);
  }
}

async function editUnder({ chain, database, places, seats }: House, dice: Dice, fault: Fault): Promise<void> {
  const place = dice.pick(places);
  const editing = Promise.all(seats.map(({ editor, client }) => editor.edit(client as Client, dice, true)));
  await Promise.race([editing, pause(dice.below(WRITING_MS))]);
  if (fault === 'a daemon killed') {
    await place.daemon.kill();
    chain.ledger.tally.lives += 1;
  } else if (fault === 'the database killed') {
    await database.kill();
    await pause(dice.below(WRITING_MS));
    await database.start();
  } else {
    if (fault === 'a daemon cut off') await place.way.refuse();
    else place.way.swallow(true);
    await pause(dice.below(2 * WRITING_MS));
    if (fault === 'a daemon cut off') await place.way.accept();
    // What was swallowed is missing in the middle: such a connection is broken for good.
    else place.way.cut();
    place.way.swallow(false);
  }
  for (const { editor } of seats) editor.rest();
  await editing;
  if (fault === 'a daemon killed') await place.daemon.start();
}

/** What those hold who stayed or came back, and those who come anew, is what was answered. */
async function judge({ chain, places, seats }: House, dice: Dice): Promise<void> {
  const { faults } = chain.ledger;
  for (const seat of seats) {
    const { editor } = seat;
    if (!seat.client || seat.client.ending) {
      seat.client = await logIn(dice.pick(places).daemon, editor, seat.client);
      chain.ledger.tally.resumed += 1;
    }
    const fresh = await logIn(dice.pick(places).daemon, editor);
    const { collection, user } = editor;
    // What was on its way when the answer was lost may take effect until its daemon is back with the database.
    const client = seat.client;
    await settled(() => isDeepStrictEqual(sorted(client.items(collection)), sorted(fresh.items(collection))));
    faults.push(...editor.judge(fresh.items(collection)));
    if (!isDeepStrictEqual(sorted(client.items(collection)), sorted(fresh.items(collection)))) {
      faults.push(`${user} holds other contacts at one daemon than a new client of his at another`);
    }
    faults.push(...client.violations, ...fresh.violations);
    fresh.close();
    await fresh.closed;
  }
}

/** Logs in, again while the daemon has no database. */
async function logIn(daemon: Daemon, editor: Editor, before?: Client): Promise<Client> {
  const end = Date.now() + HEAL_MS;
  for (;;) {
    const client = await connect(daemon.url);
    try {
      const token = before?.session?.token;
      await client.open(token === undefined ? { login: editor.user, password: PASSWORD } : { token });
      if (before) client.adopt(before);
      await client.sync(['books', 'contacts'], before?.cursors());
      return client;
    } catch (error) {
      client.close();
      if (Date.now() >= end) throw error;
      await pause(100);
    }
  }
}

async function settled(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + HEAL_MS; Date.now() < end && !isSo(); ) await pause(20);
}

const sorted = (items: ReadonlyMap<string, unknown>): unknown => [...items].sort(([a], [b]) => (a < b ? -1 : 1));
