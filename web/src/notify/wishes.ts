// Of what the user wants to be notified on this device. Kept for each user of the device.

export interface Wishes {
  readonly on: boolean;
  /** What was written is shown, and not only who wrote. */
  readonly text: boolean;
}

const KEY = 'rollcall.notify.';
const NONE: Wishes = { on: false, text: false };

const listeners = new Set<() => void>();

/** `user`: the extension. */
export function keptWishes(user: string): Wishes {
  try {
    const kept = JSON.parse(localStorage.getItem(`${KEY}${user}`) ?? 'null') as Partial<Wishes> | null;
    return { on: kept?.on === true, text: kept?.text === true };
  } catch {
    return NONE; // written by somebody else
  }
}

export function keepWishes(user: string, wishes: Wishes): void {
  localStorage.setItem(`${KEY}${user}`, JSON.stringify(wishes));
  for (const listener of [...listeners]) listener();
}

/** Told of changes in other windows as well. Returns the function that stops it. */
export function subscribeWishes(listener: () => void): () => void {
  const look = ({ key }: StorageEvent) => {
    if (key === null || key.startsWith(KEY)) listener();
  };
  listeners.add(listener);
  addEventListener('storage', look);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', look);
  };
}
