// What the commands expect of the rest of the program. src/cli/lazy-parts.ts provides it; tests provide doubles.
import type { Operations } from '../service/operations.ts';
import type { Report } from '../service/report.ts';
import type { Settings } from '../settings/settings.ts';

export interface LoadedSettings {
  readonly settings: Settings;
  /** The file they came from; undefined when none was found and the defaults hold. */
  readonly file: string | undefined;
}

/** A daemon that is up. */
export interface Daemon {
  readonly report: Report;
  /** Takes over what can change without a restart. */
  reload(settings: Settings): Promise<void>;
  /** Ends cleanly: clients told, store closed, lock given back. */
  stop(): Promise<void>;
}

/** The operations on a store that no daemon holds. */
export interface Offline {
  readonly operations: Operations;
  close(): Promise<void>;
}

export interface Parts {
  readonly version: string;
  /** Rejects with SettingsError. */
  loadSettings(configFile: string | undefined): Promise<LoadedSettings>;
  /** Rejects with OperatorError: port in use, folder locked or not writable, damaged data. */
  runDaemon(settings: Settings): Promise<Daemon>;
  /** Rejects with OperatorError: folder locked or not writable, damaged data. */
  openOffline(settings: Settings): Promise<Offline>;
}
