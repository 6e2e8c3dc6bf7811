// How many missed calls the user has not looked at. Until when he has is kept on this device, for all its windows.
import { useEffect, useState } from 'preact/hooks';
import { isLookedAt, subscribeLookedAt } from '../hooks/looked-at.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { markOf, newMissed } from './missed-calls.ts';

const KEY = 'rollcall.calls-seen';

const listeners = new Set<() => void>();

export function useMissed(): number {
  const { extension } = useSession();
  const mirror = useClient().mirror('calls');
  useMirror(mirror);
  const [, again] = useState(0);
  useEffect(() => {
    const look = () => again((n) => n + 1);
    const other = (event: StorageEvent) => {
      if (event.key === keyOf(extension)) look();
    };
    listeners.add(look);
    addEventListener('storage', other);
    return () => {
      listeners.delete(look);
      removeEventListener('storage', other);
    };
  }, [extension]);
  return newMissed(mirror.values(), keptMark(extension), Date.now());
}

/** What is in the history is looked at for as long as the component is drawn and its window is in sight. */
export function useCallsLookedAt(): void {
  const { extension } = useSession();
  const mirror = useClient().mirror('calls');
  const version = useMirror(mirror);
  useEffect(() => {
    const look = () => {
      if (!isLookedAt() || mirror.state !== 'live') return;
      const before = keptMark(extension);
      const mark = markOf(mirror.values(), before);
      if (mark === before) return;
      localStorage.setItem(keyOf(extension), String(mark));
      for (const listener of [...listeners]) listener();
    };
    look();
    return subscribeLookedAt(look);
  }, [mirror, version, extension]);
}

function keyOf(extension: string): string {
  return `${KEY}.${extension}`;
}

function keptMark(extension: string): number | undefined {
  const kept = Number(localStorage.getItem(keyOf(extension)) ?? Number.NaN);
  return Number.isFinite(kept) ? kept : undefined;
}
