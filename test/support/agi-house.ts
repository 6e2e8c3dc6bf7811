// A FastAGI server with a dialplan port played by the test, a clock by hand, and what was reported and counted.
import { onTestFinished } from 'vitest';
import { openAgiServer } from '../../src/server/agi-server.ts';
import type { AgiTuning } from '../../src/server/agi-tuning.ts';
import type { CallerName, DialplanPort } from '../../src/service/dialplan-port.ts';
import { HandClock } from './hand-clock.ts';

export const ADA: CallerName = { name: 'Ada Lovelace', company: 'Analytical Engines', directory: 'company' };

export const ADA_SET: readonly (readonly [string, string])[] = [
  ['ROLLCALL_NAME', 'Ada Lovelace'],
  ['ROLLCALL_COMPANY', 'Analytical Engines'],
  ['ROLLCALL_BOOK', 'company'],
  ['CALLERID(name)', 'Ada Lovelace'],
];

export const NOBODY_SET: readonly (readonly [string, string])[] = [
  ['ROLLCALL_NAME', ''],
  ['ROLLCALL_COMPANY', ''],
  ['ROLLCALL_BOOK', ''],
];

/** Knows one caller and nothing else. */
const ONE_CALLER: DialplanPort = {
  caller: async () => ADA,
  presence: () => undefined,
  setStatus: async () => 'no_extension',
  letsThrough: async () => undefined,
};

export interface AgiHouseOptions {
  readonly dialplan?: Partial<DialplanPort>;
  readonly token?: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly tuning?: Partial<AgiTuning>;
}

export interface AgiTestHouse {
  readonly port: number;
  readonly clock: HandClock;
  /** Events with their fields, in order. */
  readonly reports: readonly { readonly event: string; readonly fields: object }[];
  /** Outcomes in order. */
  readonly outcomes: readonly string[];
  close(): Promise<void>;
}

/** Closed when the test is over. */
export async function agiHouse({
  dialplan = {},
  token = '',
  port = 0,
  tuning = {},
}: AgiHouseOptions = {}): Promise<AgiTestHouse> {
  const clock = new HandClock();
  const reports: { event: string; fields: object }[] = [];
  const outcomes: string[] = [];
  const server = await openAgiServer({
    listen: { host: '127.0.0.1', port },
    token,
    dialplan: { ...ONE_CALLER, ...dialplan },
    report: (event: string, fields = {}) => reports.push({ event, fields }),
    metrics: {
      lookup(_way, outcome, seconds) {
        if (!(seconds >= 0 && seconds < 60)) throw new Error(`a lookup of ${seconds} seconds`);
        outcomes.push(outcome);
      },
    },
    tuning: { connections: 4_000, ...tuning },
    clock,
  });
  onTestFinished(async () => {
    const closed = server.close();
    clock.pass(60_000);
    await closed;
  });
  return { port: server.address.port, clock, reports, outcomes, close: () => server.close() };
}
