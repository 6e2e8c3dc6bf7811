// Daemons that ask errands of each other while they die, are cut off from each other, hand their duties around and give up waiting: whatever
// happens, an errand is done once or not at all, and its asker is told nothing that is not so.
import { expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { Leftovers } from '../../src/service/leftovers.ts';
import { type Dice, diceOf } from '../faults/dice.ts';
import { ErrandDaemon, errandRows } from '../support/errands-house.ts';
import { FakeClusters } from '../support/fake-cluster.ts';
import { HandClock } from '../support/hand-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

const SEEDS = 150;
const STEPS = 80;
const TIMEOUT_MS = 5000;

interface Asked {
  readonly n: number;
  /** Times it was begun. */
  begun: number;
  outcome: 'waiting' | 'done' | 'undone' | 'unknown' | 'refused';
}

class World {
  readonly store = new MemoryStore();
  readonly clusters = new FakeClusters();
  readonly living: ErrandDaemon[] = [];
  readonly asked: Asked[] = [];
  readonly #dice: Dice;
  #names = 0;
  /** Answers of work that is under way. */
  readonly #working: (() => void)[] = [];

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  join(): void {
    this.#names += 1;
    const clock = new HandClock(this.#dice.chance(0.2) ? '2026-01-05T07:59:00.000Z' : undefined);
    const daemon = new ErrandDaemon(this.store, this.clusters, `daemon${this.#names}`, { clock });
    daemon.errands.handle('count', (params) => this.#count(params as { n: number }));
    this.living.push(daemon);
  }

  ask(daemon: ErrandDaemon): void {
    const one: Asked = { n: this.asked.length, begun: 0, outcome: 'waiting' };
    this.asked.push(one);
    daemon.errands.ask('', 'count', { n: one.n }, { timeoutMs: TIMEOUT_MS }).then(
      (result) => {
        expect(result).toEqual({ counted: one.n });
        one.outcome = 'done';
      },
      (error: unknown) => {
        one.outcome = outcomeOf(error as Failure);
      },
    );
  }

  async #count({ n }: { n: number }): Promise<object> {
    const one = this.asked[n] as Asked;
    one.begun += 1;
    if (this.#dice.chance(0.5)) await new Promise<void>((resolve) => this.#working.push(resolve));
    if (this.#dice.chance(0.2)) throw new Failure('conflict', 'was done before');
    return { counted: n };
  }

  finishWork(): void {
    for (const finish of this.#working.splice(0)) finish();
  }

  step(): void {
    const dice = this.#dice;
    const daemon = this.living.length > 0 ? dice.pick(this.living) : undefined;
    const chance = dice.below(100);
    if (!daemon || (chance < 5 && this.living.length < 4)) this.join();
    else if (chance < 45) this.ask(daemon);
    else if (chance < 50) {
      this.living.splice(this.living.indexOf(daemon), 1);
      daemon.die();
    } else if (chance < 55) daemon.cluster.cut();
    else if (chance < 65) daemon.cluster.heal();
    else if (chance < 75) daemon.cluster.setPbx(dice.chance(0.5));
    else if (chance < 85) daemon.clock.pass(dice.below(TIMEOUT_MS));
    else if (chance < 95) this.finishWork();
    else {
      this.living.splice(this.living.indexOf(daemon), 1);
      daemon.errands.stop();
      void daemon.cluster.leave();
    }
  }
}

function outcomeOf({ code, message }: Failure): Asked['outcome'] {
  if (code === 'conflict') return 'done';
  if (code === 'storage' || message === 'the daemon is stopping') return 'refused';
  expect(code).toBe('pbx_away');
  return message.endsWith('nothing was done') ? 'undone' : 'unknown';
}

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('an errand is done once or not at all, and its asker is told nothing that is not so', async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const dice = diceOf(seed);
    const world = new World(dice);
    for (let step = 0; step < STEPS; step += 1) {
      world.step();
      for (let turns = dice.below(3); turns > 0; turns -= 1)
        await (dice.chance(0.5) ? turnOfLoop() : Promise.resolve());
    }
    const dead = new Set(world.asked.filter(({ outcome }) => outcome === 'waiting'));
    for (const { cluster } of world.living) cluster.heal();
    for (let round = 0; round < 4; round += 1) {
      world.finishWork();
      await turnOfLoop();
      for (const { clock } of world.living) clock.pass(TIMEOUT_MS);
      await turnOfLoop();
    }
    for (const { n, begun, outcome } of world.asked) {
      seen.add(`${outcome} ${begun}`);
      expect({ seed, n, begun, outcome }).toEqual({
        seed,
        n,
        begun: outcome === 'done' ? 1 : Math.min(begun, 1),
        outcome,
      });
      if (outcome === 'undone' || outcome === 'refused') expect({ seed, n, begun }).toEqual({ seed, n, begun: 0 });
    }
    await clearedAway(world, dead.size);
  }
  expect([...seen].sort()).toEqual([
    'done 1',
    'refused 0',
    'undone 0',
    'unknown 0',
    'unknown 1',
    'waiting 0',
    'waiting 1',
  ]);
});

/** Rows of the living are gone by themselves, those of the dead by the house duty. */
async function clearedAway({ store, living, clusters }: World, dead: number): Promise<void> {
  const names = living.map(({ cluster }) => cluster.daemon);
  const left = Object.keys(errandRows(store));
  expect(left.filter((id) => names.some((name) => id.startsWith(`${name} `)))).toEqual([]);
  expect(left.length).toBeLessThanOrEqual(dead);
  const keeper = new ErrandDaemon(store, clusters, 'keeper');
  const leftovers = new Leftovers({ store, cluster: keeper.cluster, clock: keeper.clock });
  leftovers.start();
  keeper.clock.pass(12_000);
  expect(errandRows(store)).toEqual({});
  leftovers.stop();
}
