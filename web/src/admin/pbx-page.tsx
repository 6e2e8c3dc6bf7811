// Whether the PBX is reached, of each site its own, and what the server is.
import type { Pbx, Session } from '../../../client/types.ts';
import { useClient, useMirror, useSession } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { Fact } from '../parts/facts.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { useTexts } from '../texts/texts.ts';

export function PbxPage() {
  const { admin } = useTexts();
  const { pbx: texts } = admin;
  const client = useClient();
  const session = useSession();
  const format = useFormat();
  const extensions = client.mirror('extensions');
  useMirror(extensions);
  return (
    <Page title={admin.pages.pbx}>
      <Connections />
      <dl class="server-facts">
        <Fact label={texts.extensions}>{format.count(extensions.size)}</Fact>
        <Fact label={texts.server}>
          {session.server.product} {session.server.version}
        </Fact>
        <Fact label={texts.protocol}>{session.server.protocol}</Fact>
        <Fact label={texts.message}>{texts.bytes(format.count(session.limits.messageBytes))}</Fact>
        <Fact label={texts.requests}>{texts.perSecond(format.count(session.limits.requestsPerSecond))}</Fact>
        <Fact label={texts.page}>{texts.items(format.count(session.limits.pageItems))}</Fact>
      </dl>
      <h2>{texts.features}</h2>
      <dl class="server-facts">
        {(['contacts', 'company', 'phoneDirectory', 'calls', 'chat'] as const).map((name) => (
          <Feature key={name} name={texts.feature[name]} value={session.features[name]} />
        ))}
      </dl>
      <h2>{texts.checkTitle}</h2>
      <p>{texts.checkText}</p>
      <pre>
        <code>rollcall check</code>
      </pre>
    </Page>
  );
}

/** The server's own site first. */
function Connections() {
  const { common } = useTexts();
  const mirror = useClient().mirror('pbx');
  useMirror(mirror);
  const rank = ({ id }: Pbx) => (id === 'pbx' ? '' : id);
  const all = [...mirror.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  if (all.length === 0) return <p role="status">{common.loading}</p>;
  return all.map((pbx) => <Connection key={pbx.id} pbx={pbx} />);
}

function Connection({ pbx: { site, connected, since } }: { pbx: Pbx }) {
  const { admin, common } = useTexts();
  const { pbx: texts } = admin;
  const format = useFormat();
  return (
    <Notice kind={connected ? 'success' : 'warning'}>
      {site && <bdi>{site}: </bdi>}
      <strong role="status">{connected ? texts.connected : texts.away}</strong> {common.since(format.full(since))}
      {!connected && <p>{texts.awayText}</p>}
    </Notice>
  );
}

type Value = Session['features'][keyof Session['features']];

function Feature({ name, value }: { name: string; value: Value }) {
  const { pbx: texts } = useTexts().admin;
  const off = typeof value === 'object' && 'off' in value ? value : undefined;
  const on = value === true || (typeof value === 'object' && !off);
  return (
    <Fact label={name}>{on ? texts.on : off ? texts.off(texts.why[off.off], off.needs ?? '') : texts.off('', '')}</Fact>
  );
}
