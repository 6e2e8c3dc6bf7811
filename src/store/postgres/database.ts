// The database as this daemon has it, over one link after another: what is asked waits a little for the next one, then counts as refused until
// the database is there again. Knows no rule of the store.
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { Stale } from '../../service/store.ts';
import { type Answer, answerOf, WAITS, type Writer } from './call.ts';
import { type AskedCommit, Commits, notKnown, refusal } from './commits.ts';
import { codeOf, isCrowded, isFault, isOfConnection, type Sql } from './connect.ts';
import { type CommitCall, Exchange } from './exchange.ts';
import type { Ledger } from './ledger.ts';
import { type Link, openLink } from './link.ts';
import { unread } from './reading.ts';
import { Timers } from './timers.ts';

export interface DatabaseParts {
  readonly url: string;
  readonly connections: number;
  readonly daemon: string;
  readonly clock: Clock;
  readonly report: Report;
  readonly epoch: string;
  readonly ledger: Ledger;
  /** Characters of commits that may wait. */
  readonly limit: number;
  /** Called once when only a new start helps. */
  readonly replaced: () => void;
}

/** What `resume_1` answers. */
interface Resumed {
  readonly epoch: string;
  readonly rev: number;
  /** Removals of some scope are forgotten up to here. */
  readonly floor: number;
  /** The last call with commits that was done, and its answer. */
  readonly answered: number;
  readonly answer: Answer | null;
}

/** `away`: it could not be reached. `replaced`: it is not the one that was opened. */
export type DatabaseState = 'open' | 'away' | 'replaced' | 'ended';

/** What was asked waits so long for a database that is away. */
const PATIENCE_MS = 10_000;
/** And who asked for what was on its way waits so long to hear whether it was done. */
const UNSURE_MS = 15_000;
/** Longest time until a new link is of use, but for what is read over it. */
const CONNECT_MS = 15_000;
/** A question for which the server had no connection is asked again so soon: one may be free by then. */
const CROWDED_MS = 200;
const BACK_OFF_MS = [200, 400, 800, 1600, 3200, 5000];
/** A link that ends sooner was of no use. */
const USEFUL_MS = 1000;

export class Database {
  readonly #parts: DatabaseParts;
  readonly #commits: Commits;
  #link: Link | undefined;
  /** Not of use yet. */
  #opening: Link | undefined;
  #exchange: Exchange | undefined;
  #state: DatabaseState = 'open';
  #since = 0;
  #generation = 0;
  #calls = 0;
  /** Made over a link that is gone: nobody knows yet whether it was done. */
  #unsure: CommitCall | undefined;
  readonly #tried = new WeakSet<AskedCommit>();
  #failures = 0;
  #questions = 0;
  #isAsked = false;
  /** Called when the state, or what is under way, has changed. */
  readonly #watching = new Set<() => void>();
  readonly #timers: Timers;
  #stopPatience = (): void => undefined;

  constructor(parts: DatabaseParts) {
    this.#parts = parts;
    this.#commits = new Commits(parts.limit);
    this.#timers = new Timers(parts.clock);
  }

  get state(): DatabaseState {
    return this.#state;
  }

  /** Whether notes are sent at the end of this turn. */
  get isLinked(): boolean {
    return this.#exchange !== undefined;
  }

  /** Connects for the first time. Rejects as the library does. */
  open(): Promise<void> {
    return this.#connect();
  }

  commit(commit: Omit<AskedCommit, 'size' | 'resolve' | 'refuse'>): Promise<number> {
    const { rows, guards } = commit;
    const size = rows.reduce((sum, { text, more }) => sum + (text?.length ?? 0) + more.length, 100 * guards.length);
    return new Promise<number>((resolve, refuse) => {
      this.#commits.add({ ...commit, size, resolve, refuse });
      this.flush();
    });
  }

  /** At the end of this turn of the event loop, what has gathered is sent. */
  flush(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    setImmediate(() => {
      this.#isAsked = false;
      this.#exchange?.flush();
    });
  }

