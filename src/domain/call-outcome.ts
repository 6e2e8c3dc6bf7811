// How a call ended at one phone, for an extension that was called, and for the one who called. Pure.
import type { MissedReason, OutDisposition, PhoneReason } from './call.ts';
import type { Standing, Station, Visit } from './call-story.ts';

/** How calling a phone ended. `away`: it could not be reached; `lost`: nobody saw it. */
type PhoneEnd =
  | 'answered'
  | 'declined'
  | 'busy'
  | 'no_answer'
  | 'cancelled'
  | 'away'
  | 'forwarded'
  | 'lost'
  | 'unknown';

/** Q.850: no route, no user responding, absent, out of order. */
const AWAY: ReadonlySet<number> = new Set([3, 18, 20, 27]);
/** A call that ended without anything being wrong, as far as the cause says. */
export const NORMAL_CAUSES: ReadonlySet<number | undefined> = new Set([undefined, 0, 16]);
const BUSY = 17;
const NO_USER = 18;
const NO_ANSWER = 19;
const DECLINED = 21;
const ANSWERED_ELSEWHERE = 26;

/** `callerGaveUp`: where nothing is known of the phone itself, it stopped ringing because of that. */
function endOf({ answered, forwarded, lost, cause = 0, status, rang }: Station, callerGaveUp = false): PhoneEnd {
  if (answered !== undefined) return 'answered';
  if (forwarded) return 'forwarded';
  if (lost) return 'lost';
  if (cause === DECLINED) return 'declined';
  if (cause === BUSY || status === 'BUSY') return 'busy';
  if (cause === ANSWERED_ELSEWHERE || status === 'CANCEL') return 'cancelled';
  if (status === 'CHANUNAVAIL' || (AWAY.has(cause) && rang === undefined)) return 'away';
  if (status === undefined && rang !== undefined && callerGaveUp) return 'cancelled';
  if (status === 'NOANSWER' || cause === NO_ANSWER || rang !== undefined) return 'no_answer';
  return 'unknown';
}

/** Why an extension of which these phones were called did not take the call; undefined when it is not known. */
export function missedAtPhones(phones: readonly Station[], callerGaveUp: boolean): MissedReason | undefined {
  const inOrder = [...phones].sort((a, b) => (a.ended ?? 0) - (b.ended ?? 0));
  const ends = inOrder.map((phone) => endOf(phone, callerGaveUp));
  if (ends.includes('declined')) return 'declined';
  const rang = ends.findLast((end) => end === 'no_answer' || end === 'cancelled');
  if (rang === 'no_answer' || rang === 'cancelled') return rang;
  if (ends.includes('busy')) return 'busy';
  return ends.length > 0 && ends.every((end) => end === 'away') ? 'unregistered' : undefined;
}

/** Why an extension of which no phone was called did not take the call. */
export function missedWithoutPhone(
  { standing, refused }: Pick<Visit, 'standing' | 'refused'>,
  gaveUp: boolean,
): MissedReason | undefined {
  if (refused || standing?.blocked) return 'dnd';
  if (standing?.away) return 'unregistered';
  return gaveUp ? 'cancelled' : undefined;
}

export function standingOf(
  facts: { readonly blocked: boolean; readonly line: string } | undefined,
): Standing | undefined {
  return facts && { blocked: facts.blocked, away: facts.line === 'unavailable' || facts.line === 'unknown' };
}

/**
 * How a call that nobody answered ended for the one who made it. `phones`: those that were called; what the last ones did counts, and only when they
 * say nothing the cause that the caller was given.
 */
export function unanswered(caller: readonly Station[], phones: readonly Station[]): OutDisposition {
  const gaveUp = caller.find((station) => station.gaveUp !== undefined)?.gaveUp;
  const begun = Math.max(...phones.map(({ at }) => at));
  const last = phones.filter(({ ended }) => ended === undefined || ended > begun);
  const ends = (last.length > 0 ? last : phones.slice(-1)).map((phone) => endOf(phone, gaveUp !== undefined));
  if (gaveUp !== undefined && ends.includes('cancelled')) return 'cancelled';
  if (ends.includes('no_answer') || ends.includes('declined')) return 'no_answer';
  if (ends.includes('busy')) return 'busy';
  if (gaveUp !== undefined) return 'cancelled';
  if (ends.includes('cancelled')) return 'no_answer';
  return ofCause(caller.map(({ cause }) => cause).find((cause) => !NORMAL_CAUSES.has(cause)));
}

function ofCause(cause: number | undefined): OutDisposition {
  if (cause === BUSY) return 'busy';
  return cause === NO_USER || cause === NO_ANSWER ? 'no_answer' : 'failed';
}

/** What the user's own phones did with a call that was dialled for them and that they did not answer. */
export function phoneReason(phones: readonly Station[]): PhoneReason | 'unknown' {
  const ends = phones.map((phone) => endOf(phone));
  if (ends.includes('declined')) return 'phone_declined';
  if (ends.includes('no_answer') || ends.includes('cancelled')) return 'phone_no_answer';
  if (ends.includes('busy')) return 'phone_busy';
  return ends.includes('lost') ? 'unknown' : 'phone_unreachable';
}

/** A phone that was not answered is the user's own doing; one that could not be reached is not. */
export function atOwnPhone(reason: PhoneReason | 'unknown'): OutDisposition {
  return reason === 'phone_declined' || reason === 'phone_no_answer' ? 'cancelled' : 'failed';
}
