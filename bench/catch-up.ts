// What was missed: a daemon that was stopped while others wrote, until it has told its client everything; and a client that comes back with its cursor, to
// the daemon where it was and to another.
import type { Benchmark } from './support/benchmark.ts';
import { type Child, clockMicros, startChild } from './support/child.ts';
import { startDatabases } from './support/database.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { COMPANY_BOOK, type Cursors, comingBack, gather, hellosWith, type Side } from './support/side.ts';
import { openDaemon } from './support/world.ts';

const MARK = '"updated":';
const WRITERS = 32;

interface Scene {
  readonly filler: Child;
  readonly near: Side;
  readonly far: Side;
  /** What a client says who holds nothing. */
  readonly hello: readonly string[];
  /** Changes one contact after the other; milliseconds that it took. */
  edit(): Promise<number>;
}

interface Back {
  readonly millis: number;
  readonly bytes: number;
}

export const catchUp: Benchmark = {
  name: 'catch-up',
  usage: '[CHANGES [ROUNDS]]',
  what: 'a daemon and a client that missed many changes',
  async run([changes = 10_000, rounds = 3]) {
    const databases = await startDatabases();
    const place = await databases.make();
    const filler = startChild('filler', [JSON.stringify(place)]);
    const tokens = await filler.ask<string[]>({ do: 'tokens', count: 2 });
    await filler.ask({ do: 'contacts', count: changes });
    const pbx = startChild('paper-pbx', ['10']);
    const ami = await pbx.ask<number>({ do: 'port' });
    const [near, far] = [await openDaemon(place, ami), await openDaemon(place, ami)];
    const [held = [], hello = []] = hellosWith(tokens, COMPANY_BOOK);
    await gather(far, [held], { group: 'held' });
    const edit = async () => {
      const begun = performance.now();
      await filler.ask({ do: 'edit', from: 0, count: changes, writers: WRITERS });
      return performance.now() - begun;
    };
    const scene = { filler, near, far, hello, edit };
    await stopped(scene, changes, rounds);
    await comeBack(scene, changes, rounds);
    for (const { audience, server } of [near, far]) {
      await audience.ask({ do: 'close', group: 'held' });
      audience.end();
      await server.ask({ do: 'stop' });
      server.end();
    }
    pbx.end();
    filler.end();
    await databases.stop();
  },
};

/** The far daemon stands still while others write; its client waits for every change. */
async function stopped({ far, edit }: Scene, changes: number, rounds: number): Promise<void> {
  const times = { level: [] as number[], edits: [] as number[], turns: [] as number[] };
  for (let i = 0; i < rounds; i++) {
    await far.audience.ask({ do: 'expect', group: 'held', marks: changes, mark: MARK });
    far.server.signal('SIGSTOP');
    times.edits.push(await edit());
    const on = clockMicros();
    far.server.signal('SIGCONT');
    const { last } = await far.audience.ask<{ last: number }>({ do: 'arrived' });
    times.level.push((last - on) / 1000);
  }
  const what = `a daemon that missed ${changes} changes, until its client has them`;
  const beside = { floor: median(times.edits), floorName: `making them, ${WRITERS} at a time` };
  printRatio({ what, ours: median(times.level), unit: 'ms', ...beside });
}

/** A client that was in sync at the near daemon comes back there, and to the far one. */
async function comeBack(scene: Scene, changes: number, rounds: number): Promise<void> {
  const { near, far, hello, edit } = scene;
  const backs = { near: [] as Back[], far: [] as Back[] };
  let whole: Back | undefined;
  for (let i = 0; i < rounds; i++) {
    const first = await sync(near, hello);
    whole ??= first;
    await edit();
    const [again = []] = comingBack([[...hello]], first.cursors, COMPANY_BOOK);
    const order = i % 2 === 0 ? (['near', 'far'] as const) : (['far', 'near'] as const);
    for (const where of order) backs[where].push(await sync(scene[where], again));
    const others = await sync(far, hello);
    const [nothing = []] = comingBack([[...hello]], others.cursors, COMPANY_BOOK);
    const rest = await sync(near, nothing);
    if (rest.bytes > others.bytes / 10) throw new Error('a client that has everything is told it again');
  }
  const of = (where: 'near' | 'far', part: keyof Back) => median(backs[where].map((back) => back[part]));
  const what = `a client that missed ${changes} changes, at another daemon`;
  for (const [part, unit] of [
    ['millis', 'ms'],
    ['bytes', 'B'],
  ] as const) {
    printRatio({
      what: `${what}, ${unit}`,
      ours: of('far', part),
      floor: of('near', part),
      unit,
      floorName: 'where it was',
    });
  }
  printValue('the same book for the first time', whole?.millis ?? Number.NaN, 'ms');
}

async function sync(side: Side, hello: readonly string[]): Promise<Back & { cursors: Cursors[] }> {
  const group = 'syncing';
  const micros = await gather(side, [[...hello]], { group });
  const [bytes = 0] = await side.audience.ask<number[]>({ do: 'received', group });
  const cursors = await side.audience.ask<Cursors[]>({ do: 'cursors', group });
  await side.audience.ask({ do: 'close', group });
  return { millis: micros / 1000, bytes, cursors };
}
