// Times in which nobody watched the calls: filled from the PBX's call records where there are any, else told to clients as unknown.
import type { Access } from './access.ts';
import type { CallRecords, PbxCalls } from './calls-port.ts';
import type { Clock } from './clock.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';

export interface CallGapsParts {
  readonly store: Store;
  readonly access: Access;
  readonly calls: PbxCalls;
  /** Absent: the PBX's records are not to be had. */
  readonly records: CallRecords | undefined;
  /** The extensions of whose phones a device is one. */
  readonly extensionsOf: (device: string) => readonly string[];
  readonly clock: Clock;
  readonly report: Report;
  readonly sha256: (text: string) => string;
  /** Gaps that lie further back than this are forgotten, as the history is. */
  readonly days: number;
}

export class CallGaps {
  readonly parts: CallGapsParts;

  constructor(parts: CallGapsParts) {
    this.parts = parts;
  }

  start(): void {}

  async stop(): Promise<void> {}
}
