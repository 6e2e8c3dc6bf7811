// Brings the PBX to what is wanted, one order per extension at a time, again after a failure. Knows neither why
// something is wanted nor who is told; the board answers both.
import { agree, type Places, samePlaces, sameWanted, type WantedPlaces } from '../domain/dnd.ts';
import { Failure } from '../domain/failure.ts';
import type { Clock } from './clock.ts';
import type { Pbx } from './pbx-port.ts';
import type { Report } from './report.ts';

/** What the settler asks of the board about one extension. */
export interface Situation {
  readonly places: Places;
  readonly wanted: WantedPlaces;
}

/** The newest order that was begun. */
interface LastOrder {
  readonly wanted: WantedPlaces;
  /** What the places held before it. */
  readonly before: Places;
  /** When it began, and once it is done when that was. Milliseconds. */
  at: number;
  done: boolean;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  /** Waits for the order that is being carried out, not for one after it. */
  ordered: boolean;
}

interface Work {
  /** What is being written now, if anything. */
  writing?: WantedPlaces;
  last?: LastOrder;
  /** What the PBX showed after an order was carried out: as near to what is wanted as it can come. */
  reached?: Situation;
  failures: number;
  /** The retry that waits: what it is for, and how to cancel it. */
  retry?: { readonly wanted: WantedPlaces; readonly cancel: () => void };
  waiting: Waiting[];
}

const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** Extensions looked at in one turn. */
const SLICE = 50;
/** An Asterisk that was killed has forgotten what was written this long before. */
const UNSAFE_MS = 3_000;

export class Settler {
  readonly #pbx: Pick<Pbx, 'carryOut'>;
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #situation: (number: string) => Situation | undefined;
  readonly #works = new Map<string, Work>();
  #connected = false;
  #lostAt = 0;
  readonly #toNudge = new Set<string>();
  #turn: NodeJS.Immediate | undefined;

  constructor(deps: {
    readonly pbx: Pick<Pbx, 'carryOut'>;
    readonly clock: Clock;
    readonly report: Report;
    /** Undefined for an extension the PBX does not have. */
    readonly situation: (number: string) => Situation | undefined;
  }) {
    this.#pbx = deps.pbx;
    this.#clock = deps.clock;
    this.#report = deps.report;
    this.#situation = deps.situation;
  }

