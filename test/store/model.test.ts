// Random histories of commits, notes, snapshots, restarts, kills and power cuts: no acknowledged commit is lost, and every
// client ends with what the store holds, whatever cursor it comes with.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Table, Write } from '../../src/service/store.ts';
import { CommandModel, TABLES_USED } from './support/command-model.ts';
import { FaultyDisk } from './support/faulty-disk.ts';
import { HandClock } from './support/hand-clock.ts';
import { copyOf, newFolder, type OpenedStore, openStore, turn } from './support/places.ts';

type Step =
  | { readonly do: 'commit' | 'ask' | 'note'; readonly writes: readonly Write[] }
  | { readonly do: 'look'; readonly table: Table }
  | { readonly do: 'turn' | 'second' | 'snapshot' | 'reopen' | 'kill' | 'cut' };

const table = fc.constantFrom(...TABLES_USED);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.record({ n: fc.nat(), text: fc.string({ unit: 'grapheme', maxLength: 20 }) }) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const write: fc.Arbitrary<Write> = fc.record({ table, id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), value });
const writes = fc.array(write, { minLength: 1, maxLength: 4 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('commit', 'ask', 'note'), writes }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('note'), writes }) },
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
    this.#model.follow(this.#own);
    for (const one of steps) await this.#do(one);
    this.#model.checkClients(this.#own);
    await this.#own.close();
    await Promise.all(this.#asked);
  }

  get #own(): OpenedStore {
    if (!this.#store) throw new Error('not open');
    return this.#store;
  }

  async #do(one: Step): Promise<void> {
    if (one.do === 'note') this.#model.noting(() => this.#own.note(one.writes));
    else if (one.do === 'ask' || one.do === 'commit') await this.#commit(one.writes, one.do === 'commit');
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

  async #commit(writes: readonly Write[], wait: boolean): Promise<void> {
    this.#model.asked(writes);
    const commit = this.#own.commit(writes);
    if (wait) await commit;
    else this.#asked.push(commit);
  }

  async #reopen(): Promise<void> {
    await this.#own.close();
    const before = TABLES_USED.map((name) => [...this.#own.changes(name, null).rows]);
    await this.open();
    expect(TABLES_USED.map((name) => this.#own.changes(name, null).rows)).toEqual(before);
    this.#model.checkClients(this.#own);
    this.#model.follow(this.#own);
  }

  async #crash(how: 'kill' | 'cut'): Promise<void> {
    const left = how === 'kill' ? copyOf(this.#folder) : this.#disk.copyAfterPowerCut(this.#folder, this.#choose);
    this.#disk.settle(left);
    const dead = this.#own;
    this.#model.leave();
    const found = await openStore(copyOf(left));
    this.#model.checkAfterCrash(found, how === 'kill' ? 'killed' : 'cut');
    await found.close();
    this.#folder = left;
    await this.open();
    this.#model.checkAfterCrash(this.#own, how === 'kill' ? 'killed' : 'cut');
    this.#model.checkClients(this.#own);
    this.#model.follow(this.#own);
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
