// A call as the table `calls` holds it for one of its parties, and as that party is shown it. Pure.
import type { CallDirection, CallDisposition, CallState, MissedReason, PhoneReason } from '../domain/call.ts';

/** Who the other party is, as the owner of the entry could see when it was last looked up. */
export interface KnownParty {
  readonly name: string;
  /** The contact that has the number and is named, and the scope of its book. */
  readonly contact?: string;
  readonly book?: string;
  /** The colleague whose number it is. */
  readonly extension?: string;
}

export interface CallRow {
  /** Scope: the extension whose history it is in. */
  readonly owner: string;
  /** The PBX's name of the whole call. */
  readonly call: string;
  /** ISO 8601 in UTC: when it began. */
  readonly at: string;
  readonly direction: CallDirection;
  /** Empty when it is withheld. */
  readonly number: string;
  /** A caller from outside presented it: it is no number of the house. */
  readonly outside?: true;
  /** What the PBX was told of the other's name from outside. */
  readonly presented?: string;
  readonly known?: KnownParty;
  /** While the call goes on, which is shown of calls that were dialled through the daemon. */
  readonly state?: CallState;
  /** Absent while the call goes on. */
  readonly disposition?: CallDisposition;
  readonly reason?: MissedReason | PhoneReason;
  /** Whole seconds. */
  readonly ring: number;
  readonly talk: number;
}

/** A row as it is on its way to its owner; what of it he may see is decided when it leaves. */
export interface HistoryRow {
  readonly id: string;
  readonly row: CallRow;
}

/** The item of `calls`. */
export interface CallItem {
  readonly id: string;
  readonly at: string;
  readonly direction: CallDirection;
  readonly number: string;
  readonly name?: string;
  readonly contact?: string;
  readonly extension?: string;
  readonly state?: CallState;
  readonly disposition?: CallDisposition;
  readonly reason?: MissedReason | PhoneReason;
  readonly ring: number;
  readonly talk: number;
}

/** The id of a call in the history of one party: the same however often and by whichever way the call is told. */
export function callId(sha256: (text: string) => string, call: string, owner: string): string {
  return sha256(`${owner} ${call}`).slice(0, 22);
}

/**
 * `seesBook`, `seesExtension`: what the owner may see at this moment; a name is not shown that he may not see any more. A row that goes on says
 * how far it is in place of how it ended.
 */
export function callItem(
  id: string,
  row: CallRow,
  seesBook: (scope: string) => boolean,
  seesExtension: (extension: string) => boolean,
): CallItem {
  const { at, direction, number, presented, known, state, disposition, reason, ring, talk } = row;
  const extension = known?.extension !== undefined && seesExtension(known.extension) ? known.extension : undefined;
  const isShown = known?.book === undefined ? extension !== undefined : seesBook(known.book);
  const name = (isShown ? known?.name : undefined) ?? presented;
  return {
    id,
    at,
    direction,
    number,
    ...(name ? { name } : {}),
    ...(isShown && known?.contact !== undefined ? { contact: known.contact } : {}),
    ...(extension === undefined ? {} : { extension }),
    ...(state === undefined ? {} : { state }),
    ...(disposition === undefined ? {} : { disposition }),
    ...(reason === undefined ? {} : { reason }),
    ring,
    talk,
  };
}
