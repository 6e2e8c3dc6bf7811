// Folders for stores under test, removed at the end, and a store opened in one with its reports kept.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Clock, systemClock } from '../../../src/service/clock.ts';
import type { ReportFields } from '../../../src/service/report.ts';
import type { Store } from '../../../src/service/store.ts';
import { type FilesStoreOptions, openFilesStore } from '../../../src/store/files/files-store.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-store-'));
  made.push(folder);
  return folder;
}

/** The folder as a process killed at this moment would leave it. */
export function copyOf(folder: string): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

type Reported = readonly [event: string, fields: ReportFields | undefined];
interface Reports {
  readonly reports: readonly Reported[];
  /** Resolves when the event was reported `times` times. */
  reported(event: string, times?: number): Promise<void>;
}
export type OpenedStore = Store & Reports;

/** Opens the folder's store; what it reports is in `reports`. */
export async function openStore(
  folder: string,
  options: Partial<FilesStoreOptions> & { readonly clock?: Clock } = {},
): Promise<OpenedStore> {
  const reports: Reported[] = [];
  const waiting = new Set<() => void>();
  const report = (event: string, fields?: ReportFields): void => {
    reports.push([event, fields]);
    for (const check of [...waiting]) check();
  };
  const store = await openFilesStore({ clock: systemClock, ...options, folder, report });
  const reported = (event: string, times = 1): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (reports.filter(([name]) => name === event).length < times) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return Object.assign(store, { reports, reported });
}

/** The names of what was reported, in order. */
export const eventsOf = (store: OpenedStore): string[] => store.reports.map(([event]) => event);

/** One turn of the event loop, in which the store writes what was told. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
