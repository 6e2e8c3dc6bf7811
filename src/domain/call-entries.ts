// Makes of what was seen of a call one entry for each extension that took part. Pure.
import type { CallEntry, CallState, IncomingEntry, MissedReason, OutgoingEntry } from './call.ts';
import {
  atOwnPhone,
  missedAtPhones,
  missedWithoutPhone,
  NORMAL_CAUSES,
  phoneReason,
  unanswered,
} from './call-outcome.ts';
import {
  type CallStory,
  callerOf,
  type Directory,
  deviceOf,
  earliest,
  ends,
  isFeatureCode,
  isWay,
  rootOf,
  type Station,
  type Visit,
} from './call-story.ts';

/** How far a call is, and since when somebody talks. */
export interface Progress {
  readonly state: CallState;
  readonly answeredAt?: number;
}

/** The end that calls: who it is, when it was there, and when the other end answered. */
interface CallingEnd {
  readonly owner: string;
  readonly number: string;
  readonly at: number;
  readonly answered: number | undefined;
  /** The PBX called this end first. */
  readonly wasCalled: boolean;
}

export function progressOf(story: CallStory): Progress {
  const { near, far } = ends(story);
  const answeredAt = farAnswer(story, near, far);
  if (answeredAt !== undefined) return { state: 'talking', answeredAt };
  if (far.some(({ rang }) => rang !== undefined)) return { state: 'ringing' };
  const called = story.dialled !== undefined || rootOf(story)?.called;
  return { state: called && !isTaken(story, near) ? 'phone' : 'calling' };
}

/** One entry for each extension that took part, its own first for the one who called. */
export function entriesOf(story: CallStory, directory: Directory): readonly CallEntry[] {
  const root = rootOf(story);
  if (!story.dialled && root && !root.called && isFeatureCode(root.exten)) return [];
  const calling = callingEnd(story, directory);
  const { near, far } = ends(story);
  const out = calling && outgoing(story, calling, near, far);
  const entries = new Map<string, CallEntry>(out ? [[out.owner, out]] : []);
  for (const [owner, phones] of byExtension(out ? far : [...far, ...near], directory)) {
    const entry = entries.has(owner) ? undefined : atPhones(story, directory, owner, phones);
    if (entry) entries.set(owner, entry);
  }
  for (const visit of visitsOf(story, near)) {
    const owner = visit.number;
    const entry = entries.has(owner) || !directory.isExtension(owner) ? undefined : atVisit(story, directory, visit);
    if (entry) entries.set(owner, entry);
  }
  return [...entries.values()];
}

/** The extension that called; undefined for a caller from outside and for a call of the PBX itself that came to nobody else. */
function callingEnd(story: CallStory, directory: Directory): CallingEnd | undefined {
  const { dialled, at } = story;
  const root = rootOf(story);
  const { near, far } = ends(story);
  const rest = { at, answered: farAnswer(story, near, far) };
  if (dialled) return { ...rest, owner: dialled.owner, number: dialled.number, at: dialled.at, wasCalled: true };
  const phone = root?.called ? (near.find((station) => station.answered !== undefined) ?? near[0]) : root;
  const owner = phone && extensionOf(phone, directory);
  if (!root || !owner) return undefined;
  if (root.called && far.length === 0) return undefined;
  const number = root.called ? (far[0]?.exten ?? '') : root.exten;
  return { ...rest, owner, number: dialledNumber(number, far, directory), wasCalled: root.called === true };
}

/** What was dialled; where that is no number, the extension that was called. */
function dialledNumber(number: string, far: readonly Station[], directory: Directory): string {
  if (number.length > 1 || /^\d/.test(number)) return number;
  return far.map((station) => extensionOf(station, directory)).find((extension) => extension !== undefined) ?? '';
}

/** When the other end of the one who called answered. An application that answers counts, where the PBX says so. */
function farAnswer(story: CallStory, near: readonly Station[], far: readonly Station[]): number | undefined {
  const root = rootOf(story);
  if (root && !root.called && !story.dialled) return root.answered;
  const answered = earliest(far.map((station) => station.answered));
  if (answered !== undefined || far.length > 0 || !root) return answered;
  // Nobody was called, and the call went well: an application had it.
  const went = ({ ended, lost, cause }: Station) => ended !== undefined && !lost && NORMAL_CAUSES.has(cause);
  return story.dialled && callingStations(story, near).every(went) ? ownAnswer(root, near) : undefined;
}

/** What the one who calls is on: the first station, and, where that was called by the PBX, the phone that took it. */
function callingStations(story: CallStory, near: readonly Station[]): readonly Station[] {
  const root = rootOf(story);
  const taken = near.filter((station) => station.answered !== undefined && station !== root);
  return root ? [root, ...taken] : taken;
}

function ownAnswer(root: Station | undefined, near: readonly Station[]): number | undefined {
  return earliest([...near, ...(root ? [root] : [])].map((station) => station.answered));
}

function isTaken(story: CallStory, near: readonly Station[]): boolean {
  return ownAnswer(rootOf(story), near) !== undefined;
}

function outgoing(
  story: CallStory,
  calling: CallingEnd,
  near: readonly Station[],
  far: readonly Station[],
): OutgoingEntry | undefined {
  const { owner, number, at, answered } = calling;
  if (number === '') return undefined;
  const stations = callingStations(story, near);
  const end = stations.at(-1)?.ended ?? at;
  const entry = { owner, call: story.id, at, number, direction: 'out' } as const;
  const ring = seconds(at, answered ?? end);
  const talk = answered === undefined ? 0 : seconds(answered, end);
  if (answered !== undefined) return { ...entry, disposition: 'answered', ring, talk };
  if (!calling.wasCalled || isTaken(story, near)) {
    return { ...entry, disposition: unanswered(stations, far), ring, talk };
  }
  const reason = story.failure ?? (rootOf(story) ? phoneReason(near) : 'unknown');
  return { ...entry, disposition: atOwnPhone(reason), ...(reason === 'unknown' ? {} : { reason }), ring, talk };
}

