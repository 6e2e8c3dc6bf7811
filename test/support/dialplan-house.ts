// What the daemon answers the dialplan, over a store that can be late, the house of four with a board beside an obedient PBX, and a
// lookup that the test plays; and what was said.
import type { Asker, Caller } from '../../src/service/caller.ts';
import { Dialplan, type DialplanParts } from '../../src/service/dialplan.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { openBoard } from './board-house.ts';
import { NUMBERING, openHouseOfFour } from './contacts-house.ts';
import { FakePbx, freshFacts } from './fake-pbx.ts';
import { HandClock } from './hand-clock.ts';
import { LateStore } from './late-store.ts';

export interface Asked {
  readonly asker: Asker;
  readonly number: string;
  readonly options: { readonly outside?: boolean } | undefined;
}

export const ADA: Caller = { directory: 'company', name: 'Ada Lovelace', company: 'Analytical Engines' };

/** `find`: what the lookup answers. */
export async function openDialplan(
  find: (asked: Asked) => Promise<Caller | undefined> = async () => ADA,
  more: Partial<DialplanParts> = {},
) {
  const house = await openHouseOfFour();
  const pbx = new FakePbx();
  pbx.obedient = true;
  pbx.put(...['1000', '1001', '1002', '1003'].map((number) => freshFacts(number)));
  const clock = new HandClock();
  const { board, presences, started, set } = openBoard({ store: house.store, pbx, clock });
  pbx.snapshot();
  await started;
  const late = new LateStore(house.store);
  const asked: Asked[] = [];
  const reports: [string, ReportFields | undefined][] = [];
  const dialplan = new Dialplan({
    lookup: {
      find: (asker, number, options) => {
        const question = { asker, number, options };
        asked.push(question);
        return find(question);
      },
    },
    ...{ store: late, access: house.access, presences, clock, numbering: NUMBERING },
    report: (event, fields) => reports.push([event, fields]),
    ...more,
  });
  return { house, pbx, board, clock, late, asked, reports, dialplan, set };
}
