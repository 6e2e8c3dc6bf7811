// Opens the store that the settings name, with the lock on its folder; part of building the daemon and of commands without one.
import type { Lifetime } from './main-lifetime.ts';
import { systemClock } from './service/clock.ts';
import { OperatorError } from './service/operator-error.ts';
import type { Report } from './service/report.ts';
import type { Store } from './service/store.ts';
import type { Settings } from './settings/settings.ts';
import { openFilesStore } from './store/files/files-store.ts';
import { lockFolder } from './store/lock.ts';

export async function openStore(settings: Settings, report: Report, lifetime: Lifetime): Promise<Store> {
  if (settings.store.kind !== 'files') {
    throw new OperatorError(`store.kind ${settings.store.kind} is not available in this version: use files`);
  }
  const lock = await lockFolder(settings.data);
  lifetime.add(() => lock.release());
  const store = await openFilesStore({
    folder: settings.data,
    clock: systemClock,
    report,
    lastDigits: settings.lookup.lastDigits,
  });
  lifetime.add(() => store.close());
  return store;
}
