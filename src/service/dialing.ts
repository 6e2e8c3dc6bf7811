// Calls that users have the daemon make: checked against what they may call, put into their history, and ordered from the PBX.

import { Failure } from '../domain/failure.ts';
import type { Numbering } from '../domain/phone-number.ts';
import type { Access } from './access.ts';
import type { CallItem } from './call-row.ts';
import type { PbxCalls, PbxDialer } from './calls-port.ts';
import type { Clock } from './clock.ts';
import type { Lookup } from './lookup.ts';
import type { Report } from './report.ts';
import type { Store } from './store.ts';
import type { Viewer } from './viewer.ts';

/** What users may call, by the settings. */
export interface DialRules {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** What a + at the beginning is dialled as. */
  readonly plus: string;
  /** Seconds that the user's own phone rings. */
  readonly ring: number;
  readonly perMinute: number;
}

export interface DialingParts {
  readonly store: Store;
  readonly access: Access;
  readonly lookup: Pick<Lookup, 'find'>;
  readonly calls: PbxCalls;
  readonly dialer: PbxDialer;
  readonly rules: DialRules;
  readonly numbering: Numbering;
  readonly clock: Clock;
  readonly report: Report;
  readonly newId: () => string;
  readonly sha256: (text: string) => string;
}

export class Dialing {
  readonly parts: DialingParts;

  constructor(parts: DialingParts) {
    this.parts = parts;
  }

  /** Follows the calls that were made here. */
  start(): void {}

  async stop(): Promise<void> {}

  /**
   * Rings the viewer's own phone, then the number. Failures: `forbidden` with the reason `not_allowed`, `conflict` with `no_phone`, `too_many`,
   * `params`, `pbx_away`, `storage`.
   */
  async dial(_viewer: Viewer, _number: string): Promise<CallItem> {
    throw new Failure('pbx_away', 'the PBX is not connected');
  }
}
