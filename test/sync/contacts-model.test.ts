// Contacts under rules that change, over many clients, slow sockets, late stores and restarts: what each client holds in the end is
// what the rules give it, and nothing was ever written to it that it might not see in that moment.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { systemClock } from '../../src/service/clock.ts';
import type { Store } from '../../src/service/store.ts';
import { openFilesStore } from '../../src/store/files/files-store.ts';
import { memoryPlace, playSteps } from './contacts-model/judge.ts';
import { OLD_FAILURES } from './contacts-model/old-failures.ts';
import type { Place } from './contacts-model/play.ts';
import { step } from './contacts-model/steps.ts';

const RUNS = Number(process.env['ROLLCALL_MODEL_RUNS'] ?? 60);

test.each(OLD_FAILURES)('what went wrong once: $what', ({ steps }) => playSteps(steps, memoryPlace()));

describe('S1 to S11: whatever is written, moved, marked, granted, revoked, dropped, resumed and restarted', () => {
  test('each copy ends as the rules have it, and nothing hidden was ever sent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => playSteps(steps, memoryPlace())),
      { numRuns: RUNS, endOnFailure: process.env['ROLLCALL_MODEL_SHRINK'] === undefined },
    );
  }, 600_000);

  test('over the store of files, opened again at each restart', async () => {
    const folders: string[] = [];
    const filesPlace = (): Place => {
      const folder = mkdtempSync(join(tmpdir(), 'rollcall-model-'));
      folders.push(folder);
      const open = (): Promise<Store> => openFilesStore({ folder, clock: systemClock, report: () => undefined });
      return { open, close: (store) => store.close() };
    };
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => playSteps(steps, filesPlace())),
        { numRuns: Math.ceil(RUNS / 6), endOnFailure: true },
      );
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  }, 600_000);
});
