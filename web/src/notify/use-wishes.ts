// Of what the user wants to be notified, for components.
import { useEffect, useState } from 'preact/hooks';
import { keptWishes, subscribeWishes, type Wishes } from './wishes.ts';

/** `user`: the extension. */
export function useWishes(user: string): Wishes {
  const [wishes, setWishes] = useState(() => keptWishes(user));
  useEffect(() => {
    const look = () => setWishes(keptWishes(user));
    look();
    return subscribeWishes(look);
  }, [user]);
  return wishes;
}
