// What was seen of one call, as a list of its stations, and how they hang together. Pure; knows no AMI, but Asterisk's channels.
import type { PhoneReason } from './call.ts';

/** One channel of a call. Times are milliseconds since 1970. */
export interface Station {
  readonly id: string;
  /** Its name, such as `PJSIP/1001-0000002a`; `Local/…;1` and `Local/…;2` are nobody's phone, but two ends of a way. */
  readonly channel: string;
  readonly at: number;
  /** It was called, in place of calling. */
  readonly called?: boolean;
  /** The station that called it; absent when the PBX did so by itself. */
  readonly from?: string;
  /** Of one that calls: what was dialled there first. Of one that is called: what the caller was connected to at that moment. */
  readonly exten: string;
  /** Its own number as the PBX has it, empty when it has none. */
  readonly number: string;
  /** Of one that is called by the PBX itself: the number it was shown. */
  readonly shown?: string;
  readonly rang?: number;
  readonly answered?: number;
  /** Nobody watched when it was answered: the time is only the first at which it was seen so. */
  readonly guessed?: boolean;
  readonly ended?: number;
  /** How calling it ended, in Asterisk's words, such as `NOANSWER`. */
  readonly status?: string;
  /** Q.850. */
  readonly cause?: number;
  /** It sent its caller elsewhere. */
  readonly forwarded?: boolean;
  /** When the other end of this channel asked to hang up. */
  readonly gaveUp?: number;
  /** It ended while nobody watched. */
  readonly lost?: boolean;
}

/** What the PBX said of an extension at some moment. */
export interface Standing {
  /** Do not disturb refused calls. */
  readonly blocked: boolean;
  /** No phone of the extension was registered. */
  readonly away: boolean;
}

/** A number that the call came to in the dialplan. It counts when it is an extension of which no phone was called. */
export interface Visit {
  readonly number: string;
  /** The station that came there. */
  readonly by: string;
  readonly at: number;
  /** Absent when it was not known then. */
  readonly standing?: Standing;
  /** The PBX's call record says that do not disturb refused the call. */
  readonly refused?: boolean;
}

export interface CallStory {
  /** The PBX's name of the call: Asterisk's linked id. */
  readonly id: string;
  readonly at: number;
  /** Of a call that a user had the daemon make. */
  readonly dialled?: { readonly owner: string; readonly number: string; readonly at: number };
  /** Why the PBX did not make it. */
  readonly failure?: PhoneReason | 'unknown';
  /** The name that a caller from outside came with. */
  readonly presented?: string;
  /** The caller does not want his number shown. */
  readonly withheld?: boolean;
  readonly stations: readonly Station[];
  readonly visits: readonly Visit[];
}

/** What the numbers and devices of a story mean. */
export interface Directory {
  extensionsOf(device: string): readonly string[];
  isExtension(number: string): boolean;
  standing(number: string): Standing | undefined;
}

export function isWay(channel: string): boolean {
  return channel.startsWith('Local/');
}

/** The device of a channel, such as `PJSIP/1001`. */
export function deviceOf(channel: string): string {
  return channel.replace(/-[^-]*$/, '');
}

/** A number that tells the PBX to do something, in place of calling somebody. */
export function isFeatureCode(number: string): boolean {
  return /^[*#]/.test(number);
}

/** The station that the call began with. */
export function rootOf(story: CallStory): Station | undefined {
  const { stations, id } = story;
  const isFirst = ({ called, channel }: Station) => !called && !channel.endsWith(';2');
  return stations.find((station) => station.id === id) ?? stations.find(isFirst);
}

/** Who called a station, through all ways: the stations from the one that called it up to the first that is no way. */
function lineage(story: CallStory, station: Station): readonly Station[] {
  const line: Station[] = [];
  for (let at = above(story, station); at && !line.includes(at); at = above(story, at)) {
    line.push(at);
    if (!isWay(at.channel)) break;
  }
  return line;
}

function above({ stations }: CallStory, { channel, from }: Station): Station | undefined {
  if (isWay(channel) && channel.endsWith(';2')) {
    const first = `${channel.slice(0, -1)}1`;
    return stations.find((station) => station.channel === first);
  }
  return from === undefined ? undefined : stations.find(({ id }) => id === from);
}

/** The phone that called a station, or that stands behind a way; undefined when the PBX did so by itself. */
export function callerOf(story: CallStory, station: Station): Station | undefined {
  const last = lineage(story, station).at(-1);
  return last && !isWay(last.channel) ? last : undefined;
}

/**
 * Of a call that the PBX began by itself: whether this station is at the end that was called first, which is the one that calls then. That end is
 * the first station or, when that one is a way, what is called at the way's second half.
 */
function isOwn(story: CallStory, root: Station, station: Station): boolean {
  if (station.id === root.id) return true;
  const line = lineage(story, station);
  return line.at(-1)?.id === root.id && isWay(root.channel) && (line.at(-2) ?? station).called !== true;
}

/** The phones that were called, at the near end and at the far end. There is a near end where the PBX began the call by itself. */
export function ends(story: CallStory): { readonly near: readonly Station[]; readonly far: readonly Station[] } {
  const root = rootOf(story);
  const phones = story.stations.filter(({ called, channel }) => called && !isWay(channel));
  if (!root?.called) return { near: [], far: phones };
  const near = phones.filter((station) => isOwn(story, root, station));
  return { near, far: phones.filter((station) => !near.includes(station)) };
}

/** The earliest of some moments that may be unknown. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Q.850: user busy. */
const BUSY = 17;

/** Extensions that a caller came to and was told busy, though no phone of theirs was called and nothing that is known says why. */
export function unexplained({ stations, visits }: CallStory, directory: Directory): readonly Visit[] {
  return visits.filter(({ number, by, standing, refused }) => {
    if (refused || standing?.blocked || !directory.isExtension(number)) return false;
    const caller = stations.find(({ id }) => id === by);
    const wasCalled = stations.some(
      ({ called, channel }) => called && directory.extensionsOf(deviceOf(channel)).includes(number),
    );
    return caller?.ended !== undefined && caller.cause === BUSY && !wasCalled;
  });
}
