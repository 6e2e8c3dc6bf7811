// What a client lacks of a table that is held whole: read at once, sent page by page.
import { LIMITS } from '../protocol/limits.ts';
import type { Changes, Store, Table } from '../service/store.ts';
import { ALL, type Audience, itemIds } from './collection.ts';
import type { FeedSubscription } from './feed-subscription.ts';
import { changeFrame, type Frame } from './frames.ts';
import type { Reader } from './reader.ts';

/** The next page, or none when nothing is lacking and the subscription is live from now on: both happen in one call. */
export function readTable(subscription: FeedSubscription, { store }: Reader): readonly Frame[] {
  const { state, audience } = subscription;
  if (state.kind === 'behind') {
    const reading = changesFor(audience, store, subscription.channel.collection.table as Table, state.since);
    if (!reading.reset && reading.rows.length === 0 && reading.removed.length === 0) {
      subscription.complete(reading.rev);
      return [];
    }
    subscription.state = { kind: 'reading', reading, next: 0 };
  }
  return subscription.state.kind === 'reading' ? [nextPage(subscription, subscription.state)] : [];
}

function changesFor({ sees }: Audience, store: Store, table: Table, since: number | null): Changes {
  const changes = store.changes(table, since);
  if (sees === ALL) return changes;
  const removed = changes.removed.filter((id) => sees(id));
  return { ...changes, removed, rows: changes.rows.filter(({ id }) => sees(id)) };
}

function nextPage(subscription: FeedSubscription, state: { readonly reading: Changes; next: number }): Frame {
  const { audience, channel } = subscription;
  const { reading, next } = state;
  const end = Math.min(next + LIMITS.pageItems, reading.rows.length);
  const last = end === reading.rows.length;
  const rows = reading.rows.slice(next, end).filter(({ id }) => audience.sees(id));
  const frame = changeFrame({
    collection: channel.collection.name,
    reset: reading.reset && next === 0,
    more: !last,
    put: rows.map(({ id, value }) => audience.encode(id, value)),
    remove: next === 0 ? itemIds(channel.collection, reading.removed) : [],
    ...(last ? { held: channel.mask.hide(reading.rev) } : {}),
  });
  state.next = end;
  if (last) subscription.state = { kind: 'behind', since: reading.rev };
  return frame;
}
