// Calls that are ordered at any daemon: the one that is on duty at the PBX of the user's own phone makes them. Knows no number.
import type { Access } from './access.ts';
import type { HistoryRow } from './call-row.ts';
import type { Errands } from './errands.ts';
import { Refusals } from './refusals.ts';
import type { Report } from './report.ts';
import { patienceWith } from './site-patience.ts';
import { siteOf } from './site-rows.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

export interface AskedDialingParts {
  readonly store: Store;
  readonly access: Access;
  readonly report: Report;
  /** The site of this daemon; '' where sites have no names. */
  readonly site: string;
  readonly errands: Pick<Errands, 'ask'>;
}

/** The errand, and the method of clients. */
export const CALLS_DIAL = 'calls.dial';

export interface DialErrand {
  readonly viewer: Viewer;
  readonly number: string;
}

export class AskedDialing {
  readonly #parts: AskedDialingParts;
  readonly #refusals: Refusals;

  constructor(parts: AskedDialingParts) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.access, parts.report);
  }

  /** As `Dialing.dial`; the call was told here when this resolves. */
  async dial(viewer: Viewer, number: string): Promise<HistoryRow> {
    const { store, site, errands } = this.#parts;
    this.#refusals.active(CALLS_DIAL, viewer);
    const errand: DialErrand = { viewer, number };
    const at = siteOf(store, viewer.extension, site);
    return (await errands.ask(at, CALLS_DIAL, errand, patienceWith(store, at, site))) as HistoryRow;
  }
}
