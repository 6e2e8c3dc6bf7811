// The presence of all extensions, for whoever looks after them: who is on do not disturb and since when, ending it, and setting
// anybody's status.
import { useState } from 'preact/hooks';
import type { Presence } from '../../../client/types.ts';
import { useClient, useMirror } from '../hooks/use-client.ts';
import { useFormat } from '../hooks/use-format.ts';
import { useRowSize } from '../hooks/use-row-size.ts';
import { Button } from '../parts/button.tsx';
import { Checkbox, Select } from '../parts/field.tsx';
import { Notice } from '../parts/notice.tsx';
import { Empty, Page } from '../parts/page.tsx';
import { toast } from '../parts/toast.ts';
import { VirtualList } from '../parts/virtual-list.tsx';
import { failureText } from '../texts/failure-text.ts';
import { useTexts } from '../texts/texts.ts';
import { afterAll } from './one-by-one.ts';
import { PresenceLine } from './presence-line.tsx';
import { type PresenceFilter, type PresenceRow, presenceRows } from './presence-list.ts';
import { StatusDialog } from './status-dialog.tsx';
import { useAllPresence } from './use-presence.ts';

const FILTERS: readonly PresenceFilter[] = ['dnd', 'chosen', 'all'];

export function PresencePage() {
  const texts = useTexts();
  const { presence: words, pages } = texts.admin;
  const all = useAllPresence();
  const size = useRowSize();
  const [filter, setFilter] = useState<PresenceFilter>('dnd');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [setting, setSetting] = useState<{ extension: string }>();
  const rows = presenceRows(all.items, filter, all.now);
  const onDnd = rows.filter(({ status }) => status === 'do_not_disturb');
  const selected = onDnd.filter(({ id }) => chosen.has(id));
  const ending = useEnding(all.put);
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    setChosen(next);
  };
  const stuck = onDnd.filter((row) => row.stuck);
  return (
    <Page
      title={pages.presence}
      filled
      actions={
        <Button kind="primary" icon="clock" onClick={() => setSetting({ extension: '' })}>
          {words.set}
        </Button>
      }
    >
      <p class="lead">{words.lead}</p>
      <PbxAway />
      {all.failure !== undefined && <Notice kind="error">{failureText(texts, all.failure)}</Notice>}
      {stuck.length > 0 && <Notice kind="warning">{words.stuck(stuck.length)}</Notice>}
      <div class="toolbar">
        <Select
          class="beside"
          label={words.show}
          value={filter}
          onChange={setFilter}
          options={FILTERS.map((value) => ({ value, text: words.filters[value] }))}
        />
        {onDnd.length > 0 && (
          <Checkbox
            label={words.selectAll(onDnd.length)}
            checked={selected.length === onDnd.length}
            mixed={selected.length > 0 && selected.length < onDnd.length}
            onChange={(on) =>
              toggle(
                onDnd.map(({ id }) => id),
                on,
              )
            }
          />
        )}
        <Button kind="quiet" busy={all.busy} onClick={all.refresh}>
          {words.refresh}
        </Button>
        <span role="status" class="field-hint">
          {all.loading ? texts.common.loading : texts.common.found(rows.length)}
        </span>
        {selected.length > 0 && (
          <Button kind="primary" busy={ending.busy} onClick={() => ending.end(selected)}>
            {words.endSelected(selected.length)}
          </Button>
        )}
      </div>
      {ending.failures.map((text) => (
        <Notice key={text} kind="error">
          {text}
        </Notice>
      ))}
      {!all.loading && rows.length === 0 && (
        <Empty
          title={filter === 'dnd' ? words.none : words.noneOther}
          text={filter === 'dnd' ? words.noneText : undefined}
        />
      )}
      {rows.length > 0 && (
        <VirtualList
          label={words.list}
          count={rows.length}
          rowHeight={Math.round(size.rowHeight * (size.class === 'tall' ? 1.6 : 1.4))}
          class={size.class}
          of={filter}
          itemKey={(index) => rows[index]?.id ?? ''}
          row={(index, active) => {
            const row = rows[index];
            return (
              row && (
                <PresenceLine
                  row={row}
                  now={all.now}
                  tabIndex={active ? 0 : -1}
                  selected={chosen.has(row.id)}
                  busy={ending.busy}
                  onSelect={(on) => toggle([row.id], on)}
                  onEnd={() => ending.end([row])}
                  onSet={() => setSetting({ extension: row.id })}
                />
              )
            );
          }}
        />
      )}
      {setting && (
        <StatusDialog
          extension={setting.extension}
          items={all.items}
          onClose={() => setSetting(undefined)}
          onDone={(presence) => {
            all.put(presence);
            setSetting(undefined);
          }}
        />
      )}
    </Page>
  );
}

function PbxAway() {
  const { admin, common } = useTexts();
  const format = useFormat();
  const mirror = useClient().mirror('pbx');
  useMirror(mirror);
  const away = [...mirror.values()].filter(({ connected }) => !connected);
  return away.map(({ id, site = '', since }) => (
    <Notice key={id} kind="warning">
      {mirror.size > 1 && common.connection.siteAway(site, format.moment(since))}{' '}
      {(id === 'pbx' || mirror.size === 1) && admin.presence.away}
    </Notice>
  ));
}

/** Ends do not disturb of one or several; what fails is said of each. */
function useEnding(put: (presence: Presence) => void) {
  const texts = useTexts();
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [failures, setFailures] = useState<readonly string[]>([]);
  const endOne = async ({ id }: PresenceRow) => {
    const { presence } = await client.request('presence.set', { status: 'available', extension: id });
    put(presence);
  };
  const end = async (rows: readonly PresenceRow[]) => {
    setBusy(true);
    const failed = await afterAll(rows, endOne, () => undefined);
    setBusy(false);
    setFailures(failed.map(({ item, thrown }) => `${item.id} ${item.name}: ${failureText(texts, thrown)}`).slice(0, 5));
    const done = rows.length - failed.length;
    if (done > 0) toast(texts.admin.presence.ended(done));
  };
  return { busy, failures, end };
}
