// What a client lacks of a book, in slices for which the store is asked. A page is sent in the turn that finds that the answer
// still holds: what was moved away since, or is hidden now, must not go out with it.
import type { Access } from '../service/access.ts';
import type { Channels } from './channels.ts';
import type { Answered, FeedSubscription } from './feed-subscription.ts';
import type { Frame } from './frames.ts';
import { pagesIn, slicePage } from './pages.ts';
import type { Reader } from './reader.ts';

/** The next page of a slice that has come; none while the store is asked, or when nothing was lacking. */
export function readBook(subscription: FeedSubscription, reader: Reader): readonly Frame[] {
  const { state } = subscription;
  if (state.kind === 'behind') reader.ask(subscription, state);
  if (state.kind !== 'answered') return [];
  const { asked, slice } = state;
  const { channel } = subscription;
  // An answer that is out of date is asked for again; of one that was told in part, slicePage leaves out what has left.
  if (channel.departed > slice.now && (state.page === 0 || !channel.remembers(slice.now))) {
    reader.ask(subscription, state.page === 0 ? asked : { kind: 'behind', since: null });
    return [];
  }
  if (!slice.reset && namesHidden(state, subscription, reader)) {
    reader.ask(subscription, { kind: 'behind', since: null });
    return [];
  }
  const frames = state.page < pagesIn(state) ? [slicePage(subscription, state, reader.pages)] : [];
  state.page += 1;
  if (state.page >= pagesIn(state)) goOn(subscription, state);
  // With nothing to send there is no next time: what is still lacking is asked for now.
  const { state: after } = subscription;
  if (frames.length === 0 && after.kind === 'behind') reader.ask(subscription, after);
  return frames;
}

/** The slice is told. */
function goOn(subscription: FeedSubscription, answered: Answered): void {
  const { asked, slice } = answered;
  if (!slice.more) {
    subscription.complete(slice.rev);
    return;
  }
  const removedSince = slice.reset ? slice.now : (asked.removedSince ?? null);
  const isOpen = asked.isOpen === true || pagesIn(answered) > 0;
  subscription.state = { kind: 'behind', since: slice.rev, removedSince, isOpen };
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
