// One chat: with whom, what was written, and where one writes.
import { useMemo, useRef, useState } from 'preact/hooks';
import { CallControl } from '../calls/call-control.tsx';
import { useLookedAt } from '../hooks/looked-at.ts';
import { useClient, useConnection, useMirror, useRedraw, useSession } from '../hooks/use-client.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { toast } from '../parts/toast.ts';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { Composer } from './composer.tsx';
import { unsentBehind } from './lines.ts';
import { MessageLog } from './message-log.tsx';
import { newLine } from './new-line.ts';
import { outboxOf } from './outbox.ts';
import { useReading } from './use-reading.ts';
import { useChats } from './use-unread.ts';

/** `chat`: the extension of the other one. */
export function Conversation({ chat }: { chat: string }) {
  const { chat: text, common } = useTexts();
  const client = useClient();
  const { extension: own } = useSession();
  const isConnected = useConnection().kind === 'ready';
  const { chats, version } = useChats();
  const outbox = outboxOf(client, own);
  const outboxVersion = useRedraw((listener) => outbox.subscribe(listener), outbox);
  const looked = useLookedAt();
  const [isAtEnd, setAtEnd] = useState(false);
  const [count, setCount] = useState(0);
  const extensions = client.mirror('extensions');
  useMirror(extensions);
  const name = extensions.get(chat)?.name || chat;

  const messages = chats.thread(chat);
  const unsent = useMemo(
    () => unsentBehind(messages, outbox.unsent, chat),
    [messages, version, outbox, outboxVersion, chat],
  );
  const isSeen = looked && isAtEnd;
  const line = useRef<string | undefined>(undefined);
  line.current = newLine(line.current, messages, isSeen);
  useReading(chat, messages, isSeen && isConnected);

  const again = useMemo(
    () => ({ onAgain: (id: string) => outbox.again(id), onDiscard: (id: string) => outbox.discard(id) }),
    [outbox],
  );
  const send = (written: string) => {
    line.current = undefined;
    setCount(count + 1);
    if (outbox.send(chat, written)) return true;
    toast(text.unsentMost, { kind: 'error' });
    return false;
  };
  return (
    <div class="conversation">
      <Head chat={chat} name={name} />
      {chats.state === 'loading' ? (
        <p class="waiting">{common.loading}</p>
      ) : (
        <MessageLog
          name={name}
          messages={messages}
          version={version}
          unsent={unsent}
          isConnected={isConnected}
          newFrom={line.current}
          written={count}
          onEnd={setAtEnd}
          {...again}
        />
      )}
      {extensions.state === 'loading' || (extensions.has(chat) && chat !== own) ? (
        <Composer user={own} chat={chat} name={name} onSend={send} />
      ) : (
        <Notice kind="info">{chat === own ? text.off.you : text.off.gone(chat)}</Notice>
      )}
    </div>
  );
}

function Head({ chat, name }: { chat: string; name: string }) {
  const { chat: text, directory } = useTexts();
  const client = useClient();
  const [extensions, presences] = [client.mirror('extensions'), client.mirror('presence')];
  useMirror(presences);
  const { stale } = usePresenceAge()(extensions.get(chat));
  const presence = presences.get(chat);
  return (
    <header class="conversation-head">
      <Avatar name={name} kind="extension" />
      <div class="conversation-who">
        <h2 tabIndex={-1} aria-label={text.with(name)}>
          <bdi>{name}</bdi>
        </h2>
        {extensions.has(chat) && (
          <p class="conversation-presence">
            <StatusDot indicator={presence?.indicator} stale={stale} />
            {presence?.note && <bdi class="row-note">{presence.note}</bdi>}
          </p>
        )}
      </div>
      {extensions.has(chat) && (
        <>
          <CallControl class="icon-button" number={chat} name={name} label={directory.call(name)}>
            <Icon name="phone" />
          </CallControl>
          <a
            class="icon-button"
            href={place(['extensions', chat])}
            aria-label={text.details(name)}
            title={text.details(name)}
          >
            <Icon name="info" />
          </a>
        </>
      )}
    </header>
  );
}
