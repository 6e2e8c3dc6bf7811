// Do-not-disturb is one truth in several places: what a change at one of them means for the chosen status, and whether
// they agree. Decided by comparing states, never by remembering who wrote what. Pure.
import type { Presentity } from './presentity.ts';
import { presentityOf, shownNote, statusOf } from './presentity.ts';
import { type ChosenStatus, choose, type EffectiveStatus, effective, withDnd } from './status.ts';

/** The state of one DND lamp: `on` for BUSY, `off` for UNAVAILABLE, `idle` for any other value, `unset` when never set. */
export type Lamp = 'on' | 'off' | 'idle' | 'unset';

/** The places on the PBX that hold status and DND of one extension. */
export interface Places {
  /** Whether AstDB refuses calls for the extension. */
  readonly blocked: boolean;
  /** By device name. */
  readonly lamps: Readonly<Record<string, Lamp>>;
  readonly presentity: Presentity;
}

/** What the places are to say. */
export interface WantedPlaces {
  readonly blocked: boolean;
  readonly presentity: Presentity;
}

export function wantedPlaces(chosen: ChosenStatus): WantedPlaces {
  const shown = effective(chosen);
  return { blocked: shown.status === 'do_not_disturb', presentity: presentityOf(shown) };
}

export function sameWanted(a: WantedPlaces, b: WantedPlaces): boolean {
  return a.blocked === b.blocked && samePresentity(a.presentity, b.presentity);
}

function samePresentity(a: Presentity, b: Presentity): boolean {
  return a.state === b.state && a.subtype === b.subtype && a.message === b.message;
}

/** Whether the places hold the same values, lamp by lamp. */
export function samePlaces(a: Places, b: Places): boolean {
  const devices = new Set([...Object.keys(a.lamps), ...Object.keys(b.lamps)]);
  return (
    a.blocked === b.blocked &&
    samePresentity(a.presentity, b.presentity) &&
    [...devices].every((device) => a.lamps[device] === b.lamps[device])
  );
}

function sameStatus(a: EffectiveStatus | undefined, b: EffectiveStatus | undefined): boolean {
  return a?.status === b?.status && shownNote(a?.note ?? '') === shownNote(b?.note ?? '');
}

/** A lamp that needs no writing. A lamp never lit may stay unset; `idle` would make an offline phone look free. */
function lampAgrees(lamp: Lamp, blocked: boolean): boolean {
  return blocked ? lamp === 'on' : lamp === 'off' || lamp === 'unset';
}

/** Whether presentity says what is wanted. One without an opinion agrees with `available` without a note. */
export function presentityAgrees(presentity: Presentity, wanted: Presentity): boolean {
  const wish = statusOf(wanted);
  const said = statusOf(presentity);
  return sameStatus(said ?? { status: 'available' }, wish);
}

/** Whether nothing has to be written. */
export function agree(places: Places, wanted: WantedPlaces): boolean {
  return (
    places.blocked === wanted.blocked &&
    Object.values(places.lamps).every((lamp) => lampAgrees(lamp, wanted.blocked)) &&
    presentityAgrees(places.presentity, wanted.presentity)
  );
}

/** Whether lamps contradict AstDB: someone wrote one and not the other. */
export function isHalfSet(places: Places): boolean {
  return Object.values(places.lamps).some((lamp) => lamp !== 'unset' && (lamp === 'on') !== places.blocked);
}

/**
 * DND as the changed places say it, AstDB before lamps; undefined when none of them changed to something new. A lamp whose
 * state has only become known and is not lit says nothing. One that went from `off` to `idle` does: somebody turned it off
 * after it had been lit, and only the end of that was seen.
 */
function changedDnd(before: Places, now: Places, writing: WantedPlaces | undefined): boolean | undefined {
  if (now.blocked !== before.blocked && now.blocked !== writing?.blocked) return now.blocked;
  const turned = Object.entries(now.lamps)
    .filter(([device, lamp]) => isTurned(before.lamps[device] ?? 'unset', lamp))
    .map(([, lamp]) => lamp === 'on')
    .filter((on) => on !== writing?.blocked);
  return turned.length === 0 ? undefined : turned.includes(true);
}

function isTurned(before: Lamp, now: Lamp): boolean {
  if (now === 'unset' || now === before) return false;
  return now === 'on' || before !== 'unset';
}

/**
 * The chosen status after the places went from `before` to `now`. A value that is just being written (`writing`) is our own
 * and says nothing; a changed value that agrees with what is chosen changes nothing; any other was set by somebody on the
 * PBX and is the newest.
 */
export function adopt(
  chosen: ChosenStatus,
  before: Places,
  now: Places,
  writing: WantedPlaces | undefined,
): ChosenStatus {
  let next = chosen;
  const dnd = changedDnd(before, now, writing);
  const said = statusOf(now.presentity);
  const saidNew =
    said !== undefined &&
    !sameStatus(said, statusOf(before.presentity)) &&
    !(writing && presentityAgrees(now.presentity, writing.presentity));
  if (saidNew && !sameStatus(said, effective(chosen))) next = take(next, said);
  if (dnd !== undefined) next = withDnd(next, dnd);
  return next;
}

/** Takes a status said by the PBX; the end time stays when only the note differs. */
function take(chosen: ChosenStatus, said: EffectiveStatus): ChosenStatus {
  const shown = effective(chosen);
  const until = shown.status === said.status ? shown.until : undefined;
  return choose(chosen, { ...said, ...(until ? { until } : {}) });
}

/** The chosen status of an extension seen for the first time: AstDB says DND, the presentity the rest. */
export function firstSeen(now: Places): ChosenStatus {
  const said = statusOf(now.presentity) ?? { status: 'available' as const };
  if (said.status !== 'do_not_disturb') return withDnd(choose({ base: { status: 'available' } }, said), now.blocked);
  return now.blocked ? choose({ base: { status: 'available' } }, said) : { base: { status: 'available' } };
}
