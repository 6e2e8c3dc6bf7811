// The call history of every extension: what the PBX tells of calls is kept, named for the owner, and dropped when it is old.
import type { Access } from './access.ts';
import type { PbxCalls } from './calls-port.ts';
import type { Clock } from './clock.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';

export interface CallHistoryParts {
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly calls: PbxCalls;
  readonly clock: Clock;
  readonly report: Report;
  readonly sha256: (text: string) => string;
  /** What is kept of each extension's history; whichever is reached first. */
  readonly keep: { readonly count: number; readonly days: number };
}

export class CallHistory {
  readonly parts: CallHistoryParts;

  constructor(parts: CallHistoryParts) {
    this.parts = parts;
  }

  /** Gives the watcher the calls that went on when the daemon last ran, and listens; before the link comes up. */
  start(): void {}

  /** Resolves when what was told is written. */
  async stop(): Promise<void> {}
}
