// Whether those who watch presence notice that others work with contacts: the time until a change reaches the last of many
// clients while contacts are edited and searched and one client after the other takes the whole of a large book, beside the
// same clients when nothing else happens. It counts from the moment the change is sent for, so a server that stands still
// then is late.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './support/benchmark.ts';
import { type Child, clockMicros, startChild } from './support/child.ts';
import { median, percentile, printRatio, printValue } from './support/figures.ts';
import { syncOnce } from './support/first-sync.ts';
import { COMPANY_BOOK, endSides, gather, hellosFor, openSide, type Side } from './support/side.ts';

const EXTENSIONS = 100;
const EDITS_PER_SECOND = 100;
/** Four that edit, and one that searches. */
const VISITORS = 5;
const QUIET_MS = 5_000;
/** From one change of presence to the next, when the last has arrived by then. */
const EVERY_MS = 50;

interface Visited {
  /** Milliseconds until each answer. */
  readonly edits: readonly number[];
  readonly searches: readonly number[];
}

export const undisturbed: Benchmark = {
  name: 'undisturbed',
  usage: '[CLIENTS [CONTACTS [ROUNDS]]]',
  what: 'presence while contacts are edited, searched and taken whole',
  async run([clients = 1_000, contacts = 100_000, rounds = 6]) {
    const side = await openSide('ours', { extensions: EXTENSIONS, contacts });
    const syncing: Side = { ...side, audience: startChild('audience') };
    const visitors = startChild('visitors');
    await gather(side, await hellosFor(side, clients));
    const tokens = await side.server.ask<string[]>({ do: 'tokens', count: VISITORS });
    await visitors.ask({ do: 'arrive', port: side.port, tokens, contacts });
    // The first sync and the first search make ready what they need: afterwards the daemon has run for a while.
    await busy(side, syncing, visitors, []);
    const times = { quiet: [] as number[], busy: [] as number[] };
    const seen = { seconds: 0, books: 0, edits: [] as number[], searches: [] as number[] };
    for (let i = 0; i < rounds; i++) {
      const end = clockMicros() + QUIET_MS * 1_000;
      while (clockMicros() < end) times.quiet.push(await tell(side));
      const { seconds, books, visited } = await busy(side, syncing, visitors, times.busy);
      seen.seconds += seconds;
      seen.books += books;
      seen.edits.push(...visited.edits);
      seen.searches.push(...visited.searches);
    }
    visitors.end();
    syncing.audience.end();
    endSides(side);
    for (const [name, share, goal] of [
      ['p50', 0.5, {}],
      ['p99', 0.99, { goal: { most: 1.5 } }],
    ] as const) {
      printRatio({
        what: `presence to the last of ${clients} clients, ${name}`,
        ours: percentile(times.busy, share),
        floor: percentile(times.quiet, share),
        unit: 'ms',
        floorName: 'with nobody at the contacts',
        ...goal,
      });
    }
    for (const [what, waits] of [
      ['edits', seen.edits],
      ['searches', seen.searches],
    ] as const) {
      printValue(`${what} meanwhile`, waits.length / seen.seconds, 'per s');
      printValue(`${what} meanwhile, until the answer, p50`, median(waits), 'ms');
    }
    printValue(`times that one client took all ${contacts} contacts meanwhile`, seen.books, 'whole');
  },
};

/** Milliseconds from sending for a change to the last client; then waits until it is time for the next change. */
async function tell({ server, audience }: Side): Promise<number> {
  await audience.ask({ do: 'expect', group: 'all', marks: 1 });
  const begun = clockMicros();
  await server.ask({ do: 'change', count: 1 });
  const { last } = await audience.ask<{ last: number }>({ do: 'arrived' });
  await sleep(Math.max(0, EVERY_MS - (clockMicros() - begun) / 1000));
  return (last - begun) / 1000;
}

/** Tells changes while others work with contacts, as long as one whole book takes and at least as long as a quiet time. */
async function busy(side: Side, syncing: Side, visitors: Child, times: number[]) {
  const [hello = []] = await hellosFor(side, 1, COMPANY_BOOK);
  await visitors.ask({ do: 'begin', editsPerSecond: EDITS_PER_SECOND });
  const begun = clockMicros();
  let books = 0;
  let isOver = false;
  const taking = (async () => {
    for (; !isOver; books++) await syncOnce(syncing, hello, 'cpu');
  })();
  while (clockMicros() < begun + QUIET_MS * 1_000 || books === 0) {
    times.push(await tell(side));
    await visitors.ask({ do: 'edits' });
  }
  isOver = true;
  const seconds = (clockMicros() - begun) / 1e6;
  const visited = await visitors.ask<Visited>({ do: 'stop' });
  await taking;
  return { seconds, books, visited };
}
