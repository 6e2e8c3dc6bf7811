// The PBX side on a paper Asterisk, with a clock moved by hand and everything it says written down.
import { type AsteriskPbx, openPbx } from '../../src/pbx/pbx.ts';
import type { PbxSettings } from '../../src/pbx/pbx-settings.ts';
import type { ExtensionFacts, PbxUpdate } from '../../src/service/pbx-port.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { HandClock } from './hand-clock.ts';
import { PaperAsterisk } from './paper-asterisk.ts';

export const paperSettings: PbxSettings = {
  extensions: { contexts: [], pattern: '^[0-9]{2,8}$' },
  presence: 'CustomPresence:{extension}',
  dnd: { family: 'DND', device: 'Custom:DND{extension}', poll: 30 },
};

export class PaperPbx {
  readonly asterisk = new PaperAsterisk();
  readonly clock = new HandClock();
  readonly reports: [event: string, fields: ReportFields | undefined][] = [];
  readonly pbx: AsteriskPbx;
  readonly #updates: PbxUpdate[] = [];
  readonly #waiting: ((update: PbxUpdate) => void)[] = [];

  constructor(settings: PbxSettings = paperSettings) {
    this.pbx = openPbx({
      link: this.asterisk.link,
      settings,
      clock: this.clock,
      report: (event, fields) => this.reports.push([event, fields]),
    });
    this.pbx.subscribe((update) => {
      const waiter = this.#waiting.shift();
      if (waiter) waiter(update);
      else this.#updates.push(update);
    });
  }

  /** Starts, brings the link up and gives what the first snapshot says. */
  async begin(): Promise<ReadonlyMap<string, ExtensionFacts>> {
    this.pbx.start();
    this.asterisk.link.up();
    return this.snapshot();
  }

  /** The next update that was not taken yet. */
  next(): Promise<PbxUpdate> {
    const update = this.#updates.shift();
    if (update) return Promise.resolve(update);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next update, which has to be a snapshot. */
  async snapshot(): Promise<ReadonlyMap<string, ExtensionFacts>> {
    const update = await this.next();
    if (update.kind !== 'snapshot') throw new Error(`told ${JSON.stringify(update)} instead of a snapshot`);
    return update.extensions;
  }

  /** The next update, which has to be of one extension. */
  async extension(): Promise<ExtensionFacts> {
    const update = await this.next();
    if (update.kind !== 'extension') throw new Error(`told ${update.kind} instead of an extension`);
    return update.facts;
  }

  /** What was told and not taken. */
  get untaken(): readonly PbxUpdate[] {
    return [...this.#updates];
  }

  reported(event: string): (ReportFields | undefined)[] {
    return this.reports.filter(([name]) => name === event).map(([, fields]) => fields);
  }
}

/** The facts of an extension of which nothing but this is known. */
export function factsOf(number: string, facts: Partial<ExtensionFacts> = {}): ExtensionFacts {
  return {
    number,
    line: 'unknown',
    blocked: false,
    lamps: { [`Custom:DND${number}`]: 'unset' },
    presentity: { state: 'not_set', subtype: '', message: '' },
    ...facts,
  };
}

/** Resolves when everything that is under way without a timer has settled. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
