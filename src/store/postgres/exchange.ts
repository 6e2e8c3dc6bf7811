// What goes back and forth over one link: notes and commits are sent at the end of a turn, answers and what others wrote take effect in the
// order of the database's revisions. It ends with the link; what it leaves is taken up by the next one. Knows no table.
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import { isLarge, Stale } from '../../service/store.ts';
import { keyOf } from './backlog.ts';
import { Breath } from './breath.ts';
import { type Answer, call, sentRow, WAITS, type Writer } from './call.ts';
import { type AskedCommit, type Commits, refusal } from './commits.ts';
import { codeOf, isOfConnection } from './connect.ts';
import type { Ledger } from './ledger.ts';
import type { Link } from './link.ts';
import { news, type Page } from './news.ts';
import type { NoteUnit } from './notes.ts';
import { sentGuard } from './sent-guard.ts';
import { Timers } from './timers.ts';
import { type Place, tellUnreadable } from './unreadable.ts';

export interface ExchangeParts {
  readonly link: Link;
  readonly ledger: Ledger;
  readonly commits: Commits;
  /** Of the store as it was opened. */
  readonly epoch: string;
  readonly writer: Writer;
  /** Calls that were made over links before. */
  readonly calls: number;
  readonly clock: Clock;
  readonly report: Report;
  /** Called after each answer. */
  readonly answered: () => void;
  /** Called when the database is another one than before. */
  readonly replaced: () => void;
}

/** A call that has commits: one at a time is on its way. */
export interface CommitCall {
  readonly number: number;
  readonly units: readonly NoteUnit[];
  readonly commits: readonly AskedCommit[];
}

/** Calls of notes that may be on their way behind each other. */
const MOST_CALLS = 32;
/** Rows of notes that may be on their way: they keep others from writing for about a tenth of a second. */
const MOST_ROWS = 2000;
/** Of those that waited for the database. */
const MOST_LATE_ROWS = 1000;
/** The database is asked so often whether it is there and whether there is something new, and has so long to answer. */
const LOOK_MS = 2000;
const ANSWER_MS = 5000;
/** A call may take longer, since it waits for those of others. */
const CALL_MS = 15_000;
const TRY_AGAIN_MS = 1000;
/** Commits that wait for a batch are tried again so often. */
const HELD_MS = 50;
/** What the database gave up for another's sake is sent again so often without an answer between. */
const MOST_REPEATS = 5;

/** Faults for which another call was spared: a deadlock, a conflict. */
const PASSING = /^SQLSTATE_40/;
/** Faults of what was to be written: it would be refused each time. */
const OF_ROW = /^SQLSTATE_(22|23|54)/;

