// How many messages the user has not read, and chats that draw again when they change.
import { useClient, useRedraw } from '../hooks/use-client.ts';
import { type Chats, chatsOf, type Unread } from './chats.ts';

export function useUnread(): Unread {
  return useChats().chats.unread;
}

/** `version` is another one after each change: for useMemo. */
export function useChats(): { readonly chats: Chats; readonly version: number } {
  const chats = chatsOf(useClient());
  const version = useRedraw((listener) => chats.subscribe(listener), chats);
  return { chats, version };
}
