// A link at a fake Asterisk manager, with everything it says written down, for the tests of this folder.
import { type AmiLink, openLink } from '../../../src/pbx/ami/link.ts';
import type { LinkEvent } from '../../../src/pbx/ami/link-port.ts';
import { type AmiMessage, header } from '../../../src/pbx/ami/message.ts';
import { type Clock, systemClock } from '../../../src/service/clock.ts';
import type { ReportFields } from '../../../src/service/report.ts';
import { FakeAmi, type FakeAmiScript } from '../../support/fake-ami.ts';

export const LOG_IN = { username: 'rollcall', secret: 'a secret' };

/** What the link told, in order, and a way to wait for it. */
export class Told {
  readonly events: LinkEvent[] = [];
  #wake: (() => void)[] = [];

  constructor(link: AmiLink) {
    link.subscribe((event) => {
      this.events.push(event);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  get kinds(): string[] {
    return this.events.map((event) => (event.kind === 'failed' ? 'failed' : `${event.kind} ${event.generation}`));
  }

  /** The first event, from the beginning on, that fits. */
  async until(fits: (event: LinkEvent) => boolean): Promise<LinkEvent> {
    for (;;) {
      const found = this.events.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  up(generation = 1): Promise<LinkEvent> {
    return this.until((event) => event.kind === 'up' && event.generation === generation);
  }

  down(generation = 1): Promise<LinkEvent> {
    return this.until((event) => event.kind === 'down' && event.generation === generation);
  }

  async event(name: string): Promise<AmiMessage> {
    const found = await this.until((event) => event.kind === 'event' && event.name === name);
    return found.kind === 'event' ? found.message : {};
  }

  get messages(): AmiMessage[] {
    return this.events.flatMap((event) => (event.kind === 'event' ? [event.message] : []));
  }
}

/** Reports, in order, and a way to wait for one. */
export class Reports {
  readonly all: { event: string; fields: ReportFields }[] = [];
  #wake: (() => void)[] = [];

  readonly report = (event: string, fields: ReportFields = {}): void => {
    this.all.push({ event, fields });
    for (const wake of this.#wake.splice(0)) wake();
  };

  named(event: string): ReportFields[] {
    return this.all.filter((report) => report.event === event).map((report) => report.fields);
  }

  async until(event: string, count = 1): Promise<ReportFields> {
    for (;;) {
      const found = this.named(event)[count - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }
}

export interface House {
  readonly fake: FakeAmi;
  readonly link: AmiLink;
  readonly told: Told;
  readonly reports: Reports;
  close(): Promise<void>;
}

/** Opens and starts. `random` 0 makes every back-off the shortest. */
export async function openHouse(script: Partial<FakeAmiScript> = {}, clock: Clock = systemClock): Promise<House> {
  const fake = await FakeAmi.listen(script);
  const reports = new Reports();
  const settings = { host: '127.0.0.1', port: fake.port, ...LOG_IN };
  const link = openLink(settings, { clock, report: reports.report, random: () => 0 });
  const told = new Told(link);
  link.start();
  return {
    fake,
    link,
    told,
    reports,
    close: async () => {
      link.stop();
      await fake.close();
    },
  };
}

/** What a link that is up makes of these bytes: the events, and whether it stayed up. */
export async function linkReads(bytes: string): Promise<{ events: AmiMessage[]; stayed: boolean; house: House }> {
  const house = await openHouse();
  await house.told.up();
  const connection = await house.fake.connection(1);
  connection.send(bytes);
  connection.message('Event: Sentinel');
  const end = await house.told.until(
    (event) => event.kind === 'down' || (event.kind === 'event' && event.name === 'Sentinel'),
  );
  const events = house.told.messages.filter((message) => header(message, 'event') !== 'Sentinel');
  return { events, stayed: end.kind === 'event', house };
}
