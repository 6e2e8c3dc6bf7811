// Chance against the client: several people edit through clients whose networks are cut, whose programs restart and whose daemon
// is killed. What was answered is in the mirrors at once (S5), and in the end every mirror is what a fresh client is sent.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { randomOf } from '../../bench/support/contacts.ts';
import type { Client, CollectionName } from '../../client/api.ts';
import { isRequestFailure } from '../../client/failure.ts';
import { connect } from '../support/client.ts';
import { type Daemon, prepareDaemon } from '../support/daemon.ts';
import { EVERYTHING, itemsOf, PASSWORD, type Person, person, RULES, settled, withPeople } from './house.ts';

const SEEDS = [1, 2, 3];
const STEPS = 150;
const USERS = ['1000', '1001', '1002', '1001'];

let daemon: Daemon;
const meet = withPeople(() => daemon);

beforeAll(async () => {
  daemon = await prepareDaemon();
  await daemon.user('1000', PASSWORD, '--admin');
  for (const id of ['1001', '1002']) await daemon.user(id, PASSWORD);
  await daemon.start();
});
afterAll(() => daemon.dispose());

/** Numbers by chance, the same for the same seed. */
function dice(seed: number) {
  const roll = randomOf(seed);
  return { roll, pick: <T>(all: readonly T[]): T | undefined => all[Math.floor(roll() * all.length)] };
}

type Dice = ReturnType<typeof dice>;

/** One edit and what must be so when it was answered. */
type Edit = (client: Client, dice: Dice) => Promise<() => boolean>;

const anyContact = ({ contacts, mirror }: Client, { pick }: Dice) => {
  const all = contacts.books().flatMap((book) => [...mirror(`contacts:${book}`).values()]);
  return pick(all)?.id ?? '00000000-0000-4000-8000-000000000000';
};

const EDITS: readonly Edit[] = [
  async (client, { pick }) => {
    const book = pick(client.contacts.books()) ?? 'personal';
    const { contact } = await client.request('contacts.create', { book, contact: person('New') });
    return () => client.contacts.get(contact.id)?.rev === contact.rev;
  },
  async (client, chance) => {
    const patch = { title: `Title ${chance.roll()}` };
    const { contact } = await client.request('contacts.update', { id: anyContact(client, chance), patch });
    return () => client.contacts.get(contact.id)?.title === patch.title;
  },
  async (client, chance) => {
    const id = anyContact(client, chance);
    const book = chance.pick(client.contacts.books()) ?? 'personal';
    await client.request('contacts.move', { id, book });
    return () => client.contacts.get(id)?.book === book;
  },
  async (client, chance) => {
    const id = anyContact(client, chance);
    await client.request('contacts.delete', { id });
    return () => client.contacts.get(id) === undefined;
  },
  async (client, chance) => {
    const id = `contact:${anyContact(client, chance)}`;
    const isOn = chance.roll() < 0.6;
    await client.request(isOn ? 'favorites.add' : 'favorites.remove', { id });
    return () => client.mirror('favorites').has(id) === isOn;
  },
];

const RULING: readonly Edit[] = [
  async (client, { pick, roll }) => {
    const rule = () => {
      const who = pick([{ everyone: true as const }, { extension: '1001' }, { extension: '1002' }]) ?? {
        everyone: true,
      };
      return { who, books: '*' as const, view: roll() < 0.6, manage: roll() < 0.5 };
    };
    const rules = [rule(), rule()].slice(0, Math.floor(roll() * 3));
    await client.request('permissions.set', { rules });
    return () => client.mirror('permissions').size === rules.length;
  },
  async (client) => {
    const { book } = await client.request('books.create', { name: 'Another' });
    return () => client.mirror('books').has(book.id) && client.contacts.books().includes(book.id);
  },
  async (client, { pick }) => {
    const id = pick(client.contacts.books().filter((book) => book !== 'personal' && book !== 'company')) ?? 'none';
    await client.request('books.delete', { id });
    return () => !client.mirror('books').has(id) && !client.contacts.books().includes(id);
  },
];

