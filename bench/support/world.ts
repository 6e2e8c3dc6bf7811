// A PBX on paper, daemons beside it on one store, and clients at each daemon, every one in a process of its own.
import { join } from 'node:path';
import { freePorts } from '../../test/lab/ports.ts';
import { type Child, startChild } from './child.ts';
import { makeFolder } from './folder.ts';
import { type Place, settingsAt } from './place.ts';
import { gather, hellosWith, type Side } from './side.ts';

export interface WorldOptions {
  readonly place: Place;
  readonly extensions: number;
  /** Clients at each daemon; there are as many daemons. */
  readonly clients: readonly number[];
  readonly collections?: readonly string[];
  readonly contacts?: number;
  /** Tokens that nobody uses yet. */
  readonly spares?: number;
}

export interface World {
  readonly pbx: Child;
  /** The first is on duty. */
  readonly sides: readonly Side[];
  /** Tokens that nobody uses. */
  readonly spares: readonly string[];
  /** Some ids of the contacts. */
  readonly contacts: readonly string[];
  end(): Promise<void>;
}

/** Until presence of all who came has been told. */
const SETTLE_MS = 2_500;

export async function openWorld(options: WorldOptions): Promise<World> {
  const { place, extensions, clients, collections, contacts = 0, spares = 0 } = options;
  const filler = startChild('filler', [JSON.stringify(place)]);
  const all = clients.reduce((sum, count) => sum + count, 0);
  const tokens = await filler.ask<string[]>({ do: 'tokens', count: all + spares, atLeast: extensions });
  const ids = await filler.ask<string[]>({ do: 'contacts', count: contacts });
  await filler.ask({ do: 'close' });
  filler.end();
  const pbx = startChild('paper-pbx', [String(extensions)]);
  const ami = await pbx.ask<number>({ do: 'port' });
  const sides: Side[] = [];
  const hellos = hellosWith(tokens, collections);
  for (const count of clients) {
    const side = await openDaemon(place, ami);
    sides.push(side);
    await gather(side, hellos.splice(0, count));
  }
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const end = async () => {
    for (const { audience } of sides) {
      await audience.ask({ do: 'close', group: 'all' });
      audience.end();
    }
    await Promise.all(sides.map(({ server }) => server.ask({ do: 'stop' })));
    for (const { server } of sides) server.end();
    pbx.end();
  };
  return { pbx, sides, spares: tokens.slice(all), contacts: ids, end };
}

/** A daemon on a store, with nobody yet. `ami`: the port of its PBX. */
export async function openDaemon(place: Place, ami: number): Promise<Side> {
  const [port = 0] = await freePorts(1);
  const env = {
    ...settingsAt(place, join(makeFolder('daemon'), 'data')),
    ...{ ROLLCALL_LISTEN_PORT: String(port), ROLLCALL_LOOKUP_HTTP_PORT: '0', ROLLCALL_LOOKUP_AGI_PORT: '0' },
    ...{ ROLLCALL_PBX_AMI_PORT: String(ami), ROLLCALL_PBX_AMI_SECRET: 'x', ROLLCALL_LOG_LEVEL: 'fatal' },
  };
  const server = startChild('daemon', [JSON.stringify(env)]);
  await server.ask({ do: 'started' });
  return { kind: 'ours', server, audience: startChild('audience'), port };
}
