// What the daemon answers the dialplan, each within its deadline: a call waits for nothing here, whatever the store and the
// PBX do. Knows no AGI, no HTTP and no spelling of numbers; who a caller is decides the lookup, who may pass let-through.ts.
import { Failure, type FailureCode } from '../domain/failure.ts';
import type { Numbering } from '../domain/phone-number.ts';
import { STATUSES, type Status } from '../domain/presence.ts';
import type { Access } from './access.ts';
import type { Asker, Caller } from './caller.ts';
import type { Clock } from './clock.ts';
import { Deadline } from './deadline.ts';
import type {
  CallerName,
  CallerQuestion,
  DialplanPort,
  LetThroughList,
  LetThroughOptions,
  PresenceAnswer,
  StatusOutcome,
  Unanswered,
} from './dialplan-port.ts';
import { letsThrough } from './let-through.ts';
import { oneLine } from './presence-setting.ts';
import type { Presences } from './presences.ts';
import { rareReport } from './rare-report.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

const DEADLINE_MS = 1_000;
/** Questions and changes that may be at work at once, those that are late included. */
const MOST_QUESTIONS = 5_000;
const MOST_CHANGES = 1_000;

/** The dialplan is the operator's. */
const OPERATOR: Viewer = { extension: '', admin: true, contacts: true };

const OUTCOMES: Partial<Readonly<Record<FailureCode, StatusOutcome>>> = {
  not_found: 'no_extension',
  pbx_away: 'pbx_away',
  storage: 'storage',
  too_many: 'too_many',
};

/** `Lookup` is one. */
interface CallerLookup {
  find(asker: Asker, number: string, options?: { readonly outside?: boolean }): Promise<Caller | undefined>;
}

export interface DialplanParts {
  readonly lookup: CallerLookup;
  readonly store: Store;
  readonly access: Access;
  readonly presences: Pick<Presences, 'presence' | 'set'>;
  readonly clock: Clock;
  readonly report: Report;
  readonly numbering: Numbering;
  readonly deadlineMs?: number;
  readonly mostQuestions?: number;
  readonly mostChanges?: number;
}

/** Questions without an answer since the start: not in time, for a fault, and not begun because too many were at work. */
export interface DialplanCounters {
  late: number;
  failed: number;
  full: number;
}

export class Dialplan implements DialplanPort {
  readonly counters: DialplanCounters = { late: 0, failed: 0, full: 0 };
  readonly #parts: DialplanParts;
  readonly #questions: Deadline;
  readonly #changes: Deadline;
  readonly #tell: Readonly<Record<'late' | 'failed' | 'full' | 'status', ReturnType<typeof rareReport>>>;

  constructor(parts: DialplanParts) {
    const { clock, report, deadlineMs: ms = DEADLINE_MS } = parts;
    this.#parts = parts;
    this.#questions = new Deadline({ clock, ms, most: parts.mostQuestions ?? MOST_QUESTIONS });
    this.#changes = new Deadline({ clock, ms, most: parts.mostChanges ?? MOST_CHANGES });
    this.#tell = {
      late: rareReport(report, 'lookup.late', clock),
      failed: rareReport(report, 'dialplan.failed', clock),
      full: rareReport(report, 'dialplan.full', clock),
      status: rareReport(report, 'dialplan.status_failed', clock),
    };
  }

  async caller({ number, callee, outside = false }: CallerQuestion): Promise<CallerName | Unanswered | undefined> {
    const asker = callee ? { callee } : 'anyone';
    const found = await this.#inTime(() => this.#parts.lookup.find(asker, number, { outside }));
    if (typeof found === 'string') return found;
    return found && { name: found.name, company: oneLine(found.company ?? ''), directory: found.directory };
  }

  presence(extension: string): PresenceAnswer | undefined {
    const found = this.#parts.presences.presence(extension);
    if (!found) return undefined;
    const { status, line, indicator, note = '', until = '' } = found;
    return { status, line, indicator, note: oneLine(note), until };
  }

  async setStatus(extension: string, status: string): Promise<StatusOutcome> {
    const word = STATUSES.find((known) => known === status);
    if (!word) return 'wrong_status';
    const answer = await this.#changes.within(() => this.#change(extension, word));
    if (answer.state === 'done') return answer.value;
    return answer.state === 'full' ? 'too_many' : answer.state;
  }

  async letsThrough(
    callee: string,
    number: string,
    lists: readonly LetThroughList[],
    { outside }: LetThroughOptions = {},
  ): Promise<LetThroughList | undefined> {
    const list = await this.#inTime(() => letsThrough(this.#parts, { callee, number, lists, outside }));
    return list === 'favorites' || list === 'numbers' ? list : undefined;
  }

  /** The answer, or why there is none. */
  async #inTime<T>(question: () => Promise<T | undefined>): Promise<T | Unanswered | undefined> {
    const answer = await this.#questions.within(question);
    if (answer.state === 'done') return answer.value;
    this.counters[answer.state] += 1;
    if (answer.state === 'failed') this.#tell.failed({ error: stackOf(answer.error) });
    else if (answer.state === 'full') this.#tell.full({ open: this.#questions.open });
    else this.#tell.late();
    return answer.state === 'full' ? 'busy' : answer.state;
  }

  /** What has become of the change, also when nobody waits for it any more. */
  async #change(extension: string, status: Status): Promise<StatusOutcome> {
    try {
      await this.#parts.presences.set(OPERATOR, { extension, status });
      return 'ok';
    } catch (error) {
      const outcome = error instanceof Failure ? OUTCOMES[error.code] : undefined;
      if (outcome) return outcome;
      this.#tell.status({ extension, error: stackOf(error) });
      return 'failed';
    }
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
