// What the dialplan may ask of the daemon: the port of the FastAGI and the HTTP listener. Every answer comes within its deadline,
// whatever the store and the PBX do. Knows no protocol.
import type { Line, Presence, Status } from '../domain/presence.ts';
import type { Directory } from './caller.ts';

export interface CallerQuestion {
  /** As the PBX has it, in any spelling; of withheld numbers whatever stands in its place. */
  readonly number: string;
  /** The extension that is called; undefined or none that is known: names that are open to everyone. */
  readonly callee?: string | undefined;
  /** The call comes from outside: a number that looks like an extension is not believed to be one. */
  readonly outside?: boolean;
}

export interface CallerName {
  readonly name: string;
  /** Empty: none. */
  readonly company: string;
  readonly directory: Directory;
}

/** Why it is not known who calls: not in time, too much asked at once, a fault. */
export type Unanswered = 'late' | 'busy' | 'failed';

/** The presence of an extension as the dialplan reads it; texts on one line. */
export interface PresenceAnswer {
  readonly status: Status;
  readonly line: Line;
  readonly indicator: Presence['indicator'];
  readonly note: string;
  /** ISO 8601 in UTC, or empty. */
  readonly until: string;
}

/** What became of a change of status; `late`: not known yet when the deadline was over. */
export type StatusOutcome =
  | 'ok'
  | 'no_extension'
  | 'wrong_status'
  | 'pbx_away'
  | 'storage'
  | 'too_many'
  | 'late'
  | 'failed';

/** Which list a caller may pass do not disturb by. */
export type LetThroughList = 'favorites' | 'numbers';

export interface LetThroughOptions {
  /** As in CallerQuestion. */
  readonly outside?: boolean | undefined;
}

export interface DialplanPort {
  /** Undefined: nobody. Never rejects. */
  caller(question: CallerQuestion): Promise<CallerName | Unanswered | undefined>;
  /** Undefined for no such extension. */
  presence(extension: string): PresenceAnswer | undefined;
  /** Never rejects. */
  setStatus(extension: string, status: string): Promise<StatusOutcome>;
  /** The list that lets the caller through to an extension on do not disturb; undefined: none of these, or not in time. Never rejects. */
  letsThrough(
    callee: string,
    number: string,
    lists: readonly LetThroughList[],
    options?: LetThroughOptions,
  ): Promise<LetThroughList | undefined>;
}
