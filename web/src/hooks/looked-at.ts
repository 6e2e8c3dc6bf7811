// Whether the user looks at this window: it is seen, and in front of others.
import { useEffect, useState } from 'preact/hooks';

const EVENTS = ['focus', 'blur', 'pageshow', 'visibilitychange'];

export function isLookedAt(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

/** Returns the function that stops it. */
export function subscribeLookedAt(listener: () => void): () => void {
  for (const event of EVENTS) addEventListener(event, listener, true);
  return () => {
    for (const event of EVENTS) removeEventListener(event, listener, true);
  };
}

export function useLookedAt(): boolean {
  const [looked, setLooked] = useState(isLookedAt);
  useEffect(() => {
    const look = () => setLooked(isLookedAt());
    look();
    return subscribeLookedAt(look);
  }, []);
  return looked;
}