/** What may go wrong for one of them. */
async function spoil({ client, network }: Person, { roll, pick }: Dice): Promise<void> {
  const what = pick(['cut', 'cut', 'slow', 'restart', 'mirror', 'pause']);
  if (what === 'cut') network.cut();
  if (what === 'slow') network.pace({ delay: Math.floor(roll() * 5) });
  if (what === 'mirror') client.mirror(pick(['users', 'permissions', 'visibility', 'presence'] as const) ?? 'users');
  if (what === 'pause') {
    await network.refuse();
    await network.accept();
  }
  if (what === 'restart') {
    client.close();
    client.start().catch(() => undefined); // its state says it
  }
}

/** An edit of one of them. What was refused, or not answered, has no result to look at. */
async function edit(
  someone: Person,
  chance: Dice,
  isAdmin: boolean,
): Promise<'done' | 'refused' | 'not in the mirror'> {
  const { client } = someone;
  const doing = chance.pick(isAdmin && chance.roll() < 0.25 ? RULING : EDITS);
  try {
    const isSo = await doing?.(client, chance);
    return isSo?.() ? 'done' : 'not in the mirror';
  } catch (error) {
    if (isRequestFailure(error)) return 'refused';
    throw error;
  }
}

describe('clients that live through everything', () => {
  const strangers: { cut(): void }[] = [];
  afterEach(() => {
    for (const stranger of strangers.splice(0)) stranger.cut();
  });

  /** What a client that begins anew is sent. */
  async function fresh(user: string, collections: readonly CollectionName[]) {
    const stranger = await connect(daemon.url);
    strangers.push(stranger);
    await stranger.open({ login: user, password: PASSWORD });
    await stranger.sync(collections);
    return Object.fromEntries(
      [...stranger.collections]
        .filter(([, { gone }]) => gone === undefined)
        .map(([name, { items }]) => [name, Object.fromEntries(items)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  function heldBy({ client }: Person, collections: readonly CollectionName[]) {
    const names = [
      ...collections.filter((name) => name !== 'contacts'),
      ...client.contacts.books().map((book) => `contacts:${book}` as const),
    ] as Parameters<Client['mirror']>[0][];
    return Object.fromEntries(
      names
        .map((name) => client.mirror(name as 'books'))
        .filter(({ state }) => state === 'live')
        .map((mirror) => [mirror.name, itemsOf(mirror)] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  test.each(SEEDS)(
    'hold in the end what the server holds (seed %i)',
    async (seed) => {
      const chance = dice(seed);
      const all = [...EVERYTHING, ...RULES];
      const people = await Promise.all(
        USERS.map((user) => meet(user, { collections: all, random: () => chance.roll() / 20 })),
      );
      await Promise.all(people.map(({ client }) => client.start()));
      const outcomes: string[] = [];
      for (let step = 0; step < STEPS; step++) {
        const someone = chance.pick(people) as Person;
        const isAdmin = people.indexOf(someone) === 0;
        if (step === STEPS / 2) {
          await daemon.kill();
          await daemon.start();
          for (const { client } of people) client.reconnect();
        }
        if (chance.roll() < 0.15) await spoil(someone, chance);
        if (someone.client.state.kind !== 'ready' && chance.roll() < 0.5) {
          await settled(() => someone.client.state.kind === 'ready', 'back again');
        }
        if (chance.roll() < 0.3) {
          const two = [someone, chance.pick(people) as Person];
          await Promise.all(two.map((one) => edit(one, chance, people.indexOf(one) === 0)));
        } else {
          outcomes.push(await edit(someone, chance, isAdmin));
        }
      }
      expect(outcomes).not.toContain('not in the mirror');
      expect(outcomes.filter((outcome) => outcome === 'done').length).toBeGreaterThan(STEPS / 5);
      expect(people.reduce((sum, { recorder }) => sum + recorder.connections, 0)).toBeGreaterThan(people.length * 3);
      for (const { network } of people) network.pace();
      for (const [index, one] of people.entries()) {
        const user = USERS[index] ?? '';
        await settled(() => one.client.state.kind === 'ready', 'ready at the end');
        const wanted = await fresh(user, all);
        await expect.poll(() => heldBy(one, all), { timeout: 10_000, interval: 50 }).toEqual(wanted);
      }
      expect(people[0]?.client.contacts.books().length).toBeGreaterThan(1);
    },
    120_000,
  );
});
