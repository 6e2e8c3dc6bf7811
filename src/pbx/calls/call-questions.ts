// What no event says of a call and has to be asked or waited for. Until it is known, nothing is told of the call. Knows no connection and
// tells nobody but who asked.
import { type Directory, deviceOf, unexplained } from '../../domain/call-story.ts';
import type { Clock } from '../../service/clock.ts';
import type { Link } from '../ami/link-port.ts';
import type { Phones } from '../phones.ts';
import { callerChannel, isOver } from './call-memory.ts';
import { isWithheld } from './call-presentation.ts';
import type { LiveCall } from './call-table.ts';

/** Asterisk writes the record of a call when its last channel is gone, or a moment earlier. */
const RECORD_MS = 1_000;

export interface CallQuestionsOptions {
  readonly link: Link;
  readonly phones: Phones;
  readonly directory: Directory;
  readonly clock: Clock;
  /** A question was answered. */
  readonly answered: (call: LiveCall) => void;
}

export class CallQuestions {
  readonly #options: CallQuestionsOptions;
  readonly #waits = new Set<() => void>();

  constructor(options: CallQuestionsOptions) {
    this.#options = options;
  }

  /** A caller is there: from outside, does he let his number be seen? */
  began(call: LiveCall): void {
    const { link, directory } = this.#options;
    const channel = callerChannel(call.story);
    if (channel === undefined || call.wasAsked || directory.extensionsOf(deviceOf(channel)).length > 0) return;
    call.wasAsked = true;
    this.#ask(call, isWithheld(link, channel), (withheld) => {
      if (withheld) call.story.withheld = true;
    });
  }

  /** A channel has ended. */
  ended(call: LiveCall): void {
    this.#askWhy(call);
    this.#awaitRecord(call);
  }

  stop(): void {
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
  }

  /** Why was the caller told busy although no phone was? Do not disturb may be on since a moment ago, and AstDB tells nobody. */
  #askWhy(call: LiveCall): void {
    const { phones, directory } = this.#options;
    for (const { number } of unexplained(call.story, directory)) {
      if (call.explained.has(number)) continue;
      call.explained.add(number);
      this.#ask(call, phones.isBlocked(number), (blocked) => {
        const visit = call.story.visits.find((one) => one.number === number);
        if (blocked && visit) visit.refused = true;
      });
    }
  }

  /** Of a call that was answered while nobody watched only the record knows for how long there was talk. */
  #awaitRecord(call: LiveCall): void {
    const { story, isAwaited } = call;
    if (isAwaited || !isOver(story) || !story.stations.some(({ guessed }) => guessed)) return;
    call.isAwaited = true;
    call.asked += 1;
    const cancel = this.#options.clock.after(RECORD_MS, () => {
      this.#waits.delete(cancel);
      this.#answered(call);
    });
    this.#waits.add(cancel);
  }

  /** The answer never rejects. */
  #ask<T>(call: LiveCall, answer: Promise<T>, take: (answer: T) => void): void {
    call.asked += 1;
    void answer.then((it) => {
      take(it);
      this.#answered(call);
    });
  }

  #answered(call: LiveCall): void {
    call.asked -= 1;
    this.#options.answered(call);
  }
}
