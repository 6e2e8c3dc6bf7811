// A client that holds a large book and comes back after some changes: what it costs the server and how much is sent, in
// proportion to the changes.
import type { Benchmark } from './support/benchmark.ts';
import { median, printRatio, printValue } from './support/figures.ts';
import { type SyncCost, syncOnce } from './support/first-sync.ts';
import { COMPANY_BOOK, type Cursors, comingBack, endSides, gather, hellosFor, openSide } from './support/side.ts';

const CHANGES = [0, 1, 10, 100];

export const delta: Benchmark = {
  name: 'delta',
  usage: '[CONTACTS [ROUNDS]]',
  what: 'coming back to a large book after some changes',
  async run([contacts = 100_000, rounds = 15]) {
    const side = await openSide('ours', { extensions: 1, contacts });
    const hellos = await hellosFor(side, 1, COMPANY_BOOK);
    const whole = await syncOnce(side, hellos[0] ?? [], 'cpu');
    await gather(side, hellos, { group: 'holding' });
    const cursors = await side.audience.ask<Cursors[]>({ do: 'cursors', group: 'holding' });
    await side.audience.ask({ do: 'close', group: 'holding' });
    const [hello = []] = comingBack(hellos, cursors, COMPANY_BOOK);
    const costs = new Map<number, SyncCost[]>(CHANGES.map((count) => [count, []]));
    let changed = 0;
    let length = 0;
    for (const count of CHANGES) {
      // The cursor stays the same: what has changed since is these, and always the same of them.
      if (count > changed) length = await side.server.ask<number>({ do: 'editContacts', count });
      changed = count;
      for (let i = -2; i < rounds; i++) {
        const cost = await syncOnce(side, hello, 'cpu');
        if (i >= 0) costs.get(count)?.push(cost);
      }
    }
    endSides(side);
    const of = (count: number, what: keyof SyncCost) => median((costs.get(count) ?? []).map((cost) => cost[what]));
    const nothing = { cpu: of(0, 'cpu'), bytes: of(0, 'bytes') };
    for (const count of CHANGES.slice(1)) {
      const what = `after ${count} of ${contacts} contacts have changed`;
      const bytes = { ours: of(count, 'bytes') - nothing.bytes, floor: count * length, unit: 'B' };
      printRatio({ what: `${what}, bytes sent more`, ...bytes, floorName: 'these contacts', goal: { most: 1.5 } });
      const cpu = { ours: of(count, 'cpu') / 1000, floor: nothing.cpu / 1000, unit: 'ms' };
      printRatio({ what: `${what}, server CPU`, ...cpu, floorName: 'when nothing has changed' });
    }
    printValue('the whole book for the first time, server CPU', whole.cpu / 1000, 'ms');
  },
};
