// Shows a notification for new messages, one for each chat, and for missed calls; takes back those of what was read elsewhere. Loaded
// only when the user wants to be notified.
import type { Client } from '../../../client/api.ts';
import type { Call, Message } from '../../../client/types.ts';
import { chatsOf, isUnread } from '../chat/chats.ts';
import { isLookedAt, subscribeLookedAt } from '../hooks/looked-at.ts';
import { go, place } from '../route.ts';
import type { Texts } from '../texts/en.ts';
import { followNews } from './news.ts';
import { joinWindows } from './windows.ts';

interface WatchParts {
  readonly client: Client;
  /** The extension whose log-in it is. */
  readonly user: string;
  readonly texts: Texts;
  /** Whether what was written may be shown. */
  readonly text: boolean;
}

interface Shown {
  readonly title: string;
  readonly body: string;
  /** Where a press on it goes. */
  readonly href: string;
}

/** A call that was missed longer ago is no news: the server was told of it late. */
const LATE_MS = 10 * 60_000;
/** Characters of a message. */
const MOST = 200;

/** Returns the function that stops it and closes what is shown. */
export function watch({ client, user, texts, text }: WatchParts): () => void {
  const { notify } = texts;
  const windows = joinWindows(user);
  const shown = new Map<string, Notification>();
  const chats = chatsOf(client);
  const nameOf = (extension: string) => client.mirror('extensions').get(extension)?.name || extension;

  const close = (tag: string) => {
    shown.get(tag)?.close();
    shown.delete(tag);
  };
  const show = (tag: string, make: () => Shown | undefined) => {
    if (client.mirror('presence').get(user)?.status === 'do_not_disturb') return;
    windows.mayNotify().then(
      (may) => {
        const what = may ? make() : undefined;
        if (!what) return;
        close(tag);
        shown.set(
          tag,
          present(tag, what, () => close(tag)),
        );
      },
      () => undefined, // the page is being left
    );
  };

  const messages = (items: readonly Message[]) => {
    const unread = items.filter(isUnread);
    for (const chat of new Set(unread.map((message) => message.with))) {
      const last = unread.findLast((message) => message.with === chat);
      show(`chat ${chat}`, () => {
        const count = chats.unread.byChat.get(chat) ?? 0;
        if (count === 0) return undefined; // read meanwhile
        const body = text && last ? last.text.slice(0, MOST) : notify.messages(count);
        return { title: nameOf(chat), body, href: place(['chat', chat]) };
      });
    }
  };
  const calls = (items: readonly Call[]) => {
    for (const call of items) {
      const { id, at, ring, disposition, reason, extension, name, number } = call;
      const isLate = Date.now() - Date.parse(at) - ring * 1000 > LATE_MS;
      if (disposition !== 'missed' || reason === 'declined' || isLate) continue;
      const who = name || (extension && nameOf(extension)) || number || notify.unknown;
      const why = Object.hasOwn(notify.reason, reason ?? '') ? notify.reason[reason as keyof typeof notify.reason] : '';
      const body = [why, number === who ? '' : number].filter(Boolean).join(' · ');
      show(`call ${id}`, () => ({ title: notify.missed(who), body, href: place(['calls', id]) }));
    }
  };

  const now = Date.now;
  const stops = [
    followNews({ client, now, mirror: client.mirror('messages'), told: messages }),
    followNews({ client, now, mirror: client.mirror('calls'), told: calls }),
    chats.subscribe(() => {
      for (const tag of shown.keys()) {
        if (tag.startsWith('chat ') && !chats.unread.byChat.has(tag.slice(5))) close(tag);
      }
    }),
    subscribeLookedAt(() => {
      if (isLookedAt()) for (const tag of [...shown.keys()]) close(tag);
    }),
    windows.stop,
  ];
  return () => {
    for (const stop of stops) stop();
    for (const tag of [...shown.keys()]) close(tag);
  };
}

function present(tag: string, { title, body, href }: Shown, done: () => void): Notification {
  const notification = new Notification(title, { body, tag, icon: '/icon.svg' });
  notification.onclick = () => {
    window.focus();
    go(href);
    done();
  };
  return notification;
}
