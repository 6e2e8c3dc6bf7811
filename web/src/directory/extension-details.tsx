// What is known of one colleague.
import type { Extension } from '../../../client/types.ts';
import { CallControl } from '../calls/call-control.tsx';
import { NumberFact } from '../calls/number-fact.tsx';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { useFormat } from '../hooks/use-format.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { Avatar } from '../parts/avatar.tsx';
import { IconButton, LinkButton } from '../parts/button.tsx';
import { Fact, Reach } from '../parts/facts.tsx';
import { Icon } from '../parts/icon.tsx';
import { mailLink } from '../parts/links.ts';
import { Notice } from '../parts/notice.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { place } from '../route.ts';
import { useTexts } from '../texts/texts.ts';

export function ExtensionDetails({ extension }: { extension: Extension | undefined }) {
  const { directory: text, common } = useTexts();
  const favorites = useFavorites();
  const session = useSession();
  if (!extension) {
    return (
      <div class="details">
        <h2 tabIndex={-1}>{common.details}</h2>
        <Notice kind="info">{text.gone}</Notice>
      </div>
    );
  }
  const name = extension.name || extension.number;
  const mail = extension.email && mailLink(extension.email);
  const favorite = favorites.has(`extension:${extension.id}`);
  return (
    <div class="details">
      <header class="details-head">
        <Avatar name={name} kind="extension" />
        <div>
          <h2 tabIndex={-1}>
            <bdi>{name}</bdi>
          </h2>
          <p class="details-kind">{common.kind.extension}</p>
        </div>
      </header>
      <div class="details-actions">
        {extension.id !== session.extension && (
          <>
            <CallControl class="button plain" number={extension.number} name={name} label={text.call(name)}>
              <Icon name="phone" />
              <span class="button-text">{text.callShort}</span>
            </CallControl>
            {session.features.chat === true && (
              <LinkButton icon="chat" href={place(['chat', extension.id])} label={text.chat(name)}>
                {text.chatShort}
              </LinkButton>
            )}
          </>
        )}
        {mail && (
          <LinkButton icon="mail" href={mail} label={text.mail(name)}>
            {text.mailShort}
          </LinkButton>
        )}
        <IconButton
          label={favorite ? text.removeFavorite(name) : text.addFavorite(name)}
          icon="star"
          pressed={favorite}
          onClick={() => favorites.toggle(`extension:${extension.id}`, name)}
        />
      </div>
      <PresenceFacts extension={extension} />
      <dl class="facts">
        <NumberFact label={text.number} number={extension.number} name={name} what={text.number} />
        {extension.mobile && (
          <NumberFact label={text.mobile} number={extension.mobile} name={name} what={text.mobile} />
        )}
        {extension.email && (
          <Reach label={text.email} value={extension.email} href={mail || undefined} what={text.email} />
        )}
        {extension.site && (
          <Fact label={text.site}>
            <bdi>{extension.site}</bdi>
          </Fact>
        )}
        {extension.groups.length > 0 && (
          <Fact label={text.groups}>
            <bdi>{extension.groups.join(', ')}</bdi>
          </Fact>
        )}
      </dl>
    </div>
  );
}

function PresenceFacts({ extension }: { extension: Extension }) {
  const { directory: text, common, status } = useTexts();
  const mirror = useClient().mirror('presence');
  useMirror(mirror);
  const format = useFormat();
  const age = usePresenceAge()(extension);
  const presence = mirror.get(extension.id);
  return (
    <dl class="facts">
      <Fact label={text.presence}>
        <StatusDot indicator={presence?.indicator} stale={age.stale} />
        {presence && <div class="fact-sub">{common.since(format.moment(presence.since))}</div>}
        {presence?.until && <div class="fact-sub">{common.until(format.moment(presence.until))}</div>}
        {age.stale && age.since && <div class="fact-sub">{text.staleSince(format.moment(age.since))}</div>}
      </Fact>
      {presence?.note && (
        <Fact label={status.note}>
          <bdi>{presence.note}</bdi>
        </Fact>
      )}
    </dl>
  );
}
