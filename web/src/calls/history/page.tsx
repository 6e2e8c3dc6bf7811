// The user's own calls: whom, when, how they ended; searched and filtered; and what is known of the chosen one.
import { useMemo, useState } from 'preact/hooks';
import type { FeatureOff } from '../../../../client/types.ts';
import { useClient, useMirror, useSession } from '../../hooks/use-client.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Split } from '../../parts/split.tsx';
import { go, place } from '../../route.ts';
import { useTexts } from '../../texts/texts.ts';
import { useCallsLookedAt } from '../use-missed.ts';
import { CallDetails } from './call-details.tsx';
import { CallList } from './call-list.tsx';
import { DialForm } from './dial-form.tsx';
import { CALL_KINDS, type HistoryFilter, sortCalls } from './history-rows.ts';
import './history.css';

const ALL: HistoryFilter = { kind: 'all', text: '' };

export function CallsPage({ chosen }: { chosen: string | undefined }) {
  const { calls: text } = useTexts();
  const { features } = useSession();
  const client = useClient();
  const [filter, setFilter] = useState(ALL);
  const mirror = client.mirror('calls');
  const version = useMirror(mirror);
  useMirror(client.mirror('extensions')); // who is still there
  const calls = useMemo(() => sortCalls(mirror.values()), [mirror, version]);
  useCallsLookedAt();
  if (features.calls !== true && mirror.state === 'gone') return <CallsOff off={features.calls} />;
  return (
    <Page title={text.title} filled>
      <Split
        label={text.title}
        chosen={chosen}
        details={chosen === undefined ? undefined : <CallDetails call={mirror.get(chosen)} calls={calls} />}
        onClose={() => go(place(['calls']))}
      >
        <DialForm />
        <div class="toolbar">
          <SearchField
            label={text.search}
            hint={text.searchHint}
            value={filter.text}
            onInput={(typed) => setFilter({ ...filter, text: typed })}
          />
          <Kinds filter={filter} onChange={setFilter} />
        </div>
        <CallList calls={calls} filter={filter} chosen={chosen} onClear={() => setFilter(ALL)} />
      </Split>
    </Page>
  );
}

function Kinds({ filter, onChange }: { filter: HistoryFilter; onChange: (filter: HistoryFilter) => void }) {
  const { calls: text } = useTexts();
  return (
    <fieldset class="call-kinds">
      <legend class="unseen">{text.filter}</legend>
      {CALL_KINDS.map((kind) => (
        <Button key={kind} pressed={filter.kind === kind} onClick={() => onChange({ ...filter, kind })}>
          {text.filters[kind]}
        </Button>
      ))}
    </fieldset>
  );
}

function CallsOff({ off }: { off: FeatureOff }) {
  const { title, off: text } = useTexts().calls;
  const why = off.off === 'client_too_old' ? text.client_too_old(off.needs ?? '') : text[off.off];
  return (
    <Page title={title}>
      <Empty title={text.title} text={why} />
    </Page>
  );
}
