// Above every page, when there is something to know of it: the server is away, or the phone system is; quietly, that of another site.
import { useEffect, useState } from 'preact/hooks';
import { pbxOf } from '../../client/pbx-of.ts';
import { lostSince } from './connection.ts';
import { useClient, useConnection, useMirror, useSession } from './hooks/use-client.ts';
import { useFormat } from './hooks/use-format.ts';
import { Button } from './parts/button.tsx';
import { Notice } from './parts/notice.tsx';
import { useTexts } from './texts/texts.ts';

export function Banner() {
  const client = useClient();
  const state = useConnection();
  const format = useFormat();
  const { common } = useTexts();
  const { extension } = useSession();
  const [mirror, extensions] = [client.mirror('pbx'), client.mirror('extensions')];
  useMirror(mirror);
  useMirror(extensions);
  const own = pbxOf(mirror, extensions.get(extension));
  const away = [...mirror.values()].filter(({ connected }) => !connected);
  const lost = lostSince();
  // Always there, so that screen readers tell what comes into it.
  return (
    <div class="banner" role="status">
      {lost !== undefined ? (
        <Notice
          kind="warning"
          action={<Button onClick={() => client.reconnect()}>{common.connection.retryNow}</Button>}
        >
          {common.connection.lost(format.moment(lost))}{' '}
          <Countdown retryAt={state.kind === 'waiting' ? state.retryAt : undefined} />
        </Notice>
      ) : (
        away.map((pbx) =>
          pbx === own ? (
            <Notice key={pbx.id} kind="warning">
              {common.connection.pbxAway(format.moment(pbx.since))}
            </Notice>
          ) : (
            <p key={pbx.id} class="list-count">
              {common.connection.siteAway(pbx.site ?? pbx.id, format.moment(pbx.since))}
            </p>
          ),
        )
      )}
    </div>
  );
}

/** Not spoken each second. */
function Countdown({ retryAt }: { retryAt: number | undefined }) {
  const { common } = useTexts();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = retryAt === undefined ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1000));
  return <span aria-hidden="true">{common.connection.retryIn(seconds)}</span>;
}
