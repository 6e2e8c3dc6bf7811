// Tells what was written to those who follow it live: one frame for each collection and audience. Whoever takes too little, or has
// read a part of it already, falls behind and reads the rest.
import { LIMITS } from '../protocol/limits.ts';
import type { Channel } from './channel.ts';
import { ALL, type Audience, itemIds } from './collection.ts';
import type { Batch } from './dirty.ts';
import type { FeedSubscription } from './feed-subscription.ts';
import { changeFrame, type Frame } from './frames.ts';
import type { Post } from './post.ts';
import type { Subscriber } from './subscription.ts';

/** Changes of a book that are told in frames; of more than that everybody reads. */
const MOST_TOLD = 2 * LIMITS.pageItems;

export interface HubCounters {
  frames: number;
  deliveries: number;
  fellBehind: number;
}

export interface Spreading {
  readonly post: Post;
  readonly counters: HubCounters;
  readonly wake: (subscriber: Subscriber) => void;
  /** Takes those without room: they are looked at again when what there is has left. */
  readonly full: Set<Subscriber>;
}

/** Tells everything that waits in a channel. */
export function spread(channel: Channel, spreading: Spreading): void {
  const batch = channel.dirty.take();
  channel.spread = batch.rev;
  for (const { audience, members } of [...channel.groups.values()]) {
    const seen = audience.sees === ALL ? batch.writes : batch.writes.filter(({ id }) => audience.sees(id));
    if (channel.collection.scope !== undefined && seen.length > MOST_TOLD) {
      for (const member of members) fallBehind(member, spreading, 'now');
    } else if (seen.length > 0 || batch.passing) {
      tell(channel, audience, members, batch, seen, spreading);
    }
    if (channel.collection.told && isTold(members, batch)) channel.collection.told();
  }
}

function isTold(members: ReadonlySet<FeedSubscription>, { rev }: Batch): boolean {
  return [...members].some(({ told }) => told >= rev);
}

function tell(
  channel: Channel,
  audience: Audience,
  members: ReadonlySet<FeedSubscription>,
  { firstRev, rev }: Batch,
  seen: Batch['writes'],
  spreading: Spreading,
): void {
  const { post, counters } = spreading;
  const frames = framesOf(channel, audience, seen, rev);
  counters.frames += frames.length;
  for (const member of members) {
    const { outbox } = member.subscriber;
    if (member.told >= rev) continue;
    if (member.told >= firstRev) fallBehind(member, spreading, 'now');
    else if (outbox.full && frames.length > 0) fallBehind(member, spreading, 'later');
    else {
      for (const frame of frames) post.push(outbox, frame, member.tag);
      member.told = rev;
      counters.deliveries += frames.length;
    }
  }
}

function framesOf({ collection, mask }: Channel, audience: Audience, seen: Batch['writes'], rev: number): Frame[] {
  const size = collection.scope === undefined ? Number.POSITIVE_INFINITY : LIMITS.pageItems;
  const frames: Frame[] = [];
  for (let from = 0; from < seen.length; from += size) {
    const some = seen.slice(from, from + size);
    const last = from + some.length === seen.length;
    frames.push(
      changeFrame({
        collection: collection.name,
        more: !last,
        put: some.flatMap(({ id, value }) => (value ? [audience.encode(id, value)] : [])),
        remove: itemIds(
          collection,
          some.flatMap(({ id, value }) => (value ? [] : [id])),
        ),
        ...(last ? { held: mask.hide(rev) } : {}),
      }),
    );
  }
  return frames;
}

/** What the client lacks is read again from the store: at once when it can take it, else when its socket drains. */
function fallBehind(member: FeedSubscription, { counters, wake, full }: Spreading, when: 'now' | 'later'): void {
  member.fallBehind();
  counters.fellBehind += 1;
  if (when === 'now') wake(member.subscriber);
  else full.add(member.subscriber);
}