  /** Orders are carried out only while the PBX is connected; failures are counted from each connection anew. */
  set connected(connected: boolean) {
    if (this.#connected === connected) return;
    if (!connected) this.#lostAt = this.#clock.now();
    this.#connected = connected;
    for (const work of this.#works.values()) {
      forgetRetry(work);
      work.failures = 0;
    }
  }

  /** What is being written to the PBX for this extension at the moment. */
  writing(number: string): WantedPlaces | undefined {
    return this.#works.get(number)?.writing;
  }

  /**
   * What was being written when the link was lost: the PBX may have taken it without our hearing of it. Answers once, to
   * the first snapshot after it.
   */
  takeDoubt(number: string): WantedPlaces | undefined {
    const last = this.#works.get(number)?.last;
    if (!last || last.done) return undefined;
    last.done = true;
    return last.wanted;
  }

  /** Whether these places are those of before an order that the PBX may have lost with its link. */
  isLostWrite(number: string, places: Places): boolean {
    const last = this.#works.get(number)?.last;
    if (!last || this.#lostAt - last.at > UNSAFE_MS || this.#lostAt < last.at) return false;
    return samePlaces({ ...places, lamps: {} }, { ...last.before, lamps: {} });
  }

  /**
   * Makes the PBX agree with what is wanted. Resolves when it does, as far as it can (at once when it already does, or
   * when the PBX does not have the extension). Rejects when the order fails, which is tried again in the background, and
   * with Failure `pbx_away` while the PBX is not connected.
   */
  settle(number: string): Promise<void> {
    const work = this.#work(number);
    return new Promise((resolve, reject) => {
      work.waiting.push({ resolve, reject, ordered: false });
      this.#next(number, work);
    });
  }

  /** The same, with nobody waiting. What is going to be tried again is left to that. */
  nudge(number: string): void {
    const situation = this.#situation(number);
    if (!this.#connected || !situation || agree(situation.places, situation.wanted)) return;
    const work = this.#work(number);
    if (work.retry && sameWanted(work.retry.wanted, situation.wanted)) return;
    this.#next(number, work);
  }

  /** Nudges many, some of them a turn; until the PBX is connected they are only noted, for the next call. */
  nudgeAll(numbers: Iterable<string>): void {
    for (const number of numbers) this.#toNudge.add(number);
    if (this.#connected && !this.#turn) this.#nudgeSome();
  }

  #nudgeSome(): void {
    this.#turn = undefined;
    let left = SLICE;
    for (const number of this.#toNudge) {
      if (left === 0) {
        this.#turn = setImmediate(() => this.#nudgeSome());
        return;
      }
      left -= 1;
      this.#toNudge.delete(number);
      this.nudge(number);
    }
  }

  /** Forgets an extension that is gone. */
  forget(number: string): void {
    const work = this.#works.get(number);
    if (!work) return;
    this.#works.delete(number);
    forgetRetry(work);
    for (const waiting of work.waiting.splice(0)) waiting.resolve();
  }

  stop(): void {
    this.#toNudge.clear();
    for (const number of [...this.#works.keys()]) this.forget(number);
  }

  #work(number: string): Work {
    const work = this.#works.get(number) ?? { failures: 0, waiting: [] };
    this.#works.set(number, work);
    return work;
  }

  #next(number: string, work: Work): void {
    if (work.writing) return;
    const situation = this.#situation(number);
    if (!situation || isReached(work, situation)) {
      this.#finish(number, work);
    } else if (!this.#connected) {
      const away = new Failure('pbx_away', 'the PBX is not connected');
      for (const { reject } of work.waiting.splice(0)) reject(away);
    } else {
      this.#order(number, work, situation);
    }
  }

  #order(number: string, work: Work, { places, wanted }: Situation): void {
    forgetRetry(work);
    for (const waiting of work.waiting) waiting.ordered = true;
    work.writing = wanted;
    const last = { wanted, before: places, at: this.#clock.now(), done: false };
    work.last = last;
    this.#pbx.carryOut({ number, ...wanted }).then(
      () => this.#written(number, work, last),
      (error: unknown) => this.#failed(number, work, wanted, error),
    );
  }

  #written(number: string, work: Work, last: LastOrder): void {
    delete work.writing;
    if (this.#works.get(number) !== work) return;
    last.at = this.#clock.now();
    last.done = true;
    const situation = this.#situation(number);
    if (situation && sameWanted(situation.wanted, last.wanted)) work.reached = situation;
    this.#next(number, work);
  }

  #failed(number: string, work: Work, wanted: WantedPlaces, error: unknown): void {
    delete work.writing;
    if (this.#works.get(number) !== work) return;
    work.failures += 1;
    if (work.failures === 1) {
      this.#report('presence.order_failed', { extension: number, error: error instanceof Error ? error.message : '' });
    }
    const ordered = work.waiting.filter((waiting) => waiting.ordered);
    work.waiting = work.waiting.filter((waiting) => !waiting.ordered);
    for (const { reject } of ordered) reject(error);
    const now = this.#situation(number);
    if (work.waiting.length > 0 || !this.#connected || !now || !sameWanted(now.wanted, wanted)) {
      this.#next(number, work);
      return;
    }
    const wait = Math.min(FIRST_RETRY_MS * 2 ** (work.failures - 1), LONGEST_RETRY_MS);
    const cancel = this.#clock.after(wait, () => {
      delete work.retry;
      this.#next(number, work);
    });
    work.retry = { wanted, cancel };
  }

  #finish(number: string, work: Work): void {
    forgetRetry(work);
    work.failures = 0;
    for (const { resolve } of work.waiting.splice(0)) resolve();
    if (!work.last && this.#works.get(number) === work) this.#works.delete(number);
  }
}

/** Whether the places are as wanted, or were left like this by an order for the same. */
function isReached({ reached }: Work, { places, wanted }: Situation): boolean {
  if (agree(places, wanted)) return true;
  return reached !== undefined && sameWanted(reached.wanted, wanted) && samePlaces(reached.places, places);
}

function forgetRetry(work: Work): void {
  work.retry?.cancel();
  delete work.retry;
}
