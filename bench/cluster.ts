// A change at one daemon, until the last client of another has it, beside daemons that have PBX and clients by themselves: on PostgreSQL, and with the
// embedded store.
import type { Benchmark } from './support/benchmark.ts';
import { startChild } from './support/child.ts';
import { type Databases, startDatabases } from './support/database.ts';
import { median, percentile, printRatio } from './support/figures.ts';
import { makeFolder, printDisk } from './support/folder.ts';
import { COMPANY_BOOK, gather, hellosWith, request, type Side } from './support/side.ts';
import { openWorld, type World } from './support/world.ts';

const EXTENSIONS = 100;
const CONTACTS = 200;
const WARM_UP = 15;
const COLLECTIONS = ['pbx', 'extensions', 'presence', ...COMPANY_BOOK];
const KINDS = ['two', 'one', 'embedded'] as const;

type Kind = (typeof KINDS)[number];

interface Scene {
  readonly world: World;
  /** Where the clients are that are looked at. */
  readonly far: Side;
  /** Of one who edits at the first daemon. */
  readonly editor: Side;
}

/** Milliseconds. */
type Times = Record<Kind, number[]>;

export const cluster: Benchmark = {
  name: 'cluster',
  usage: '[CLIENTS [ROUNDS]]',
  what: 'from a change at one daemon to the last client of another',
  async run([clients = 1_000, rounds = 100]) {
    printDisk();
    const databases = await startDatabases();
    const scenes = {
      two: await openScene(databases, [0, clients]),
      one: await openScene(databases, [clients]),
      embedded: await openScene(undefined, [clients]),
    };
    const presence: Times = { two: [], one: [], embedded: [] };
    const edits: Times = { two: [], one: [], embedded: [] };
    for (let i = -WARM_UP; i < rounds; i++) {
      for (const kind of KINDS) {
        const [rung, edited] = [await ring(scenes[kind]), await edit(scenes[kind], i)];
        if (i < 0) continue;
        presence[kind].push(rung);
        edits[kind].push(edited);
      }
    }
    for (const { world, editor } of Object.values(scenes)) {
      await editor.audience.ask({ do: 'close', group: 'all' });
      editor.audience.end();
      await world.end();
    }
    await databases.stop();
    print('a phone rings', clients, presence);
    print('a contact is edited', clients, edits);
  },
};

async function openScene(databases: Databases | undefined, clients: readonly number[]): Promise<Scene> {
  const place = databases ? await databases.make() : ({ kind: 'files', folder: makeFolder('cluster') } as const);
  const world = await openWorld({
    place,
    extensions: EXTENSIONS,
    clients,
    collections: COLLECTIONS,
    contacts: CONTACTS,
    spares: 1,
  });
  const [first, last] = [world.sides[0] as Side, world.sides.at(-1) as Side];
  const editor = { ...first, audience: startChild('audience') };
  await gather(editor, hellosWith(world.spares, ['books']));
  return { world, far: last, editor };
}

/** From the event of the PBX to the last client. */
async function ring({ world, far }: Scene): Promise<number> {
  await far.audience.ask({ do: 'expect', group: 'all', marks: 1 });
  const { at } = await world.pbx.ask<{ at: number }>({ do: 'ring', count: 1 });
  const { last } = await far.audience.ask<{ last: number }>({ do: 'arrived' });
  return (last - at) / 1000;
}

/** From the request of a client to the last of the others. */
async function edit({ world, far, editor }: Scene, round: number): Promise<number> {
  const id = world.contacts[Math.abs(round) % CONTACTS];
  const text = request(1_000 + round, 'contacts.update', { id, patch: { title: `Round ${round}` } });
  await far.audience.ask({ do: 'expect', group: 'all', marks: 1, mark: '"updated":' });
  const { at } = await editor.audience.ask<{ at: number }>({ do: 'say', group: 'all', text });
  const { last } = await far.audience.ask<{ last: number }>({ do: 'arrived' });
  return (last - at) / 1000;
}

function print(event: string, clients: number, times: Times): void {
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const of = (kind: Kind) => (share === 0.5 ? median(times[kind]) : percentile(times[kind], share));
    const what = `${event}, until the last of ${clients} clients of another daemon knows, ${name}`;
    const figure = { what, ours: of('two'), unit: 'ms' };
    printRatio({ ...figure, floor: of('one'), floorName: 'clients of the same daemon' });
    printRatio({ ...figure, floor: of('embedded'), floorName: 'one daemon, embedded store' });
  }
}
