// What of a collection is new since one began to follow it: neither what was there already, nor what came while nobody listened
// for longer than a moment. Knows no notification.
import type { Client, Mirror, MirrorChange } from '../../../client/api.ts';

interface NewsParts<T extends { readonly id: string }> {
  readonly mirror: Pick<Mirror<T>, 'state' | 'values' | 'subscribe'>;
  readonly client: Pick<Client, 'state' | 'subscribe'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Items that were not there before, each once. */
  readonly told: (items: readonly T[]) => void;
}

/** What came in so short a break of the connection is news. */
const BREAK_MS = 60_000;

/** Returns the function that stops it. */
export function followNews<T extends { readonly id: string }>({ mirror, client, now, told }: NewsParts<T>): () => void {
  let isBegun = mirror.state === 'live';
  const known = new Set(isBegun ? [...mirror.values()].map(({ id }) => id) : []);
  let lost = client.state.kind === 'ready' ? undefined : now();
  const take = ({ reset, put, remove }: MirrorChange<T>) => {
    const fresh = put.filter(({ id }) => !known.has(id));
    if (reset) known.clear();
    for (const { id } of put) known.add(id);
    for (const id of remove) known.delete(id);
    const isLate = lost !== undefined && now() - lost > BREAK_MS;
    if (isBegun && !isLate && fresh.length > 0) told(fresh);
    isBegun = mirror.state === 'live';
  };
  const stops = [
    mirror.subscribe(take),
    client.subscribe(() => {
      if (client.state.kind === 'ready') lost = undefined;
      else lost ??= now();
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