export class Exchange {
  readonly #parts: ExchangeParts;
  /** What was sent, in order: each is dealt with when all before it is. */
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #oldest: number | undefined;
  #calls: number;
  #commitCall: CommitCall | undefined;
  #commitKeys: Set<string> | undefined;
  /** Rows of notes on their way, and how many may be: fewer while one of them may be the fault of what was refused. */
  #rows = 0;
  #mostRows = MOST_ROWS;
  #repeats = 0;
  #isResting = false;
  #wanted = 0;
  #isOver = false;
  #isOpen = false;
  #isRefused = false;
  readonly #unreadable: (place: Place) => void;
  readonly #timers: Timers;

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.#calls = parts.calls;
    this.#unreadable = tellUnreadable(parts.report);
    this.#timers = new Timers(parts.clock);
  }

  /** Calls that were made up to now. */
  get calls(): number {
    return this.#calls;
  }

  /** Whether all that was gathered was sent and answered. */
  get isIdle(): boolean {
    return this.#underWay === 0;
  }

  /** From now on what is gathered is sent. */
  open(): void {
    this.#isOpen = true;
    this.flush();
    this.#lookLater();
  }

  /** Ends it, and returns the call with commits whose answer did not come. */
  end(): CommitCall | undefined {
    this.#isOver = true;
    this.#timers.end();
    return this.#commitCall;
  }

  /** Sends what was gathered. Commits wait while others are on their way. */
  flush(): void {
    const { ledger, commits } = this.#parts;
    if (!this.#isOpen || this.#isOver) return;
    const mayCommit = this.#commitCall === undefined;
    const { isApart } = commits;
    const units = [...this.#takeNotes()];
    const asked = mayCommit ? commits.take() : [];
    if (asked.length > 0) units.push(...ledger.notes.takeOf(keysOf(asked)));
    if (isApart && units.length > 0) this.#send(units, []);
    if (asked.length > 0 || (units.length > 0 && !isApart)) this.#send(isApart ? [] : units, asked);
  }

  /** Others have written up to this revision, as they say. */
  woken(g: number): void {
    if (!(g > this.#wanted)) return;
    this.#wanted = g;
    this.#lookNow();
  }

  /** Takes effect what others wrote up to revision `g`. Rejects as the library does. */
  async follow(g: number): Promise<void> {
    const { ledger, link } = this.#parts;
    while (ledger.newest < g && !this.#isOver) {
      const stop = this.#timers.after(CALL_MS, () => link.close());
      const page = await news(link.follower, this.#unreadable, ledger.newest, g).finally(stop);
      await this.#take(page);
    }
  }

  #takeNotes(): readonly NoteUnit[] {
    const { notes } = this.#parts.ledger;
    const most = this.#mostRows - this.#rows;
    if (this.#underWay >= MOST_CALLS || most <= 0) return [];
    if (!this.#isResting) notes.gatherWaiting(Math.min(this.#mostRows, MOST_LATE_ROWS));
    return notes.take((key) => this.#isHeld(key), most);
  }

  #isHeld(key: string): boolean {
    if (!this.#commitCall) return false;
    this.#commitKeys ??= new Set(this.#commitCall.commits.flatMap(({ writes }) => writes.map(keyOf)));
    return this.#commitKeys.has(key);
  }

  #send(units: readonly NoteUnit[], commits: readonly AskedCommit[]): void {
    const { ledger, link, writer } = this.#parts;
    this.#calls += 1;
    const sent: CommitCall = { number: this.#calls, units, commits };
    const size = units.reduce((sum, { rows }) => sum + Math.max(1, rows.length), 0);
    this.#rows += size;
    if (commits.length > 0) {
      this.#commitCall = sent;
      this.#commitKeys = undefined;
    }
    const parts = [
      ...units.map(({ rows }) => ({ rows: rows.map(sentRow), guards: null })),
      ...commits.map(({ rows, guards, sent: more = [] }) => ({
        rows,
        guards: [...more, ...guards.map((guard) => sentGuard(ledger, guard))],
      })),
    ];
    const answer = call(link.writer, writer, sent.number, parts, commits.length > 0);
    this.#inOrder(
      answer,
      (given) => {
        this.#rows -= size;
        return this.#answer(sent, given);
      },
      (error) => {
        this.#rows -= size;
        this.#failed(sent, error);
      },
    );
  }

  /** Deals with an answer of the writing connection when all that was sent there before is dealt with. */
  #inOrder<T>(answer: Promise<T>, take: (given: T) => Promise<void>, failed: (error: unknown) => void): void {
    const { clock, link, answered } = this.#parts;
    this.#underWay += 1;
    this.#oldest ??= clock.now();
    const outcome = answer.then(
      (given) => () => take(given),
      (error: unknown) => () => failed(error),
    );
    this.#last = this.#last.then(async () => {
      const act = await outcome;
      this.#oldest = undefined;
      try {
        if (!this.#isOver) await act();
      } catch {
        // What others wrote cannot be read: a new link tries again.
        link.close();
      }
      this.#underWay -= 1;
      this.#oldest = this.#underWay > 0 ? clock.now() : undefined;
      if (this.#isOver) return;
      this.flush();
      this.#lookNow();
      answered();
    });
  }

  async #answer(sent: CommitCall, { before, revs, was }: Answer): Promise<void> {
    await this.follow(before);
    const { ledger, report } = this.#parts;
    const replaced = new Map<string, number>();
    const breath = new Breath();
    const waiting: AskedCommit[] = [];
    let scopes = 0;
    for (const [at, g] of revs.entries()) {
      if (this.#isOver) return;
      const unit = sent.units[at];
      const commit = sent.commits[at - sent.units.length];
      if (unit) ledger.noted(g as number, unit);
      else if (commit && g === null) commit.refuse(new Stale());
      else if (commit && g === WAITS) waiting.push(commit);
      else if (commit && g !== null) {
        const count = commit.writes.filter(({ table }) => isLarge(table)).length;
        const local = ledger.commit(g, commit.writes, was.slice(scopes, scopes + count));
        commit.resolve(local);
        scopes += count;
        for (const write of commit.writes) replaced.set(keyOf(write), local);
      }
      await breath.taken();
    }
    if (sent.commits.length > 0) this.#commitEnded(replaced);
    this.#wait(waiting);
    if (sent.units.length > 0) this.#mostRows = Math.min(MOST_ROWS, 2 * this.#mostRows);
    this.#repeats = 0;
    if (!this.#isRefused || ledger.notes.isWaiting) return;
    report('store.recovered');
    this.#isRefused = false;
  }

  /** These go before all others when the batch that is taking effect may be through. */
  #wait(waiting: readonly AskedCommit[]): void {
    const { commits } = this.#parts;
    if (waiting.length === 0) return;
    commits.putBack(waiting);
    commits.hold();
    this.#timers.after(HELD_MS, () => {
      commits.release();
      this.flush();
    });
  }

  /** Notes that waited for the answer go on, but for those to rows that were written after them. */
  #commitEnded(replaced: ReadonlyMap<string, number>): void {
    this.#commitCall = undefined;
    this.#parts.ledger.notes.release(replaced);
  }

  /** The database did not do it, or the connection is lost. */
  #failed(sent: CommitCall, error: unknown): void {
    const { ledger, link, commits: waiting } = this.#parts;
    const { units, commits } = sent;
    if (isOfConnection(error)) {
      link.close();
      return;
    }
    if (commits.length === 0) {
      this.#notesFailed(units, error);
      return;
    }
    for (const unit of units) ledger.notes.refused(unit);
    this.#commitEnded(new Map());
    if (this.#isToRepeat(error)) waiting.putBack(commits);
    else if (commits.length > 1 || units.length > 0) waiting.putBack(commits, true);
    else {
      this.#reportRefused(error);
      for (const { refuse } of commits) refuse(refusal(error));
    }
  }

  /** What is refused is tried again in halves, until the row whose fault it is goes alone. A fault of the database gets some time to pass. */
  #notesFailed(units: readonly NoteUnit[], error: unknown): void {
    const { ledger, report } = this.#parts;
    const rows = units.flatMap((unit) => unit.rows);
    const isOfRow = OF_ROW.test(codeOf(error));
    if (isOfRow && rows.length <= 1) {
      for (const unit of units) ledger.notes.done(unit);
      for (const { table } of rows) report('store.note_refused', { table, code: codeOf(error) });
      return;
    }
    for (const unit of units) ledger.notes.refused(unit);
    if (this.#isToRepeat(error)) return;
    this.#mostRows = Math.max(1, Math.floor(Math.min(this.#mostRows, rows.length) / 2));
    if (isOfRow) return;
    this.#reportRefused(error);
    this.#isResting = true;
    this.#timers.after(TRY_AGAIN_MS, () => {
      this.#isResting = false;
      this.flush();
    });
  }

  /** Whether the same, sent again at once, may go well. */
  #isToRepeat(error: unknown): boolean {
    if (!PASSING.test(codeOf(error))) return false;
    this.#repeats += 1;
    return this.#repeats <= MOST_REPEATS;
  }

  #reportRefused(error: unknown): void {
    if (!this.#isRefused) this.#parts.report('store.database_refused', { code: codeOf(error) });
    this.#isRefused = true;
  }

  #lookNow(): void {
    if (this.#isOpen && !this.#isOver && this.#underWay === 0 && this.#wanted > this.#parts.ledger.newest)
      void this.#look();
  }

  /** What others wrote, asked for behind all that was sent: so what is not older than the newest here is of others. */
  #look(): Promise<unknown> {
    const { link, ledger } = this.#parts;
    const asked = news(link.writer, this.#unreadable, ledger.newest);
    const wanted = this.#wanted;
    this.#inOrder(
      asked,
      async (page) => {
        // Who wakes may say what is not so.
        if (this.#wanted === wanted) this.#wanted = Math.min(wanted, page.head);
        await this.#take(page);
        await this.follow(page.head);
      },
      () => link.close(),
    );
    return asked;
  }

  async #take({ head, epoch, gaps, revisions, upTo }: Page): Promise<void> {
    const { ledger } = this.#parts;
    if (this.#isOver) return;
    if (epoch !== this.#parts.epoch || head < ledger.newest) return this.#parts.replaced();
    ledger.skipped(gaps);
    const breath = new Breath();
    for (const { g, ...foreign } of revisions) {
      if (this.#isOver) return;
      if (g > ledger.newest) ledger.foreign(g, foreign);
      await breath.taken();
    }
    if (!this.#isOver) ledger.advance(upTo);
  }

  /** Looks whether the database is still there, and for what nobody told of. */
  #lookLater(): void {
    const { link, clock } = this.#parts;
    this.#timers.after(LOOK_MS, () => {
      const stuck = this.#oldest !== undefined && clock.now() - this.#oldest > CALL_MS;
      if (stuck) return link.close();
      const stop = this.#timers.after(ANSWER_MS, () => link.close());
      const asked = this.#underWay === 0 ? this.#look() : undefined;
      Promise.all([link.follower`select 1`, asked]).then(
        () => {
          stop();
          if (!this.#isOver) this.#lookLater();
        },
        () => link.close(),
      );
    });
  }
}

function* keysOf(commits: readonly AskedCommit[]): Generator<string> {
  for (const { writes, guards } of commits) for (const row of [...writes, ...guards]) yield keyOf(row);
}
