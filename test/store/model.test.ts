// Random histories of commits, batches, notes, snapshots, restarts, kills and power cuts: no acknowledged commit is lost, and every
// client ends with what the store holds, whatever cursor it comes with.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Guard, isLarge, Stale, type Table, type Write } from '../../src/service/store.ts';
import { contactValue } from '../contracts/large-tables.ts';
import { BOOKS_USED, CommandModel, IDS_USED, TABLES_USED } from './support/command-model.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

type Step =
  | { readonly do: 'commit' | 'ask'; readonly writes: readonly Write[]; readonly free: string | null }
  | { readonly do: 'note' | 'batch'; readonly writes: readonly Write[] }
  | { readonly do: 'read'; readonly book: string | undefined }
  | { readonly do: 'look'; readonly table: Table }
  | { readonly do: 'turn' | 'second' | 'snapshot' | 'reopen' | 'kill' | 'cut' };

const table = fc.constantFrom(...TABLES_USED);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.record({ n: fc.nat(), text: fc.string({ unit: 'grapheme', maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const id = fc.constantFrom(...IDS_USED);
const write: fc.Arbitrary<Write> = fc.record({ table, id, value });
const book = fc.constantFrom(...BOOKS_USED);
const contact: fc.Arbitrary<Write> = fc.record({
  table: fc.constant('contacts' as const),
  id,
  value: fc.oneof(
    { weight: 3, arbitrary: fc.tuple(book, fc.nat()).map(([scope, n]) => contactValue(scope, { n })) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
});
const someOf = (one: fc.Arbitrary<Write>) => fc.array(one, { minLength: 1, maxLength: 4 });
const free = fc.option(id, { freq: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('commit', 'ask'), writes: someOf(fc.oneof(write, contact)), free }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('note'), writes: someOf(write) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('batch'), writes: someOf(fc.oneof(write, contact)) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read'), book: fc.option(book, { nil: undefined }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('look'), table }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('turn', 'turn', 'turn', 'second', 'snapshot', 'reopen', 'kill', 'kill', 'cut', 'cut'),
    }),
  },
);

class Session {
  readonly #model = new CommandModel();
  readonly #disk = new FaultyDisk();
  readonly #clock = new HandClock();
  readonly #choose: (below: number) => number;
  #folder = newFolder();
  #store: OpenedStore | undefined;
  readonly #asked: Promise<unknown>[] = [];

  constructor(choose: (below: number) => number) {
    this.#choose = choose;
  }

  async open(): Promise<void> {
    this.#store = await openStore(this.#folder, { disk: this.#disk, clock: this.#clock, removalsKept: 1 });
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.open();
    await this.#model.follow(this.#own);
    for (const one of steps) await this.#do(one);
    await this.#model.checkClients(this.#own);
    await this.#own.close();
    await Promise.all(this.#asked);
  }

  get #own(): OpenedStore {
    if (!this.#store) throw new Error('not open');
    return this.#store;
  }

  async #do(one: Step): Promise<void> {
    if (one.do === 'note') this.#model.noting(() => this.#own.note(one.writes));
    else if (one.do === 'batch') await this.#batch(one.writes);
    else if (one.do === 'ask' || one.do === 'commit') await this.#commit(one);
    else if (one.do === 'read') await this.#model.read(this.#own, one.book);
    else if (one.do === 'look') this.#model.look(this.#own, one.table);
    else if (one.do === 'kill' || one.do === 'cut') await this.#crash(one.do);
    else if (one.do === 'reopen') await this.#reopen();
    else if (one.do === 'second') this.#clock.advance(1000);
    else if (one.do === 'snapshot') this.#clock.advance(10_000);
    else {
      await turn();
      this.#model.turned();
    }
  }

  async #commit({ do: how, writes, free: freeId }: Extract<Step, { do: 'commit' | 'ask' }>): Promise<void> {
    const guards: Guard[] = freeId === null ? [] : [{ table: 'contacts', id: freeId, rev: null }];
    this.#model.asked(writes, guards);
    const commit = this.#own.commit(writes, guards).catch((error: unknown) => {
      if (!(error instanceof Stale)) throw error;
    });
    if (how === 'commit') await commit;
    else this.#asked.push(commit);
  }

  /** So few rows are one slice, and those of small tables another. */
  async #batch(writes: readonly Write[]): Promise<void> {
    for (const part of [writes.filter((one) => isLarge(one.table)), writes.filter((one) => !isLarge(one.table))]) {
      if (part.length > 0) this.#model.asked(part, []);
    }
    await this.#own.commitMany(writes);
  }

  async #reopen(): Promise<void> {
    await this.#own.close();
    const before = TABLES_USED.map((name) => [...this.#own.changes(name, null).rows]);
    await this.open();
    expect(TABLES_USED.map((name) => this.#own.changes(name, null).rows)).toEqual(before);
    await this.#model.checkClients(this.#own);
    await this.#model.follow(this.#own);
  }

  async #crash(how: 'kill' | 'cut'): Promise<void> {
    const left = how === 'kill' ? copyOf(this.#folder) : this.#disk.copyAfterPowerCut(this.#folder, this.#choose);
    this.#disk.settle(left);
    const dead = this.#own;
    this.#model.leave();
    const found = await openStore(copyOf(left));
    await this.#model.checkAfterCrash(found, how === 'kill' ? 'killed' : 'cut');
    await found.close();
    this.#folder = left;
    await this.open();
    await this.#model.checkAfterCrash(this.#own, how === 'kill' ? 'killed' : 'cut');
    await this.#model.checkClients(this.#own);
    await this.#model.follow(this.#own);
    await dead.close();
  }
}

it('whatever happens, commits stay and clients end with what the store holds', async () => {
  const runs = Number(process.env['ROLLCALL_MODEL_RUNS'] ?? 150);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.infiniteStream(fc.nat()), async (steps, numbers) => {
      const choose = (below: number): number => (numbers.next().value ?? 0) % below;
      await new Session(choose).run(steps);
    }),
    { numRuns: runs },
  );
}, 600_000);
