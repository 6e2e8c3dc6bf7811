// Who should have a duty, by what one look at the database showed. Pure.

/** A daemon as one look shows it. */
export interface Member {
  readonly serial: number;
  readonly daemon: string;
  readonly site: string;
  readonly hasPbx: boolean;
  /** The daemon that looks. */
  readonly isMine: boolean;
  /** It has the lock of the duty of the site of whoever looks. */
  readonly hasSite: boolean;
  readonly hasHouse: boolean;
  /** Milliseconds since it last asked the database something; 0 where that is not shown. */
  readonly silentMs: number;
}

export type Step = 'take' | 'give' | 'stay';

/** A link to the PBX that is back sooner was never away. */
const BLINK_MS = 2_000;
/** After the PBX was away for all, whoever had the duty has as long to be the first again: it knows what it was just about to order. */
const RETURN_MS = 10_000;

/** The link to the PBX of the one who looks. */
export interface Unlinked {
  /** For how long it has been away, 0 when it is up. */
  readonly ms: number;
  /** Other daemons of the site whose links were up in all that time: the fault is not the PBX's. */
  readonly steady: ReadonlySet<string>;
}

/**
 * The site duty of the one who looks. Whoever has it keeps it while the link is away for a moment, or the PBX is away for all; a daemon without a link
 * takes it only where nobody of the site has one.
 */
export function siteStep(members: readonly Member[], site: string, { ms, steady }: Unlinked): Step {
  const ofSite = members.filter((member) => member.site === site);
  const isOtherLinked = ofSite.some(({ isMine, hasPbx }) => !isMine && hasPbx);
  if (ofSite.some(({ isMine, hasSite }) => isMine && hasSite)) {
    return isOtherLinked && ms >= (steady.size > 0 ? BLINK_MS : RETURN_MS) ? 'give' : 'stay';
  }
  if (ofSite.some(({ hasSite }) => hasSite)) return 'stay';
  return ms > 0 && isOtherLinked ? 'stay' : 'take';
}

export function houseStep(members: readonly Member[]): Step {
  return members.some(({ hasHouse }) => hasHouse) ? 'stay' : 'take';
}
