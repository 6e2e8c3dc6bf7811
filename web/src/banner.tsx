// Above every page, when there is something to know of it: the server is away, or the phone system is.
import { useEffect, useState } from 'preact/hooks';
import { lostSince } from './connection.ts';
import { useClient, useConnection, useMirror } from './hooks/use-client.ts';
import { useFormat } from './hooks/use-format.ts';
import { Button } from './parts/button.tsx';
import { Notice } from './parts/notice.tsx';
import { useTexts } from './texts/texts.ts';

export function Banner() {
  const client = useClient();
  const state = useConnection();
  const format = useFormat();
  const { common } = useTexts();
  const mirror = client.mirror('pbx');
  useMirror(mirror);
  const pbx = mirror.get('pbx');
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
        pbx && !pbx.connected && <Notice kind="warning">{common.connection.pbxAway(format.moment(pbx.since))}</Notice>
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
