// A short run of the fault trials of `npm run faults`: every loss is found there, and here the first. Power cuts and full disks mount
// file systems of their own: they need root, loop devices and /dev/fuse, and fail where these are missing.
import { describe, expect, it, vi } from 'vitest';
import { runCluster } from './cluster.ts';
import { runCuts } from './cuts.ts';
import { runErrors } from './errors.ts';
import { runFull } from './full.ts';
import { runKills } from './kills.ts';
import type { Outcome, TrialOptions } from './trial.ts';

vi.setConfig({ testTimeout: 300_000 });

/** Other faults each time; what is found names the seed. */
const options = (rounds: number): TrialOptions => ({
  rounds,
  seed: Math.floor(Math.random() * 1e9),
  progress: () => undefined,
  keep: true,
});

/** Nothing was wrong, and something was done that could have been. */
function expectSound({ faults, tally }: Outcome): void {
  expect(faults).toEqual([]);
  expect(tally.acknowledged).toBeGreaterThan(0);
}

describe('nothing that was acknowledged or told is lost', () => {
  it('when the process is killed at any moment', async () => {
    expectSound(await runKills(options(8)));
  });

  it('when the power goes at any moment', async () => {
    expectSound(await runCuts(options(3)));
  });

  it('when the disk is full, and writing goes on when there is room', async () => {
    const outcome = await runFull(options(2));
    expectSound(outcome);
    expect(outcome.counts).toMatchObject({ filled: 2, 'writing again': 2 });
    expect(outcome.tally.refused).toBeGreaterThan(0);
  });

  it('when one of three daemons on a database, or the database, is killed or cut off', async () => {
    expectSound(await runCluster(options(6)));
  });

  it('when writes and syncs fail', async () => {
    expectSound(await runErrors(options(3)));
  });
});

it('a store whose syncs do nothing is found out by power cuts', async () => {
  const { faults } = await runCuts({ ...options(2), seed: 1, keep: false, deaf: true });
  expect(faults).not.toEqual([]);
});
