// What is known of one colleague.
import type { Extension } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useFavorites } from '../hooks/use-favorites.ts';
import { useFormat } from '../hooks/use-format.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { Avatar } from '../parts/avatar.tsx';
import { IconButton, LinkButton } from '../parts/button.tsx';
import { Fact, Reach } from '../parts/facts.tsx';
import { mailLink, telLink } from '../parts/links.ts';
import { Notice } from '../parts/notice.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { useTexts } from '../texts/texts.ts';

export function ExtensionDetails({ extension }: { extension: Extension | undefined }) {
  const { directory: text, common } = useTexts();
  const favorites = useFavorites();
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
        <LinkButton icon="phone" href={telLink(extension.number) ?? ''} label={text.call(name)}>
          {text.callShort}
        </LinkButton>
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
      <PresenceFacts id={extension.id} />
      <dl class="facts">
        <Reach label={text.number} value={extension.number} href={telLink(extension.number)} what={text.number} />
        {extension.mobile && (
          <Reach label={text.mobile} value={extension.mobile} href={telLink(extension.mobile)} what={text.mobile} />
        )}
        {extension.email && (
          <Reach label={text.email} value={extension.email} href={mail || undefined} what={text.email} />
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

function PresenceFacts({ id }: { id: string }) {
  const { directory: text, common, status } = useTexts();
  const mirror = useClient().mirror('presence');
  useMirror(mirror);
  const format = useFormat();
  const age = usePresenceAge();
  const presence = mirror.get(id);
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
