// The whole daemon killed while people at clients edit contacts: after the next start everything that was answered is there, for
// those who return with their cursors as for those who come anew.
import { isDeepStrictEqual } from 'node:util';
import { type Client, connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { Editor } from './editor.ts';
import { type Chain, type Outcome, pause, runTrial, type TrialOptions } from './trial.ts';

const WRITING_MS = 1500;
const PASSWORD = 'correct horse';
const ADMIN = '1000';
const USERS = ['1001', '1002'] as const;

interface Seat {
  readonly editor: Editor;
  /** The client of the life before. */
  client?: Client;
}

interface House {
  readonly chain: Chain;
  readonly daemon: Daemon;
  readonly seats: readonly Seat[];
}

export function runDaemons(options: TrialOptions): Promise<Outcome> {
  let house: House | undefined;
  const enter = async (chain: Chain): Promise<House> => {
    if (house?.chain !== chain) house = await newHouse(chain);
    return house;
  };
  return runTrial(
    options,
    async (chain, dice) => {
      const { daemon, seats } = await enter(chain);
      await within(daemon, seats, chain, async (clients) => {
        const editing = clients.map((client, index) => (seats[index] as Seat).editor.edit(client, dice));
        const refused = Promise.all(editing);
        await Promise.race([refused, pause(dice.below(WRITING_MS))]);
        await daemon.kill();
        await refused;
      });
      chain.ledger.tally.acknowledged = seats.reduce((sum, { editor }) => sum + editor.answered, 0);
      return ['killed'];
    },
    async (chain) => {
      const { daemon, seats } = await enter(chain);
      await within(daemon, seats, chain, async () => {
        await daemon.stop();
      });
    },
  );
}

async function newHouse(chain: Chain): Promise<House> {
  const daemon = await prepareDaemon({ folder: chain.place, settings: { pbx: { ami: { port: 1 } } } });
  await daemon.user(ADMIN, PASSWORD, '--admin');
  for (const user of USERS) await daemon.user(user, PASSWORD);
  const books = [[ADMIN, 'company'] as const, ...USERS.map((user) => [user, 'personal'] as const)];
  return { chain, daemon, seats: books.map(([user, book]) => ({ editor: new Editor(user, book) })) };
}

/** Starts the daemon, brings everybody back and judges what they see; then lets them act. */
async function within(
  daemon: Daemon,
  seats: readonly Seat[],
  { ledger }: Chain,
  act: (clients: readonly Client[]) => Promise<void>,
): Promise<void> {
  const guests: Client[] = [];
  try {
    await daemon.start();
    ledger.tally.lives += 1;
    const clients: Client[] = [];
    for (const seat of seats) {
      const [client, fresh] = [await logIn(daemon, seat, seat.client), await logIn(daemon, seat)];
      guests.push(client, fresh);
      const { collection, user } = seat.editor;
      ledger.faults.push(...seat.editor.judge(fresh.items(collection)));
      if (!isDeepStrictEqual(sorted(client.items(collection)), sorted(fresh.items(collection)))) {
        ledger.faults.push(`${user} holds other contacts after returning than a new client of the same user`);
      }
      ledger.tally[seat.client ? 'resumed' : 'reset'] += 1;
      seat.client = client;
      clients.push(client);
    }
    await act(clients);
    ledger.faults.push(...guests.flatMap(({ violations }) => violations));
  } finally {
    await daemon.kill();
    await Promise.all(guests.map((guest) => guest.closed));
  }
}

async function logIn(daemon: Daemon, { editor }: Seat, before?: Client): Promise<Client> {
  const client = await connect(daemon.url);
  const token = before?.session?.token;
  await client.open(token === undefined ? { login: editor.user, password: PASSWORD } : { token });
  if (before) client.adopt(before);
  await client.sync(['books', 'contacts'], before?.cursors());
  return client;
}

const sorted = (items: ReadonlyMap<string, unknown>): unknown => [...items].sort(([a], [b]) => (a < b ? -1 : 1));
