// What a client lacks of a book, in slices for which the store is asked. An answer is sent whole, in the turn that finds that
// it still holds: what was moved away since, or is hidden now, must not go out with it.
import type { Access } from '../service/access.ts';
import type { Channels } from './channels.ts';
import type { Answered, FeedSubscription } from './feed-subscription.ts';
import type { Frame } from './frames.ts';
import { slicePages } from './pages.ts';
import type { Reader } from './reader.ts';

/** The pages of a slice that has come; none while the store is asked, or when nothing was lacking. */
export function readBook(subscription: FeedSubscription, reader: Reader): readonly Frame[] {
  const { state } = subscription;
  if (state.kind === 'behind') reader.ask(subscription, state);
  if (state.kind !== 'answered') return [];
  const { asked, slice } = state;
  if (subscription.channel.departed > slice.now) {
    reader.ask(subscription, asked);
    return [];
  }
  if (!slice.reset && namesHidden(state, subscription, reader)) {
    reader.ask(subscription, { kind: 'behind', since: null });
    return [];
  }
  const frames = slicePages(subscription, state, reader.pages);
  if (slice.more) {
    const removedSince = slice.reset ? slice.now : (asked.removedSince ?? null);
    const isOpen = asked.isOpen === true || frames.length > 0;
    subscription.state = { kind: 'behind', since: slice.rev, removedSince, isOpen };
  } else {
    subscription.complete(slice.rev);
  }
  return frames;
}

/** Whether the slice names a contact that went to a book the viewer may not see; whether the client ever had it is not known. */
function namesHidden(
  { slice, moved }: Answered,
  { subscriber }: FeedSubscription,
  { access, channels }: { readonly access: Access; readonly channels: Channels },
): boolean {
  return slice.removed.some((id) => {
    const scope = channels.movedTo(id) ?? moved.get(id);
    return scope !== undefined && !access.rights(subscriber.viewer, scope).view;
  });
}
