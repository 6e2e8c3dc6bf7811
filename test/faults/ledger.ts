// The books kept over a writing process from outside: what it tried, what was acknowledged, what its feed told. When the store
// was opened again, it judges what is there. Knows lines alone, no process and no disk.
import { counterOf, writerOf } from './edits.ts';
import type { Line, WriteLine } from './lines.ts';
import { differences, type HeldRow, heldRow, keyOf, Mirror } from './mirror.ts';

const FAULTS = 10;

interface Attempt {
  readonly writer: number;
  readonly n: number;
  readonly writes: readonly WriteLine[];
  readonly batch: boolean;
  /** What was told of a batch, and the revisions of its rows. */
  readonly slices: WriteLine[];
  readonly revs: Map<string, number>;
  /** `seen`: acknowledged, or told in part or whole; `doubtful`: refused by a store whose disk is broken. */
  state: 'open' | 'seen' | 'refused' | 'doubtful';
  rev?: number;
}

/** How much was seen in all lives. */
export type Tally = Record<
  'lives' | 'acknowledged' | 'told' | 'refused' | 'snapshots' | 'tailsCut' | 'resumed' | 'reset',
  number
>;

export class Ledger {
  readonly tally: Tally = {
    lives: 0,
    acknowledged: 0,
    told: 0,
    refused: 0,
    snapshots: 0,
    tailsCut: 0,
    resumed: 0,
    reset: 0,
  };
  /** What was wrong, in words. */
  readonly faults: string[] = [];
  readonly #mirror = new Mirror();
  /** What the store held when it was opened last. */
  #settled = new Map<string, HeldRow>();
  #found = new Map<string, HeldRow>();
  #attempts = new Map<number, Attempt[]>();
  #highest = 0;
  /** Of each noted row, what has to be there: what was noted while the disk took what was written. */
  #noted = new Map<string, number>();
  #takesNotes = true;
  /** The power is off: what is heard from now on may be true or not. */
  #isCut = false;

  /** What the feed told last; whoever holds it asks for the changes since. */
  get cursor(): number | null {
    return this.#mirror.rev ?? null;
  }

  /** From now on only what may have happened is taken. Notes that no commit followed may be lost. */
  cut(): void {
    this.#isCut = true;
    this.#noted.clear();
  }

  take(line: Line): void {
    if ('try' in line) this.#try(line);
    else if ('row' in line) this.#row(...line.row);
    else if (this.#isCut) return;
    else if ('changed' in line) this.#changed(line);
    else if ('open' in line) this.#open(line.open);
    else if ('done' in line) this.#done(line.done, line.rev);
    else if ('refused' in line) this.#refused(line.refused, line.sure);
    else if ('told' in line) this.#told(line);
    else if ('noted' in line && this.#takesNotes) this.#noted.set(line.noted, line.n);
    else if ('report' in line) this.#report(line.report);
    else if ('wrong' in line) this.#fault(line.wrong);
  }

  /** The process is gone: the next one begins. */
  end(): void {
    this.#isCut = false;
    this.#found = new Map();
  }

  /** One cause may have many effects: some are enough. */
  #fault(...texts: readonly string[]): void {
    this.faults.push(...texts.slice(0, FAULTS - this.faults.length));
  }

  #try({ try: [writer, n], writes, batch }: Extract<Line, { try: unknown }>): void {
    const attempts = this.#attempts.get(writer) ?? [];
    attempts.push({ writer, n, writes, batch, slices: [], revs: new Map(), state: 'open' });
    this.#attempts.set(writer, attempts);
  }

