// Keeps names by number at the PBX in step with the company books that nobody is kept from: what is lost first, what changed
// next, and a look at everything after each connection and from time to time. Knows no AMI.
import type { Numbering } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import type { Clock } from './clock.ts';
import { mirrorEntry, mirrorId } from './mirror-entry.ts';
import { MirrorNumbers } from './mirror-numbers.ts';
import { inLanes, MirrorPass, take } from './mirror-pass.ts';
import { MirrorFault, type MirrorPlace } from './mirror-port.ts';
import type { Pbx } from './pbx-port.ts';
import type { Report } from './report.ts';
import type { SiteNumbers } from './site-numbers.ts';
import type { Store } from './store.ts';

export interface MirrorParts {
  readonly store: Store;
  readonly access: Access;
  readonly pbx: Pick<Pbx, 'subscribe'>;
  readonly place: MirrorPlace;
  readonly numbering: Numbering;
  /** How this PBX calls its extensions; absent: by their ids. */
  readonly numbers?: SiteNumbers;
  readonly clock: Clock;
  readonly report: Report;
  /** False: nothing is to be there, and what an earlier mirror left is removed. */
  readonly isOn: boolean;
}

/** Numbers brought in step at the same time: what may be late, and what has to go. */
const LANES = 2;
const URGENT_LANES = 4;
/** From so many changes on a look at everything is quicker than one at each; and from this part of all. */
const MANY = 200;
const MANY_OF = 10;
/** Changes that come one after the other are taken together. */
const QUIET_MS = 50;
const CHECK_MS = 60 * 60_000;
const PROGRESS_MS = 10_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** Lost numbers remembered while the PBX is away; the look at everything after that finds the others. */
const MOST_LOST = 10_000;

