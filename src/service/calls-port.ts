// The ports between the calls of the PBX and what is made of them: which calls go on and how they ended come up, calls to make go
// down, records of calls that nobody watched are asked for. Knows no AMI.
import type { CallEntry, CallState, PhoneReason } from '../domain/call.ts';
import type { CallRecord } from '../domain/call-record.ts';

/** A call that a user had the daemon make. */
export interface DialledCall {
  /** The call's name on the PBX, chosen here: `rollcall-<uuid>`. */
  readonly id: string;
  /** The extension that calls. */
  readonly owner: string;
  /** As the user gave it, and as it goes into his history. */
  readonly number: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A call that goes on. Plain JSON: it is kept in the store, so that a restart in the middle of the call loses nothing of it. */
export interface OpenCall {
  /** The PBX's name of the call: Asterisk's linked id. */
  readonly id: string;
  /** Of a call that the daemon made. */
  readonly dialled?: DialledCall;
  readonly state: CallState;
  /** Milliseconds since 1970: when somebody answered. */
  readonly answeredAt?: number;
  /** What the watcher of calls needs to go on with it; others do not look into it. */
  readonly memory: object;
}

export type CallNews =
  /** A call began or is further than before. */
  | { readonly kind: 'open'; readonly call: OpenCall }
  /**
   * A call is over, with an entry for each extension that took part; or, while `isOver` is false, for those that have left a call that goes
   * on without them. May come again for the same call with entries that were not known before; an entry that was told is not told
   * otherwise later.
   */
  | { readonly kind: 'ended'; readonly id: string; readonly entries: readonly CallEntry[]; readonly isOver: boolean }
  /** The link is up and the calls that go on were read: from `at` on nothing is missed. Calls that ended meanwhile are told first. */
  | { readonly kind: 'watching'; readonly at: number }
  /** Nothing is heard of calls any more. Those that went on may go on. */
  | { readonly kind: 'away'; readonly at: number };

/** The calls of the PBX as the history sees them. */
export interface PbxCalls {
  /** The calls that went on when the daemon last ran; given before the link comes up. */
  restore(calls: readonly OpenCall[]): void;
  /** News in order. Returns the function that stops it. */
  subscribe(listener: (news: CallNews) => void): () => void;
  /** A call that is about to be made, so that it is known from its first sign on. */
  expect(call: DialledCall): void;
  /** The PBX did not make an expected call: it is told as `ended`, unless a channel of it is there. */
  giveUp(id: string, reason: PhoneReason): void;
}

/** A call to make: first the user's own phones ring, and when one is answered the number is called as if dialled there. */
export interface DialOrder {
  readonly call: DialledCall;
  /** What is dialled: digits, * and #, perhaps after a +. */
  readonly dialString: string;
  /** The name of the one who calls, for the phone of the other side. */
  readonly name: string;
  /** How long the user's own phone rings, in seconds. */
  readonly ringSeconds: number;
}

export interface PbxDialer {
  /** Whether a phone of the extension is registered; undefined while that is not known (no link). */
  hasPhone(extension: string): boolean | undefined;
  /** The same as the PBX says when it is asked: a phone may have come a moment ago. Never rejects. */
  findPhone(extension: string): Promise<boolean>;
  /** Whether the dialplan has the number where the extension's phone dials. What cannot be found out is taken as yes. Never rejects. */
  canDial(extension: string, dialString: string): Promise<boolean>;
  /**
   * Makes a call; resolves when the PBX has taken the order. Failures: `pbx_away` without a link, with the reason `not_sent` when it is sure
   * that the PBX never got the order; `conflict` with the reason `no_phone` when no
   * phone is registered; `forbidden` with the reason `not_allowed` when the PBX refuses the order.
   */
  dial(order: DialOrder): Promise<void>;
}

/** So many records are read at once. */
export const RECORDS_AT_ONCE = 5_000;

/** Where the PBX keeps its call records. */
export interface CallRecords {
  /**
   * The records of calls that ended from `from` until `until`, in order of their end; when they are more than RECORDS_AT_ONCE, the newest of
   * them. Rejects with Error when they cannot be read.
   */
  read(from: number, until: number): Promise<readonly CallRecord[]>;
  /** Breaks off what is being read. */
  close(): Promise<void>;
}