  /** Runs a question on a connection that is free; once more when it was cut off, and until there is one when there is none. Rejects with Failure `storage`. */
  ask<T>(question: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#patiently(({ pool }) => pool.use(question));
  }

  /** The same for a question of several statements that see one moment. */
  askWithin<T>(question: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#patiently(({ snapshots }) => snapshots.begin(question));
  }

  /** Resolves when this revision of the database has taken effect here. Rejects with Failure `storage`. */
  async until(g: number): Promise<void> {
    const { ledger } = this.#parts;
    while (ledger.newest < g) {
      if (this.#state !== 'open') throw unread();
      this.#exchange?.woken(g);
      await this.change();
    }
  }

  /** Resolves when the state, or what is under way, has changed. */
  change(): Promise<void> {
    return new Promise((resolve) => this.#watching.add(resolve));
  }

  /** Resolves when all that was asked is done, or the database is away. */
  async drain(): Promise<void> {
    let isLate = false;
    this.#timers.after(PATIENCE_MS, () => {
      isLate = true;
      this.#changed();
    });
    const isDone = (): boolean => {
      if (isLate || this.#state !== 'open') return true;
      const isIdle = this.#exchange?.isIdle === true && this.#parts.ledger.notes.isEmpty;
      return isIdle && this.#commits.isEmpty && !this.#unsure && this.#questions === 0;
    };
    while (!isDone()) {
      this.flush();
      await this.change();
    }
  }

  end(): void {
    this.#state = 'ended';
    this.#timers.end();
    this.#opening?.close();
    this.#link?.close();
    this.#giveUp();
  }

  /** Makes a link and takes up where the last one ended. Rejects as the library does. */
  async #connect(): Promise<void> {
    const { url, connections, clock, daemon, ledger, report, epoch } = this.#parts;
    let exchange: Exchange | undefined;
    const link = openLink({
      ...{ url, connections, clock },
      woken: (g) => exchange?.woken(g),
      ended: () => this.#lost(link),
    });
    this.#opening = link;
    const stopLate = this.#timers.after(CONNECT_MS, () => link.close());
    try {
      await link.begin();
      this.#generation += 1;
      const writer = { daemon, generation: this.#generation };
      const resumed = await resume(link.writer, writer);
      stopLate();
      if (resumed.epoch !== epoch || resumed.rev < ledger.newest || resumed.floor > ledger.newest) this.#replaced();
      exchange = new Exchange({
        ...{ link, ledger, commits: this.#commits, epoch, writer, calls: this.#calls, clock, report },
        answered: () => this.#changed(),
        replaced: () => this.#replaced(),
      });
      if (this.#state !== 'replaced') await exchange.follow(resumed.rev);
      if (!link.isOpen || this.#state === 'replaced' || this.#state === 'ended')
        throw new Error('the connection ended');
      this.#settle(resumed);
    } catch (error) {
      exchange?.end();
      link.close();
      throw error;
    } finally {
      stopLate();
      this.#opening = undefined;
    }
    this.#stopPatience();
    this.#link = link;
    this.#exchange = exchange;
    this.#since = clock.now();
    exchange.open();
    this.#changed();
  }

  /** What a link left without an answer: it was done, or it goes before all others now. */
  #settle({ answered, answer }: Resumed): void {
    const unsure = this.#unsure;
    this.#unsure = undefined;
    if (!unsure) return;
    if (answered !== unsure.number || !answer) {
      this.#again(unsure.commits);
      return;
    }
    const { revs } = answerOf(answer);
    const revOf = (at: number): number | null | undefined => revs[unsure.units.length + at];
    this.#commits.putBack(unsure.commits.filter((_, at) => revOf(at) === WAITS));
    for (const [at, { resolve, refuse }] of unsure.commits.entries()) {
      const g = revOf(at);
      if (g === WAITS) continue;
      if (typeof g === 'number') resolve(this.#parts.ledger.revisions.localOf(g));
      else refuse(new Stale());
    }
  }

  /** What was not done is tried once more: what ends a connection each time would end every one. */
  #again(commits: readonly AskedCommit[]): void {
    for (const { refuse } of commits.filter((commit) => this.#tried.has(commit))) refuse(refusal());
    this.#commits.putBack(commits.filter((commit) => !this.#tried.has(commit)));
    for (const commit of commits) this.#tried.add(commit);
  }

  #lost(link: Link): void {
    if (!this.#exchange || link !== this.#link) return;
    this.#unsure = this.#exchange.end();
    this.#calls = this.#exchange.calls;
    this.#link = undefined;
    this.#exchange = undefined;
    if (this.#state !== 'open') return;
    const { ledger, clock } = this.#parts;
    ledger.notes.lost();
    const unsure = this.#unsure;
    if (unsure) this.#timers.after(UNSURE_MS, () => unsure === this.#unsure && this.#giveUpUnsure());
    this.#stopPatience = this.#timers.after(PATIENCE_MS, () => {
      this.#away('CONNECT_TIMEOUT');
      this.#commits.refuseAll();
    });
    if (clock.now() - this.#since < USEFUL_MS) this.#retryLater();
    else void this.#retry();
  }

  /** Tries for ever. After the first failure the database counts as away. */
  async #retry(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      if (this.#state === 'ended' || this.#state === 'replaced') return;
      this.#away(codeOf(error));
      this.#retryLater();
      return;
    }
    this.#failures = 0;
    if (this.#state === 'away') this.#parts.report('store.back');
    this.#state = 'open';
    this.#changed();
  }

  /** From now on what is asked is refused. */
  #away(code: string): void {
    if (this.#state !== 'open') return;
    this.#state = 'away';
    this.#parts.report('store.away', { code });
    this.#changed();
  }

  #retryLater(): void {
    this.#timers.after(
      BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)] as number,
      () => void this.#retry(),
    );
    this.#failures += 1;
  }