export class Mirror {
  readonly #parts: MirrorParts;
  readonly #numbers: MirrorNumbers | undefined;
  /** Ids of numbers that may have to go, and of those that have changed. */
  readonly #lost = new Set<string>();
  readonly #touched = new Set<string>();
  readonly #stops: (() => void)[] = [];
  /** Of the connection; another with each. */
  #up: { prepared: boolean; forbidden: boolean } | undefined;
  #pass: MirrorPass | undefined;
  #isPassDue = false;
  /** Numbers that were mirrored at the end of the last look at everything. */
  #size = 0;
  #isWorking = false;
  /** Nothing is done before the next look at everything. */
  #isHeld = false;
  #failures = 0;
  #saidForbidden = false;
  #saidFailed = false;
  #saidInStep = false;
  #toldAt = 0;
  #cancelWake: (() => void) | undefined;
  #cancelCheck = () => {};
  #cancelRetry: (() => void) | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    const { store, access } = parts;
    if (!parts.isOn) return;
    this.#numbers = new MirrorNumbers({
      ...{ store, access },
      lost: (key) => this.#mark(this.#lost, mirrorId(key)),
      touched: (key) => this.#mark(this.#touched, mirrorId(key)),
      failed: () => this.#lookAgain(),
    });
  }

  /** Begins to follow; to be called before the PBX connects. */
  start(): void {
    const { store, pbx, numbers } = this.#parts;
    this.#stops.push(pbx.subscribe(({ kind }) => this.#onPbx(kind)));
    if (!this.#numbers) return;
    this.#numbers.start();
    this.#stops.push(
      store.subscribe(({ writes }) => {
        for (const { table, id } of writes) {
          if (table !== 'extensions') continue;
          this.#mark(this.#touched, mirrorId(`#${id}`));
          if (numbers?.hasPrefix) this.#mark(this.#touched, mirrorId(`#${numbers.numberOf(id)}`));
        }
      }),
    );
  }

  /** What is at the PBX stays there. An action under way ends by itself. */
  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#numbers?.stop();
    this.#down();
  }

  #onPbx(kind: 'snapshot' | 'extension' | 'away'): void {
    if (kind === 'away') this.#down();
    else if (kind === 'snapshot' && !this.#up) {
      this.#up = { prepared: false, forbidden: false };
      this.#failures = 0;
      this.#isPassDue = true;
      this.#numbers?.retry();
      this.#wake(0);
    }
  }

  #down(): void {
    this.#up = undefined;
    this.#pass = undefined;
    this.#touched.clear();
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#isHeld = false;
    this.#cancelCheck();
  }

  #mark(ids: Set<string>, id: string | undefined): void {
    if (id === undefined) return;
    const isKept = this.#up ? !this.#up.forbidden : ids === this.#lost && ids.size < MOST_LOST;
    if (!isKept) return;
    ids.add(id);
    this.#wake(QUIET_MS);
  }

  #wake(ms: number): void {
    if (!this.#up || this.#up.forbidden || this.#isWorking || this.#isHeld || this.#cancelWake) return;
    this.#cancelWake = this.#parts.clock.after(ms, () => {
      this.#cancelWake = undefined;
      void this.#work();
    });
  }

  /** One at a time, over connections too: what the last one began ends first. Never rejects. */
  async #work(): Promise<void> {
    const up = this.#up;
    if (!up || this.#isWorking) return;
    this.#isWorking = true;
    try {
      if (!up.prepared) await this.#parts.place.prepare();
      up.prepared = true;
      await this.#numbers?.read;
      while (this.#up === up && (await this.#next())) await new Promise<void>((resolve) => setImmediate(resolve));
    } catch (error) {
      if (this.#up === up) this.#failed(up, error);
    } finally {
      this.#isWorking = false;
    }
    if (this.#lost.size + this.#touched.size > 0 || this.#isPassDue) this.#wake(QUIET_MS);
  }

  /** Does the next piece of work; false when there is none. */
  async #next(): Promise<boolean> {
    const many = Math.max(MANY, this.#size / MANY_OF);
    if (this.#lost.size > many) this.#beginPass(URGENT_LANES);
    else if (this.#lost.size > 0) await this.#visit(take(this.#lost, 10 * URGENT_LANES), URGENT_LANES);
    else if (this.#isPassDue || (!this.#pass && this.#touched.size > many)) this.#beginPass(LANES);
    else if (this.#touched.size > 0 && this.#touched.size <= many)
      await this.#visit(take(this.#touched, 10 * LANES), LANES);
    else if (this.#pass) await this.#stepOn(this.#pass);
    else return false;
    return true;
  }

  async #visit(ids: readonly string[], lanes: number): Promise<void> {
    const left = new Set(ids);
    const visit = async (id: string): Promise<void> => {
      this.#pass?.forget(id);
      await this.#parts.place.visit(id, await mirrorEntry(this.#parts, id));
    };
    try {
      await inLanes(ids, lanes, async (id) => {
        await visit(id).catch((error: unknown) => this.#passOver(error));
        left.delete(id);
      });
    } finally {
      for (const id of left) if (lanes === URGENT_LANES && this.#lost.size < MOST_LOST) this.#lost.add(id);
    }
  }

  /** One number that the PBX does not take keeps no other from its place; it is looked at again with all. */
  #passOver(error: unknown): void {
    if (!(error instanceof MirrorFault && error.kind === 'failed')) throw error;
    this.#complain(error.message);
    this.#lookAgain();
  }

  #beginPass(lanes: number): void {
    this.#isPassDue = false;
    this.#lost.clear();
    this.#touched.clear();
    this.#toldAt = this.#parts.clock.now();
    this.#pass = new MirrorPass({
      place: this.#parts.place,
      ids: idsOf(this.#numbers?.all() ?? []),
      entryOf: async (id) => (this.#numbers ? mirrorEntry(this.#parts, id) : undefined),
      lanes,
      expected: this.#size,
    });
  }

  async #stepOn(pass: MirrorPass): Promise<void> {
    const { clock, report } = this.#parts;
    const goesOn = await pass.step();
    if (this.#pass !== pass) return;
    const { done, of, written, removed } = pass.counts;
    if (goesOn && written + removed > 0 && clock.now() - this.#toldAt >= PROGRESS_MS) {
      this.#toldAt = clock.now();
      report('mirror.filling', { done, of });
    }
    if (!goesOn) this.#endPass(pass);
  }

  #endPass(pass: MirrorPass): void {
    const { clock, report, isOn } = this.#parts;
    const { numbers, written, removed, foreign, failed } = pass.counts;
    this.#pass = undefined;
    this.#size = numbers;
    if (isOn && (written + removed > 0 || !this.#saidInStep)) {
      this.#saidInStep = true;
      report('mirror.in_step', { numbers, written, removed, foreign });
    } else if (!isOn && removed > 0) report('mirror.removed', { removed });
    if (failed > 0) {
      this.#complain(`${failed} numbers could not be written`);
      this.#lookAgain();
      return;
    }
    this.#failures = 0;
    this.#saidFailed = false;
    this.#saidForbidden = false;
    if (!isOn) return;
    this.#cancelCheck();
    this.#cancelCheck = clock.after(CHECK_MS, () => {
      this.#isPassDue = true;
      this.#wake(0);
    });
  }

  #failed(up: { forbidden: boolean }, error: unknown): void {
    const { report, isOn } = this.#parts;
    const kind = error instanceof MirrorFault ? error.kind : 'failed';
    if (kind === 'away') return;
    const isNeeded = isOn || (this.#pass?.counts.done ?? 0) > 0;
    this.#pass = undefined;
    const reason = error instanceof MirrorFault ? error.message : 'the contacts could not be read';
    if (kind === 'forbidden') {
      up.forbidden = true;
      this.#touched.clear();
      if (isNeeded && !this.#saidForbidden) report('mirror.forbidden', { error: reason });
      this.#saidForbidden ||= isNeeded;
      return;
    }
    this.#complain(reason);
    this.#isHeld = true;
    this.#lookAgain();
  }

  /** Once until everything is in step. */
  #complain(error: string): void {
    if (!this.#saidFailed) this.#parts.report('mirror.failed', { error });
    this.#saidFailed = true;
  }

  /** Looks at everything again, the later the more often it failed. */
  #lookAgain(): void {
    if (!this.#up || this.#cancelRetry) return;
    const ms = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#cancelRetry = this.#parts.clock.after(ms, () => {
      this.#cancelRetry = undefined;
      this.#isHeld = false;
      this.#isPassDue = true;
      this.#numbers?.retry();
      this.#wake(0);
    });
  }
}

function* idsOf(keys: Iterable<string>): Iterable<string> {
  for (const key of keys) {
    const id = mirrorId(key);
    if (id !== undefined) yield id;
  }
}
