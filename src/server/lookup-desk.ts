// Answers a lookup whatever the dialplan port does: with its deadline, its limit, its counting. Knows no HTTP.
import type { CallerName, CallerQuestion, DialplanPort } from '../service/dialplan-port.ts';
import { rareReport } from '../service/rare-report.ts';
import type { Report } from '../service/report.ts';
import { answerDeadline } from './answer-deadline.ts';
import { type LookupRequest, nameLine } from './lookup-request.ts';
import type { LookupTuning } from './lookup-tuning.ts';
import type { Metrics } from './metrics.ts';
import { tokenRule } from './shared-token.ts';

/**
 * A directory: whose name was found. `refused`: no or a wrong token. `busy`: too many at once. `late`: no answer in time.
 * `failed`: a fault in the program.
 */
type LookupOutcome = CallerName['directory'] | 'none' | 'refused' | 'busy' | 'late' | 'failed';

export interface LookupAnswer {
  /** The name found, else the name given. */
  readonly name: string;
  readonly outcome: LookupOutcome;
}

export interface DeskParts {
  /** Empty: everybody may ask. */
  readonly token: string;
  readonly dialplan: Pick<DialplanPort, 'caller'>;
  readonly report: Report;
  readonly metrics: Pick<Metrics, 'lookup'>;
  readonly tuning: Pick<LookupTuning, 'lookups' | 'answerMs'>;
}

const WAY = 'http';

/** Never rejects. */
export type LookupDesk = (request: LookupRequest) => Promise<LookupAnswer>;

/** The function that answers. */
export function lookupDesk({ token, dialplan, report, metrics, tuning }: DeskParts): LookupDesk {
  const maySee = tokenRule(token);
  const refused = rareReport(report, 'lookup.refused');
  const busy = rareReport(report, 'lookup.busy');
  const failed = rareReport(report, 'lookup.failed');
  const deadline = answerDeadline(tuning.answerMs);
  let atWork = 0;

  async function ask(question: CallerQuestion): Promise<CallerName | LookupOutcome> {
    atWork += 1;
    try {
      return (await dialplan.caller(question)) ?? 'none';
    } catch (error) {
      failed({ way: WAY, error: error instanceof Error ? error.stack : undefined });
      return 'failed';
    } finally {
      atWork -= 1;
    }
  }

  function inTime(answer: Promise<CallerName | LookupOutcome>): Promise<CallerName | LookupOutcome> {
    return new Promise((resolve) => {
      const end = deadline.begin(() => resolve('late'));
      answer.then((found) => {
        end();
        resolve(found);
      });
    });
  }

  function decide(request: LookupRequest): CallerName | LookupOutcome | Promise<CallerName | LookupOutcome> {
    if (!maySee(request.tokens)) {
      refused({ way: WAY });
      return 'refused';
    }
    if (request.question.number === '') return 'none';
    if (atWork < tuning.lookups) return inTime(ask(request.question));
    busy({ way: WAY, lookups: atWork });
    return 'busy';
  }

  return async (request) => {
    const begun = performance.now();
    const found = await decide(request);
    const outcome = typeof found === 'string' ? found : found.directory;
    metrics.lookup(WAY, outcome, (performance.now() - begun) / 1_000);
    const keeps = request.keepsExtension && outcome === 'extension' && request.name !== '';
    return { name: typeof found === 'string' || keeps ? request.name : nameLine(found.name), outcome };
  };
}
