// One chat in a list: with whom, what was written last and when, and how much of it is unread.
import type { Indicator, Message } from '../../../client/types.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Avatar } from '../parts/avatar.tsx';
import { memo } from '../parts/memo.ts';
import { StatusDot } from '../parts/status-dot.tsx';
import { useTexts } from '../texts/texts.ts';

interface ChatRowProps {
  /** The extension of the other one. */
  readonly chat: string;
  readonly name: string;
  readonly last: Message | undefined;
  readonly unread: number;
  readonly indicator: Indicator | undefined;
  readonly stale: boolean;
  readonly active: boolean;
  readonly chosen: boolean;
  readonly href: string;
  readonly onOpen: (href: string, event: MouseEvent) => void;
}

/** More is not seen of the last message. */
const PREVIEW = 160;

export const ChatRow = memo((props: ChatRowProps) => {
  const { chat, name, last, unread, chosen, href } = props;
  const { chat: text } = useTexts();
  const format = useFormat();
  const preview = last?.text.slice(0, PREVIEW).replace(/\s+/g, ' ');
  return (
    <div class={`row chat-row ${chosen ? 'chosen' : ''} ${unread > 0 ? 'unread' : ''}`}>
      <span class="chat-face">
        <Avatar name={name} kind="extension" />
        <StatusDot indicator={props.indicator} stale={props.stale} quiet />
      </span>
      <a
        class="row-main"
        href={href}
        data-column="main"
        data-row={chat}
        tabIndex={props.active ? 0 : -1}
        aria-current={chosen ? 'true' : undefined}
        onClick={(event) => props.onOpen(href, event)}
      >
        <span class="chat-line">
          <bdi class="row-name">{name}</bdi>
          {last && <span class="row-time">{format.moment(last.at)}</span>}
        </span>
        <span class="chat-line">
          <bdi class="chat-preview">
            {preview === undefined ? chat : last?.from === chat ? preview : text.yours(preview)}
          </bdi>
          {unread > 0 && (
            <span class="badge">
              <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
              <span class="unseen">{text.unread(unread)}</span>
            </span>
          )}
        </span>
      </a>
    </div>
  );
});
