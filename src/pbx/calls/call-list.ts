// Asterisk's list of channels, and what it says of calls that began while nobody watched.
import { deviceOf, isWay, type Station } from '../../domain/call-story.ts';
import type { Link } from '../ami/link-port.ts';
import { type AmiMessage, header } from '../ami/message.ts';
import { inSlices } from '../slices.ts';
import { readChannel, type SeenChannel } from './call-events.ts';
import type { CallTable, OpenStory } from './call-table.ts';

export interface ListedChannel {
  readonly of: SeenChannel;
  /** The application that has the channel, such as `Dial`; `AppDial` of one that is called. */
  readonly application: string;
  readonly data: string;
  /** Milliseconds since it was made, in whole seconds. */
  readonly age: number;
}

/** The channels that there are, by id. Rejects with AmiError. */
export async function listChannels(link: Link): Promise<Map<string, ListedChannel>> {
  const listed = new Map<string, ListedChannel>();
  await inSlices(await link.list({ Action: 'CoreShowChannels' }), (item) => {
    const channel = readListed(item);
    if (channel) listed.set(channel.of.id, channel);
  });
  return listed;
}

function readListed(item: AmiMessage): ListedChannel | undefined {
  const of = readChannel(item);
  const [hours = 0, minutes = 0, seconds = 0] = (header(item, 'duration') ?? '').split(':', 3).map(Number);
  const age = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  const application = header(item, 'application') ?? '';
  const data = header(item, 'applicationdata') ?? '';
  return of && { of, application, data, age: Number.isFinite(age) && age > 0 ? age : 0 };
}

/** Takes the channels that no event told of into the table. What it was that they were called for is guessed from what calls now. */
export function adopt(table: CallTable, listed: ReadonlyMap<string, ListedChannel>, now: number): void {
  // Those that call first, so that a call begins with the one who made it.
  const inOrder = [...listed.values()].sort((a, b) => Number(isCalled(a)) - Number(isCalled(b)) || b.age - a.age);
  const unknown = inOrder.filter(({ of }) => !table.knows(of.id));
  const stories = new Set<OpenStory>();
  for (const channel of unknown) {
    const added = table.add(channel.of, now - channel.age);
    if (!added) continue;
    const { station, call } = added;
    stories.add(call.story);
    if (isCalled(channel)) {
      station.called = true;
      const by = callerIn(call.story, channel, listed);
      if (by) station.from = by.id;
      station.exten = by?.exten ?? '';
    }
  }
  for (const { of } of listed.values()) {
    const unanswered = table.stationsOf(of.id).filter(({ answered }) => answered === undefined);
    table.apply({ kind: 'state', of }, now);
    for (const station of unanswered) if (station.answered !== undefined) station.guessed = true;
  }
  for (const story of stories) sinceWhen(story);
}

function isCalled({ application }: ListedChannel): boolean {
  return application === 'AppDial' || application === 'AppDial2';
}

/** The station of the same call that calls this device, else the one that the call began with. */
function callerIn(
  { stations }: OpenStory,
  { of, application }: ListedChannel,
  listed: ReadonlyMap<string, ListedChannel>,
): Station | undefined {
  if (application === 'AppDial2') return undefined;
  const device = deviceOf(of.channel);
  const callers = stations.filter(({ called, id }) => !called && id !== of.id);
  const dials = ({ id }: Station) => listed.get(id)?.data.split(/[&,]/).includes(device) ?? false;
  return callers.find(dials) ?? callers.find(({ channel }) => !isWay(channel)) ?? callers[0];
}

/** A phone that was called and is up is taken as answered when it was called; who called it then, too. */
function sinceWhen(story: OpenStory): void {
  const taken = story.stations.filter(({ called, answered }) => called && answered !== undefined);
  for (const station of taken) station.answered = station.at;
  const began = Math.min(...story.stations.map(({ at }) => at));
  const answered = taken.length > 0 ? Math.max(...taken.map(({ at }) => at)) : began;
  for (const station of story.stations) {
    if (!station.called && station.answered !== undefined) station.answered = answered;
  }
  (story as { at: number }).at = began;
}
