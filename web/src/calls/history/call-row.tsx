// One call in the history, or several like it: who, in which direction and how it ended, when and how long, and calling back.
import type { Call } from '../../../../client/types.ts';
import { useClient } from '../../hooks/use-client.ts';
import { useFormat } from '../../hooks/use-format.ts';
import { Avatar, type AvatarKind } from '../../parts/avatar.tsx';
import { Icon } from '../../parts/icon.tsx';
import { telLink } from '../../parts/links.ts';
import { useTexts } from '../../texts/texts.ts';
import { CallControl } from '../call-control.tsx';
import { partyName } from '../party.ts';
import { CallOutcome } from './call-outcome.tsx';

interface CallRowProps {
  readonly call: Call;
  /** How many calls stand in this row. */
  readonly count: number;
  readonly active: boolean;
  readonly chosen: boolean;
  readonly href: string;
  readonly onOpen: (href: string, event: MouseEvent) => void;
}

export function CallRow({ call, count, active, chosen, href, onOpen }: CallRowProps) {
  const texts = useTexts();
  const { directory } = texts;
  const name = partyName(texts, call);
  const tabIndex = active ? 0 : -1;
  return (
    <div class={`row call-row ${chosen ? 'chosen' : ''}`}>
      <Avatar name={call.name ?? ''} kind={useAvatarKind(call)} />
      <a
        class="row-main"
        href={href}
        data-column="main"
        data-row={call.id}
        tabIndex={tabIndex}
        aria-current={chosen ? 'true' : undefined}
        onClick={(event) => onOpen(href, event)}
      >
        <span class="row-name">
          <bdi>{name}</bdi>
          {count > 1 && (
            <span class="tag">
              <span aria-hidden="true">{count}</span>
              <span class="unseen">{texts.calls.times(count)}</span>
            </span>
          )}
        </span>
        {call.number !== '' && name !== call.number && (
          <span class="row-sub">
            <bdi>{call.number}</bdi>
          </span>
        )}
        <span class="row-presence">
          <CallOutcome call={call} />
          <CallTime call={call} />
        </span>
      </a>
      <span class="row-actions">
        {telLink(call.number) !== undefined && (
          <CallControl
            class="icon-button"
            number={call.number}
            name={name}
            label={directory.call(name)}
            title={directory.call(name)}
            column="call"
            tabIndex={tabIndex}
          >
            <Icon name="phone" />
          </CallControl>
        )}
      </span>
    </div>
  );
}

/** When, and how long was talked. */
function CallTime({ call: { at, talk, state } }: { call: Call }) {
  const format = useFormat();
  return (
    <span class="row-time">
      <time dateTime={at}>{format.time(at)}</time>
      {talk > 0 && state === undefined && <span class="call-talk"> · {format.duration(talk)}</span>}
    </span>
  );
}

/** A colleague and whoever is in no book look alike. */
export function useAvatarKind({ contact }: Call): AvatarKind {
  const client = useClient();
  return (contact === undefined ? undefined : client.contacts.get(contact)?.kind) ?? 'extension';
}
