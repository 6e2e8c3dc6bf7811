// The lookup listener at its edges only: real HTTP, and behind it a dialplan port that a test makes.
import { get, type IncomingHttpHeaders } from 'node:http';
import { onTestFinished } from 'vitest';
import { openLookupServer } from '../../src/server/lookup-server.ts';
import type { LookupTuning } from '../../src/server/lookup-tuning.ts';
import { Metrics } from '../../src/server/metrics.ts';
import type { CallerName, CallerQuestion, DialplanPort } from '../../src/service/dialplan-port.ts';
import type { ReportFields } from '../../src/service/report.ts';
import { openRaw, type RawClient } from './raw-client.ts';

export interface LookupEdge {
  readonly address: { readonly host: string; readonly port: number };
  readonly url: string;
  /** What the port was asked, in order. */
  readonly questions: CallerQuestion[];
  readonly reports: Array<{ readonly event: string; readonly fields: ReportFields }>;
  ask(pathAndQuery: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  raw(): Promise<RawClient>;
  /** All that comes until the server ends the connection. */
  answerTo(bytes: string | Buffer): Promise<string>;
  /** How often lookups had this outcome. */
  counted(outcome: string): Promise<number>;
  close(): Promise<void>;
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

/** Knows one caller, by any number that ends in 7946. */
export const ADA: CallerName = { name: 'Ada Lovelace', company: 'Analytical Engines', directory: 'company' };

/** Open until the end of the test. */
export async function openLookupEdge(
  options: {
    readonly caller?: DialplanPort['caller'];
    readonly token?: string;
    readonly host?: string;
    readonly tuning?: Partial<LookupTuning>;
  } = {},
): Promise<LookupEdge> {
  const { caller = async ({ number }) => (number.endsWith('7946') ? ADA : undefined), token = '' } = options;
  const { host = '127.0.0.1', tuning = {} } = options;
  const questions: CallerQuestion[] = [];
  const reports: Array<{ event: string; fields: ReportFields }> = [];
  const metrics = new Metrics();
  const listener = await openLookupServer({
    listen: { host, port: 0 },
    token,
    dialplan: {
      caller: (question) => {
        questions.push(question);
        return caller(question);
      },
    },
    report: (event, fields = {}) => reports.push({ event, fields }),
    metrics,
    tuning,
  });
  onTestFinished(() => listener.close());
  const { address } = listener;
  const raw = async () => {
    const client = await openRaw(address);
    onTestFinished(() => {
      client.socket.destroy();
    });
    return client;
  };
  return {
    address,
    url: `http://${host}:${address.port}`,
    questions,
    reports,
    ask: (path, headers = {}) => httpGet({ ...address, path, headers }),
    raw,
    answerTo: async (bytes) => {
      const client = await raw();
      client.write(bytes);
      await client.ended;
      return client.text;
    },
    counted: async (outcome) => {
      const line = `rollcall_lookups_total{way="http",outcome="${outcome}"} `;
      const found = (await metrics.render()).split('\n').find((each) => each.startsWith(line));
      return found === undefined ? 0 : Number(found.slice(line.length));
    },
    close: () => listener.close(),
  };
}

function httpGet(options: {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    get({ ...options, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          headers: response.headers,
        }),
      );
    }).on('error', reject);
  });
}