/** The entry of an extension of which these phones were called. */
function atPhones(
  story: CallStory,
  directory: Directory,
  owner: string,
  phones: readonly Station[],
): IncomingEntry | undefined {
  const [first] = phones;
  const other = first && otherNumber(story, directory, phones.find((phone) => phone.answered !== undefined) ?? first);
  if (!first || other === undefined || other === owner) return undefined;
  const at = Math.min(...phones.map((phone) => phone.at));
  const end = Math.max(...phones.map((phone) => phone.ended ?? phone.at));
  const taken = phones.filter((phone) => phone.answered !== undefined);
  const answered = earliest(taken.map((phone) => phone.answered));
  const entry = { owner, call: story.id, at, ...party(story, directory, first, other), direction: 'in' } as const;
  if (answered !== undefined) {
    const until = Math.max(...taken.map((phone) => phone.ended ?? answered));
    return { ...entry, disposition: 'answered', ring: seconds(at, answered), talk: seconds(answered, until) };
  }
  const gaveUp = rootOf(story)?.gaveUp !== undefined;
  return {
    ...entry,
    disposition: 'missed',
    ...because(missedAtPhones(phones, gaveUp)),
    ring: seconds(at, end),
    talk: 0,
  };
}

/** The entry of an extension of which no phone was called. */
function atVisit(story: CallStory, directory: Directory, visit: Visit): IncomingEntry | undefined {
  const station = story.stations.find(({ id }) => id === visit.by);
  const behind = station && behindOf(story, station);
  const other = station && (behind ? shownNumber(story, directory, behind) : story.dialled?.owner);
  if (!station || other === undefined || other === visit.number) return undefined;
  const standing = visit.standing ?? directory.standing(visit.number);
  const gaveUp = station.gaveUp !== undefined && station.answered === undefined;
  const reason = missedWithoutPhone({ ...visit, ...(standing ? { standing } : {}) }, gaveUp);
  // A conversation that is handed on passes numbers where nobody is called.
  if (!reason && station.answered !== undefined && station.answered < visit.at) return undefined;
  const { number: owner, at } = visit;
  const entry = { owner, call: story.id, at, ...party(story, directory, station, other), direction: 'in' } as const;
  return { ...entry, disposition: 'missed', ...because(reason), ring: 0, talk: 0 };
}

/** Where the call was, and, of a call that the daemon made, the number that it was made for, if it got that far. */
function visitsOf(story: CallStory, near: readonly Station[]): readonly Visit[] {
  const { dialled, visits } = story;
  const root = rootOf(story);
  const taken = dialled && root ? ownAnswer(root, near) : undefined;
  if (!dialled || !root || taken === undefined) return visits;
  return [...visits, { number: dialled.number, by: root.id, at: taken }];
}

function because(reason: MissedReason | undefined): { readonly reason?: MissedReason } {
  return reason ? { reason } : {};
}

/** The number that called a phone; undefined when there is none to be told. */
function otherNumber(story: CallStory, directory: Directory, phone: Station): string | undefined {
  const caller = callerOf(story, phone);
  if (caller) return shownNumber(story, directory, caller);
  const root = rootOf(story);
  if (phone.from === undefined || root?.id === phone.id) return phone.shown || undefined;
  if (story.dialled) return story.dialled.owner;
  const own = ends(story).near.find((station) => station.id !== phone.id);
  return own && extensionOf(own, directory);
}

/** The phone at this station, or behind the way that it is. */
function behindOf(story: CallStory, station: Station): Station | undefined {
  return isWay(station.channel) ? callerOf(story, station) : station;
}

function shownNumber(story: CallStory, directory: Directory, station: Station): string {
  if (story.withheld && station.id === rootOf(story)?.id) return '';
  const extension = extensionOf(station, directory);
  if (extension) return story.dialled && ends(story).near.includes(station) ? story.dialled.owner : extension;
  return station.called ? station.exten : station.number;
}

/** The other party with the name that it came with, where it is a caller from outside. */
function party(
  story: CallStory,
  directory: Directory,
  station: Station,
  number: string,
): { readonly number: string; readonly outside?: true; readonly presented?: string } {
  const root = rootOf(story);
  const caller = station.id === root?.id ? root : callerOf(story, station);
  const isOutside = caller && caller.id === root?.id && !root.called && !extensionOf(caller, directory);
  if (!isOutside) return { number };
  return { number, outside: true, ...(story.presented && !story.withheld ? { presented: story.presented } : {}) };
}

function byExtension(phones: readonly Station[], directory: Directory): Map<string, Station[]> {
  const found = new Map<string, Station[]>();
  for (const phone of phones) {
    const extensions = directory.extensionsOf(deviceOf(phone.channel));
    const meant = extensions.includes(phone.exten) ? [phone.exten] : extensions;
    for (const extension of meant) found.set(extension, [...(found.get(extension) ?? []), phone]);
  }
  return found;
}

/** The extension of a phone; of several the one that the phone's own number names. */
function extensionOf({ channel, number }: Station, directory: Directory): string | undefined {
  const extensions = directory.extensionsOf(deviceOf(channel));
  return extensions.includes(number) ? number : extensions[0];
}

function seconds(from: number, until: number): number {
  return Math.max(0, Math.round((until - from) / 1_000));
}
