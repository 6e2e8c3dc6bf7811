// The rows of the call history: days, calls, and times of which nothing is known.
import { useMemo } from 'preact/hooks';
import type { Call, CallGap } from '../../../../client/types.ts';
import { useAnnounced } from '../../hooks/use-announced.ts';
import { useClient, useMirror, useSession } from '../../hooks/use-client.ts';
import { useFormat } from '../../hooks/use-format.ts';
import { useRowSize } from '../../hooks/use-row-size.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Empty } from '../../parts/page.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { openDetails, place } from '../../route.ts';
import { useTexts } from '../../texts/texts.ts';
import { CallRow } from './call-row.tsx';
import { filterCalls, type HistoryFilter, historyRows } from './history-rows.ts';

interface CallListProps {
  /** Newest first. */
  readonly calls: readonly Call[];
  readonly filter: HistoryFilter;
  readonly chosen: string | undefined;
  readonly onClear: () => void;
}

export function CallList({ calls, filter, chosen, onClear }: CallListProps) {
  const client = useClient();
  const { calls: text, common } = useTexts();
  const size = useRowSize(chosen !== undefined);
  const unknown = client.mirror('callGaps');
  const version = useMirror(unknown);
  const isWhole = filter.text.trim() === '';
  const site = client.mirror('extensions').get(useSession().extension)?.site;
  const gaps = useMemo(
    () => (isWhole ? [...unknown.values()].filter((gap) => gap.site === site) : []),
    [isWhole, version, site],
  );
  const shown = useMemo(() => filterCalls(calls, filter), [calls, filter]);
  const rows = useMemo(() => historyRows(shown, gaps, (at) => new Date(at).toDateString()), [shown, gaps]);
  useAnnounced(filter.text, shown.length);
  if (calls.length === 0 && rows.length === 0) {
    if (client.mirror('calls').state === 'loading') return <p class="waiting">{common.loading}</p>;
    return <Empty title={text.emptyTitle} text={text.emptyText} />;
  }
  const clear = <Button onClick={onClear}>{text.clear}</Button>;
  if (rows.length === 0) {
    const why = filter.kind === 'missed' && filter.text.trim() === '' ? text.noneMissed : text.noneText;
    return <Empty title={text.noneTitle} text={why} action={clear} />;
  }
  const row = (index: number, active: boolean) => {
    const item = rows[index];
    if (!item) return null;
    if (item.kind === 'day') return <Day at={item.at} />;
    if (item.kind === 'gap') return <Gap gap={item.gap} />;
    const isChosen = item.calls.some(({ id }) => id === chosen);
    return (
      <CallRow
        call={item.call}
        count={item.calls.length}
        active={active}
        chosen={isChosen}
        href={place(['calls', item.call.id])}
        onOpen={openDetails}
      />
    );
  };
  return (
    <>
      <p class="list-count">{text.count(shown.length, calls.length)}</p>
      <VirtualList
        label={text.list}
        count={rows.length}
        {...size}
        class={`calls-list ${size.class}`}
        of={JSON.stringify(filter)}
        itemKey={(index) => rows[index]?.id ?? ''}
        isPassedOver={(index) => rows[index]?.kind !== 'calls'}
        row={row}
      />
    </>
  );
}

function Day({ at }: { at: string }) {
  const format = useFormat();
  return <h2 class="call-day">{format.day(at)}</h2>;
}

function Gap({ gap: { from, until } }: { gap: CallGap }) {
  const { calls } = useTexts();
  const format = useFormat();
  const [start, end] = [format.moment(from), format.moment(until)];
  const seconds = Math.max(1, Math.round((Date.parse(until) - Date.parse(from)) / 1000));
  return (
    <p class="call-gap">
      <Icon name="clock" />
      <span>{start === end ? calls.gapFor(start, format.duration(seconds)) : calls.gap(start, end)}</span>
    </p>
  );
}
