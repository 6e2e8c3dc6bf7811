// Tells the server what the user has read.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RequestFailure } from '../../../client/api.ts';
import type { Message } from '../../../client/types.ts';
import { useClient } from '../hooks/use-client.ts';
import { isUnread } from './chats.ts';

/** At most so often. */
const EACH_MS = 1_000;

/** `isSeen`: the user looks at the last of the messages, and there is a connection. */
export function useReading(chat: string, messages: readonly Message[], isSeen: boolean): void {
  const client = useClient();
  const next = useRef(0);
  const [tries, setTries] = useState(0);
  const last = messages.findLast((message) => message.from === message.with);
  const upTo = last && isUnread(last) ? last.id : undefined;
  useEffect(() => {
    if (!isSeen || upTo === undefined) return;
    const tell = () => {
      next.current = performance.now() + EACH_MS;
      client.request('messages.read', { with: chat, upTo }).catch(({ code, retryAfter }: RequestFailure) => {
        if (code !== 429) return; // what cannot be told now is told with the next message, or connection
        next.current = performance.now() + (retryAfter ?? 1) * 1000;
        setTries((n) => n + 1);
      });
    };
    const timer = setTimeout(tell, Math.max(0, next.current - performance.now()));
    return () => clearTimeout(timer);
  }, [client, chat, upTo, isSeen, tries]);
}