  #attempt(writer: number, n: number): Attempt | undefined {
    return this.#attempts.get(writer)?.findLast((attempt) => attempt.n === n);
  }

  #row(table: string, id: string, rev: number, value: object): void {
    this.#found.set(keyOf(table, id), heldRow(table, id, rev, value));
  }

  #done([writer, n]: readonly [number, number], rev: number): void {
    const attempt = this.#attempt(writer, n);
    if (attempt?.state !== 'seen') {
      this.#fault(`commit ${n} of writer ${writer} was acknowledged before the feed told it`);
    } else if (attempt.rev !== rev) {
      this.#fault(`commit ${n} of writer ${writer} was acknowledged as ${rev} and told as ${attempt.rev}`);
    }
    this.tally.acknowledged += 1;
  }

  #refused([writer, n]: readonly [number, number], sure: boolean): void {
    const attempt = this.#attempt(writer, n);
    if (attempt?.state === 'seen') this.#fault(`commit ${n} of writer ${writer} was told and then refused`);
    else if (attempt) attempt.state = sure ? 'refused' : 'doubtful';
    this.tally.refused += 1;
  }

  #told(line: Extract<Line, { told: number }>): void {
    this.tally.told += 1;
    this.#fault(...this.#mirror.tell(line));
    this.#highest = Math.max(this.#highest, line.told);
    const counter = line.writes.find(([table]) => table === 'statuses');
    if (!counter) {
      this.#slice(line);
      return;
    }
    const [, id, value] = counter;
    const attempt = this.#attempt(Number(id.split(' ')[1]), (value as { n: number }).n);
    const writes = [...(attempt?.slices ?? []), ...line.writes.map(([table, key, put]) => [table, key, put])];
    if (!attempt || JSON.stringify(writes) !== JSON.stringify(attempt.writes)) {
      this.#fault(`revision ${line.told} was told with rows that nobody wrote`);
      return;
    }
    attempt.state = 'seen';
    attempt.rev = line.told;
  }

  /** A slice of a batch; its rows say whose. Once one was told, all of the batch has to be there. */
  #slice({ told, writes }: Extract<Line, { told: number }>): void {
    const [table, first = ''] = writes[0] ?? [];
    if (table === 'presence') return;
    const attempt = this.#attempts.get(writerOf(first))?.at(-1);
    if (!attempt?.batch) {
      this.#fault(`revision ${told} was told with rows that nobody wrote`);
      return;
    }
    attempt.state = 'seen';
    for (const [of, id, value] of writes) {
      attempt.slices.push([of, id, value]);
      attempt.revs.set(keyOf(of, id), told);
    }
  }

  #report(event: string): void {
    if (event === 'store.snapshot') this.tally.snapshots += 1;
    if (event === 'store.tail_cut') this.tally.tailsCut += 1;
    if (event === 'store.opened' || event === 'store.recovered') this.#takesNotes = true;
    if (event === 'store.full' || event === 'store.refused') this.#takesNotes = false;
    if (event !== 'store.failed') return;
    // What was written since the last sync is taken back, notes too.
    this.#takesNotes = false;
    this.#noted.clear();
  }

  #changed(line: Extract<Line, { changed: unknown }>): void {
    this.#mirror.change(line);
    if (line.table === 'statuses') this.tally[line.changed.reset ? 'reset' : 'resumed'] += 1;
  }

  /** Judges what was found, and goes on from it. */
  #open(rev: number): void {
    const expected = new Map(this.#settled);
    for (const [id, n] of this.#noted) expected.set(keyOf('presence', id), heldRow('presence', id, Number.NaN, { n }));
    for (const attempts of this.#attempts.values()) this.#replay(attempts, expected);
    for (const [key, row] of this.#found) this.#meet(expected, key, row);
    const wrong = differences(expected, this.#found);
    const mirrored = this.#mirror.rev === undefined ? [] : differences(this.#mirror.rows, this.#found);
    this.#fault(...wrong, ...mirrored.map((text) => `who asked for changes since the last told revision: ${text}`));
    this.#settled = new Map(this.#found);
    this.#mirror.become(this.#found, rev);
    this.#highest = Math.max(this.#highest, rev);
    this.#attempts = new Map();
    this.tally.lives += 1;
  }

  /** Writes to `rows` what of one writer's attempts must be there, given how far its counter came. */
  #replay(attempts: readonly Attempt[], rows: Map<string, HeldRow>): void {
    const first = attempts[0] as Attempt;
    const counter = this.#found.get(keyOf('statuses', counterOf(first.writer)));
    const found = counter ? (JSON.parse(counter.text) as { n: number }).n : 0;
    const seen = attempts.findLast(({ state }) => state === 'seen')?.n ?? 0;
    if (found < seen) this.#fault(`writer ${first.writer}: commit ${seen} was acknowledged, found is ${found}`);
    for (const { n, state, writes, revs, rev } of attempts) {
      if (n > Math.max(found, seen) || state === 'refused') continue;
      for (const [table, id, value] of writes) {
        const key = keyOf(table, id);
        if (value === null) rows.delete(key);
        else rows.set(key, heldRow(table, id, revs.get(key) ?? rev ?? Number.NaN, value));
      }
    }
  }

  /** Accepts the revision of a found row where it may differ, and a noted row that is new enough. */
  #meet(expected: Map<string, HeldRow>, key: string, row: HeldRow): void {
    if (row.table === 'presence') {
      const { n } = JSON.parse(row.text) as { n: number };
      const settled = this.#settled.get(key);
      const least = Math.max(this.#noted.get(row.id) ?? 0, settled ? (JSON.parse(settled.text) as { n: number }).n : 0);
      if (n < least) this.#fault(`note ${least} of ${key} is lost, found is ${n}`);
      expected.set(key, row);
      return;
    }
    // A commit whose effect was not yet written down gets a revision above all that were given.
    const known = expected.get(key);
    if (known && (row.rev > this.#highest || Number.isNaN(known.rev))) expected.set(key, { ...known, rev: row.rev });
  }
}
