// What the portal does without a page of its own: it tells in the title of the window how much is unread, notifies when the user wants
// it, and sees to messages that an earlier page could not send. Shows nothing.
import { useEffect } from 'preact/hooks';
import { chatsOf } from '../chat/chats.ts';
import { forgetWriting, readUnsent } from '../chat/kept-writing.ts';
import { useClient, useSession } from '../hooks/use-client.ts';
import { titleUnread } from '../parts/window-title.ts';
import { useTexts } from '../texts/texts.ts';
import { useWishes } from './use-wishes.ts';

export function Notifier() {
  const client = useClient();
  const texts = useTexts();
  const { extension: user } = useSession();
  const { on, text } = useWishes(user);
  useEffect(() => {
    const chats = chatsOf(client);
    // told at once: a window that is not seen is not drawn
    const tell = () => titleUnread(chats.unread.total);
    const stop = chats.subscribe(tell);
    tell();
    return () => {
      stop();
      titleUnread(0);
    };
  }, [client]);
  useEffect(() => {
    forgetWriting(user);
    if (readUnsent(user).length === 0) return;
    import('../chat/outbox.ts').then(
      ({ outboxOf }) => outboxOf(client, user),
      () => undefined, // it goes out with the page of chats then
    );
  }, [client, user]);
  useEffect(() => {
    if (!on || !('Notification' in window) || Notification.permission !== 'granted') return;
    let stop: (() => void) | undefined;
    let isOver = false;
    import('./watch.ts').then(
      ({ watch }) => {
        if (!isOver) stop = watch({ client, user, texts, text });
      },
      () => undefined, // the title tells of it all the same
    );
    return () => {
      isOver = true;
      stop?.();
    };
  }, [client, user, texts, on, text]);
  return null;
}