  /** What was asked is refused. */
  #giveUp(): void {
    this.#commits.refuseAll();
    this.#giveUpUnsure();
  }

  /** Of what was on its way nobody knows; if it was done, the feed will tell it. */
  #giveUpUnsure(): void {
    for (const { refuse } of this.#unsure?.commits ?? []) refuse(notKnown());
    this.#unsure = undefined;
    this.#changed();
  }

  /** Another store was put in the place of the one that was opened. What is held here is void: only a new start helps. */
  #replaced(): void {
    if (this.#state === 'replaced') return;
    this.#state = 'replaced';
    this.#parts.report('store.replaced');
    this.#link?.close();
    this.#giveUp();
    this.#parts.replaced();
  }

  async #patiently<T>(question: (link: Link) => Promise<T>): Promise<T> {
    const { clock } = this.#parts;
    const end = clock.now() + PATIENCE_MS;
    this.#questions += 1;
    try {
      for (let isLast = false; ; ) {
        const link = await this.#linked();
        try {
          return await question(link);
        } catch (error) {
          if (!isFault(error)) throw error;
          if (isCrowded(error) && clock.now() < end) {
            await new Promise<void>((resolve) => clock.after(CROWDED_MS, resolve));
          } else {
            if (isLast || !isOfConnection(error)) throw unread(error);
            isLast = true;
          }
        }
      }
    } finally {
      this.#questions -= 1;
      this.#changed();
    }
  }

  async #linked(): Promise<Link> {
    while (!this.#link) {
      if (this.#state !== 'open') throw unread();
      await this.change();
    }
    return this.#link;
  }

  #changed(): void {
    const watching = [...this.#watching];
    this.#watching.clear();
    for (const changed of watching) changed();
  }
}

async function resume(sql: Sql, { daemon, generation }: Writer): Promise<Resumed> {
  const [line] = await sql<{ resumed: string }[]>`select rollcall.resume_1(${daemon}, ${generation}) as resumed`;
  return JSON.parse((line as { resumed: string }).resumed) as Resumed;
}
