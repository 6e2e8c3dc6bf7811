// One colleague in a list: name, number, presence with note and time, and what can be done.
import type { Extension, Presence } from '../../../client/types.ts';
import { CallControl } from '../calls/call-control.tsx';
import { useFormat } from '../hooks/use-format.ts';
import { Avatar } from '../parts/avatar.tsx';
import { IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { memo } from '../parts/memo.ts';
import { StatusDot } from '../parts/status-dot.tsx';
import { useTexts } from '../texts/texts.ts';

interface ExtensionRowProps {
  readonly extension: Extension;
  readonly presence: Presence | undefined;
  readonly stale: boolean;
  readonly favorite: boolean;
  readonly you: boolean;
  readonly active: boolean;
  readonly chosen: boolean;
  readonly href: string;
  readonly onFavorite: (id: string, name: string) => void;
  readonly onOpen: (href: string, event: MouseEvent) => void;
}

export const ExtensionRow = memo((props: ExtensionRowProps) => {
  const { extension, presence, stale, favorite, active, chosen, href } = props;
  const { directory } = useTexts();
  const { number, groups } = extension;
  const name = extension.name || number;
  const tabIndex = active ? 0 : -1;
  return (
    <div class={`row extension-row ${chosen ? 'chosen' : ''}`}>
      <Avatar name={name} kind="extension" />
      <a
        class="row-main"
        href={href}
        data-column="main"
        data-row={extension.id}
        tabIndex={tabIndex}
        aria-current={chosen ? 'true' : undefined}
        onClick={(event) => props.onOpen(href, event)}
      >
        <span class="row-name">
          <bdi>{name}</bdi>
          {props.you && <span class="tag">{directory.you}</span>}
        </span>
        <span class="row-sub">
          <span class="row-number">{number}</span>
          {groups.length > 0 && <bdi class="row-groups">{groups.join(', ')}</bdi>}
        </span>
        <PresenceLine presence={presence} stale={stale} />
      </a>
      <span class="row-actions">
        {!props.you && (
          <CallControl
            class="icon-button wide-only"
            number={number}
            name={name}
            label={directory.call(name)}
            title={directory.call(name)}
            column="call"
            tabIndex={tabIndex}
          >
            <Icon name="phone" />
          </CallControl>
        )}
        <IconButton
          label={favorite ? directory.removeFavorite(name) : directory.addFavorite(name)}
          icon="star"
          pressed={favorite}
          column="favorite"
          tabIndex={tabIndex}
          onClick={() => props.onFavorite(`extension:${extension.id}`, name)}
        />
      </span>
    </div>
  );
});

/** The indicator, then the note, then until when or since when. */
function PresenceLine({ presence, stale }: { presence: Presence | undefined; stale: boolean }) {
  const format = useFormat();
  const { common } = useTexts();
  return (
    <span class="row-presence">
      <StatusDot indicator={presence?.indicator} stale={stale} />
      {presence?.note && <bdi class="row-note">{presence.note}</bdi>}
      {presence && (
        <span class="row-time">
          {presence.until && presence.indicator === presence.status
            ? common.until(format.moment(presence.until))
            : common.since(format.moment(presence.since))}
        </span>
      )}
    </span>
  );
}
