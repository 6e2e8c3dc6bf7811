// The user's favourites: whether something is one, and making it one or not.
import { useMemo } from 'preact/hooks';
import { toast } from '../parts/toast.ts';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { useClient, useMirror } from './use-client.ts';

export interface Favorites {
  readonly has: (id: string) => boolean;
  /** `id` as favourites have it; `name` for what is told of it. The same function as long as nothing else changes. */
  readonly toggle: (id: string, name: string) => void;
}

export function useFavorites(): Favorites {
  const client = useClient();
  const texts = useTexts();
  const mirror = client.mirror('favorites');
  useMirror(mirror);
  return useMemo(() => {
    const set = async (id: string, name: string, marked: boolean) => {
      try {
        await client.request(marked ? 'favorites.add' : 'favorites.remove', { id });
        const { favoriteAdded, favoriteRemoved, undo } = texts.directory;
        if (marked) toast(favoriteAdded(name));
        else toast(favoriteRemoved(name), { action: { text: undo, run: () => void set(id, name, true) } });
      } catch (thrown) {
        toast(failureText(texts, thrown), { kind: 'error' });
      }
    };
    return { has: (id) => mirror.has(id), toggle: (id, name) => void set(id, name, !mirror.has(id)) };
  }, [client, mirror, texts]);
}
