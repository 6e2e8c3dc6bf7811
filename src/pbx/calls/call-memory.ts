// A call that goes on, as it is kept while the daemon does not run.
import { type CallStory, isWay, rootOf } from '../../domain/call-story.ts';
import type { OpenCall } from '../../service/calls-port.ts';
import type { LiveCall, OpenStory } from './call-table.ts';

interface Memory {
  readonly story: CallStory;
  readonly told: readonly string[];
}

/** A copy, which later events do not change. */
export function memoryOf({ story, told }: LiveCall): Memory {
  return structuredClone({ story, told: [...told] });
}

/** What was kept, or as much of it as is sure where it is not as this version writes it. */
export function recall({ id, dialled, memory }: OpenCall): {
  readonly story: OpenStory;
  readonly told: readonly string[];
} {
  const { story, told } = structuredClone(memory) as Partial<Memory>;
  const isWhole = story?.id === id && [story.stations, story.visits, told].every(Array.isArray);
  if (isWhole) return { story: story as OpenStory, told: told ?? [] };
  const { owner = '', number = '', at = 0 } = dialled ?? {};
  const order = dialled ? { dialled: { owner, number, at } } : {};
  return { story: { id, at, ...order, stations: [], visits: [] }, told: [] };
}

/** The calls that go on at some moment, with the stations that they have then. */
export type Going = readonly { readonly call: LiveCall; readonly stations: readonly string[] }[];

export function goingOn(calls: Iterable<LiveCall>): Going {
  const going = [...calls].filter(({ over }) => over === undefined);
  return going.map((call) => ({ call, stations: call.story.stations.map(({ id }) => id) }));
}

/** Ends a station, without anybody having seen how; `at`: when it was there last, where that is known. */
export function lose(story: OpenStory, id: string, at: number | undefined): boolean {
  const station = story.stations.find((one) => one.id === id);
  if (!station || station.ended !== undefined) return false;
  station.ended = at ?? Math.max(station.at, station.rang ?? 0, station.answered ?? 0);
  station.lost = true;
  return true;
}

/** Whether everything of the call has ended. A call that was ordered begins with its first channel. */
export function isOver(story: CallStory): boolean {
  const { stations, failure } = story;
  return failure !== undefined || (stations.length > 0 && stations.every(({ ended }) => ended !== undefined));
}

/** Whether only ways are left of a call, the phones at their ends being gone since before `before`: Asterisk may let such channels stand for ever. */
export function isDeserted({ stations }: CallStory, before: number): boolean {
  const phones = stations.filter(({ channel }) => !isWay(channel));
  return phones.length > 0 && phones.every(({ ended }) => ended !== undefined && ended <= before);
}

/** A channel that may be a caller from outside, of whom it is not known yet whether the number may be shown. */
export function callerChannel(story: CallStory): string | undefined {
  const root = rootOf(story);
  return root && !root.called && !story.dialled && root.ended === undefined ? root.channel : undefined;
}
