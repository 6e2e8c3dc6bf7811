// Whether a user has a phone that may ring: what is known of it, and else what the PBX says when it is asked, which is asked of each
// user once in a while however often he calls. Knows no call.
import { Failure } from '../domain/failure.ts';
import type { PbxDialer } from './calls-port.ts';
import type { Clock } from './clock.ts';

/** So long an answer holds; a question without one is not asked again meanwhile. */
const HOLDS_MS = 2_000;

interface Question {
  readonly answer: Promise<boolean>;
  /** When it was answered. */
  at: number | undefined;
}

export class DialingPhones {
  readonly #dialer: Pick<PbxDialer, 'hasPhone' | 'findPhone'>;
  readonly #clock: Clock;
  /** By extension: those of the last seconds. */
  readonly #asked = new Map<string, Question>();

  constructor(dialer: Pick<PbxDialer, 'hasPhone' | 'findPhone'>, clock: Clock) {
    this.#dialer = dialer;
    this.#clock = clock;
  }

  /** Whether it is known without a question; failure `pbx_away` when nobody can be asked. */
  isThere(extension: string): boolean {
    const hasPhone = this.#dialer.hasPhone(extension);
    if (hasPhone === undefined) throw new Failure('pbx_away', 'the PBX is not connected');
    return hasPhone;
  }

  /** Resolves with whether the PBX knows one, as it said at most two seconds ago. */
  find(extension: string): Promise<boolean> {
    const before = this.#clock.now() - HOLDS_MS;
    for (const [other, { at }] of [...this.#asked]) if (at !== undefined && at <= before) this.#asked.delete(other);
    const known = this.#asked.get(extension);
    if (known) return known.answer;
    const question: Question = { answer: this.#dialer.findPhone(extension), at: undefined };
    this.#asked.set(extension, question);
    const answered = () => {
      question.at = this.#clock.now();
    };
    question.answer.then(answered, answered);
    return question.answer;
  }
}
