// The client for components: who is logged in, how the connection stands, and mirrors that redraw at most once a frame.
import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { Client, ConnectionState, Mirror } from '../../../client/api.ts';
import type { Session } from '../../../client/types.ts';
import { oncePerFrame } from './frame.ts';

export const ClientContext = createContext<Client | undefined>(undefined);

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('no component that needs a client is drawn without one');
  return client;
}

/** Draws again when the log-in or the connection changes. */
export function useConnection(): ConnectionState {
  const client = useClient();
  useRedraw((listener) => client.subscribe(listener), client);
  return client.state;
}

/** What the server said at log-in; its features follow the rights of the user. */
export function useSession(): Session {
  useConnection();
  const { session } = useClient();
  if (!session) throw new Error('the pages are drawn only for somebody who has been logged in');
  return session;
}

/** Draws again after changes of the mirror, at most once a frame. Returns a number that is another one after each: for useMemo. */
export function useMirror<T extends { readonly id: string }>(mirror: Mirror<T>): number {
  return useRedraw((listener) => mirror.subscribe(listener), mirror);
}

/** Draws again after what `subscribe` tells, at most once a frame. `of` is what is subscribed to. */
export function useRedraw(subscribe: (listener: () => void) => () => void, of: unknown): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const soon = oncePerFrame(() => setVersion((n) => n + 1));
    const stop = subscribe(soon.call);
    soon.call(); // what happened between drawing and here
    return () => {
      stop();
      soon.cancel();
    };
  }, [of]);
  return version;
}
