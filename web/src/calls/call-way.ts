// With what this device makes calls: the user's phone at the PBX, or whatever opens `tel:` on the device itself.

export type CallWay = 'phone' | 'device';

const KEY = 'rollcall.call-with';

const listeners = new Set<() => void>();

export function keptWay(): CallWay {
  return localStorage.getItem(KEY) === 'device' ? 'device' : 'phone';
}

export function chooseWay(way: CallWay): void {
  localStorage.setItem(KEY, way);
  for (const listener of [...listeners]) listener();
}

/** Returns the function that stops it. */
export function subscribeWay(listener: () => void): () => void {
  const other = (event: StorageEvent) => {
    if (event.key === KEY) listener();
  };
  listeners.add(listener);
  addEventListener('storage', other);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', other);
  };
}
