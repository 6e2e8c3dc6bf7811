// The presence of all extensions, hidden ones too: fetched, fetched again from time to time, and in between as the mirror has it.
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Presence } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { latest, type NamedPresence } from './presence-list.ts';
import { fetchPresence } from './use-people.ts';

/** The mirror has no presence of extensions that are hidden from the administrator as a user. */
const AGAIN_MS = 30_000;

interface Fetched {
  readonly items: readonly NamedPresence[];
  /** Answers to requests since. */
  readonly answers: ReadonlyMap<string, Presence>;
}

export function useAllPresence() {
  const client = useClient();
  const mirror = client.mirror('presence');
  const version = useMirror(mirror);
  const [fetched, setFetched] = useState<Fetched>();
  const [failure, setFailure] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [now, setNow] = useState(Date.now);
  const fetchAll = useCallback(async (signal: AbortSignal) => {
    try {
      const { presence } = await fetchPresence(signal);
      if (signal.aborted) return;
      setFetched({ items: presence, answers: new Map() });
      setFailure(undefined);
    } catch (thrown) {
      if (!signal.aborted) setFailure(thrown);
    }
    setNow(Date.now());
  }, []);
  useEffect(() => {
    const gone = new AbortController();
    fetchAll(gone.signal);
    const timer = setInterval(() => document.visibilityState === 'visible' && fetchAll(gone.signal), AGAIN_MS);
    return () => {
      gone.abort();
      clearInterval(timer);
    };
  }, [fetchAll]);
  const items = useMemo(() => {
    if (!fetched) return [];
    const live = new Map(fetched.answers);
    for (const item of mirror.values()) live.set(item.id, item);
    return latest(fetched.items, live);
  }, [fetched, mirror, version]);
  return {
    ...{ items, failure, busy, now },
    loading: !fetched && failure === undefined,
    put: (presence: Presence) =>
      setFetched((old) => old && { ...old, answers: new Map(old.answers).set(presence.id, presence) }),
    refresh: async () => {
      setBusy(true);
      await fetchAll(new AbortController().signal);
      setBusy(false);
    },
  };
}
