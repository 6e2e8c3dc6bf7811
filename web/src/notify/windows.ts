// Several windows of the portal on one device: one of them notifies, and only while the user looks at none. By locks of the browser,
// which end with the window that holds them.
import { isLookedAt, subscribeLookedAt } from '../hooks/looked-at.ts';

export interface Windows {
  /** Whether this window is the one that notifies, and the user looks at none. */
  readonly mayNotify: () => Promise<boolean>;
  readonly stop: () => void;
}

/** `user`: the extension; windows of other users are no concern. */
export function joinWindows(user: string): Windows {
  const { locks } = navigator;
  const [first, looked] = [`rollcall.notify.${user}`, `rollcall.looked.${user}`];
  const end = new AbortController();
  let isFirst = false;
  void hold(first, 'exclusive', end.signal, () => {
    isFirst = true;
  });

  let looking: AbortController | undefined;
  const look = () => {
    if (isLookedAt() === (looking !== undefined)) return;
    looking?.abort();
    looking = isLookedAt() ? new AbortController() : undefined;
    if (looking) void hold(looked, 'shared', looking.signal);
  };
  look();
  const stopLooking = subscribeLookedAt(look);

  return {
    mayNotify: async () => {
      if (!isFirst || isLookedAt()) return false;
      const { held = [] } = await locks.query();
      return !held.some(({ name }) => name === looked);
    },
    stop: () => {
      isFirst = false;
      end.abort();
      looking?.abort();
      stopLooking();
    },
  };
}

/** Until the signal comes, also while it is still waited for. */
async function hold(name: string, mode: LockMode, signal: AbortSignal, held?: () => void): Promise<void> {
  const ended = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
  try {
    await navigator.locks.request(name, { mode, signal }, () => {
      held?.();
      return ended;
    });
  } catch {
    // the signal came before the lock
  }
}
