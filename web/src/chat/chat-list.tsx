// The user's chats, the newest first, and colleagues to begin one with.
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { sortExtensions } from '../directory/extension-search.ts';
import { useAnnounced } from '../hooks/use-announced.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Empty } from '../parts/page.tsx';
import { SearchField } from '../parts/search-field.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { openDetails, place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';
import { ChatRow } from './chat-row.tsx';
import { chatRows } from './chat-rows.ts';
import { useChats } from './use-unread.ts';

interface ChatListProps {
  readonly chosen: string | undefined;
  /** Colleagues without a chat too. */
  readonly everybody: boolean;
}

export function ChatList({ chosen, everybody }: ChatListProps) {
  const { chat, common } = useTexts();
  const [text, setText] = useState('');
  const { chats, version } = useChats();
  const { extension: own } = useSession();
  const extensions = useClient().mirror('extensions');
  const directory = useMirror(extensions);
  const sorted = useMemo(() => sortExtensions(extensions.values()), [extensions, directory]);
  const last = useMemo(() => chats.last(), [chats, version]);
  const rows = useMemo(
    () => chatRows({ last, extensions: sorted, own, text, everybody }),
    [last, sorted, own, text, everybody],
  );
  useAnnounced(text, rows.length);
  useEffect(() => setText(''), [chosen]);
  useLayoutEffect(() => {
    if (everybody) document.querySelector<HTMLElement>('.chat-split input[type=search]')?.focus();
  }, [everybody]);
  return (
    <>
      <div class="toolbar">
        <SearchField label={chat.search} hint={chat.searchHint} value={text} onInput={setText} />
      </div>
      <p class="list-count">{everybody ? chat.beginHint : chat.count(last.length)}</p>
      {rows.length > 0 ? (
        <Rows rows={rows} chosen={chosen} of={JSON.stringify([text, everybody])} />
      ) : chats.state === 'loading' ? (
        <p class="waiting">{common.loading}</p>
      ) : text.trim() === '' ? (
        <Empty title={chat.emptyTitle} text={chat.emptyText} />
      ) : (
        <Empty title={chat.noneTitle} text={chat.noneText} />
      )}
    </>
  );
}

interface RowsProps {
  readonly rows: ReturnType<typeof chatRows>;
  readonly chosen: string | undefined;
  readonly of: string;
}

function Rows({ rows, chosen, of }: RowsProps) {
  const { chat } = useTexts();
  const client = useClient();
  const { chats } = useChats();
  const age = usePresenceAge();
  const { rowHeight } = useRowSize();
  const [extensions, presences] = [client.mirror('extensions'), client.mirror('presence')];
  useMirror(presences);
  return (
    <VirtualList
      class="chat-list"
      label={chat.list}
      count={rows.length}
      rowHeight={rowHeight}
      of={of}
      itemKey={(index) => rows[index]?.id ?? ''}
      row={(index, active) => {
        const row = rows[index];
        if (!row) return null;
        const extension = extensions.get(row.id);
        return (
          <ChatRow
            chat={row.id}
            name={extension?.name || row.id}
            last={row.last}
            unread={chats.unread.byChat.get(row.id) ?? 0}
            indicator={presences.get(row.id)?.indicator}
            stale={age(extension).stale}
            active={active}
            chosen={row.id === chosen}
            href={place(['chat', row.id])}
            onOpen={openDetails}
          />
        );
      }}
    />
  );
}
