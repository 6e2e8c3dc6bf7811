// One extension in the list of presences: its status, since when and until when, its note, and what can be done about it.
import { useFormat } from '../hooks/use-format.ts';
import { usePresenceAge } from '../hooks/use-presence-age.ts';
import { IconButton } from '../parts/button.tsx';
import { Checkbox } from '../parts/field.tsx';
import { StatusDot } from '../parts/status-dot.tsx';
import { useTexts } from '../texts/texts.ts';
import { durationBetween, type PresenceRow } from './presence-list.ts';

interface PresenceLineProps {
  readonly row: PresenceRow;
  readonly now: number;
  readonly tabIndex: number;
  readonly selected: boolean;
  readonly busy: boolean;
  readonly onSelect: (on: boolean) => void;
  readonly onEnd: () => void;
  readonly onSet: () => void;
}

export function PresenceLine({ row, now, tabIndex, selected, busy, onSelect, onEnd, onSet }: PresenceLineProps) {
  const { admin, common } = useTexts();
  const { presence: words } = admin;
  const { moment } = useFormat();
  const { stale } = usePresenceAge()(row);
  const name = row.name === row.id ? row.id : `${row.id} ${row.name}`;
  const dnd = row.status === 'do_not_disturb';
  const times = [
    words.lasting(durationBetween(row.since, now)),
    common.since(moment(row.since)),
    row.until && common.until(moment(row.until)),
  ];
  return (
    <div class={`presence-line ${row.stuck ? 'stuck' : ''}`}>
      {dnd && (
        <Checkbox
          label={words.select(name)}
          quiet
          checked={selected}
          onChange={onSelect}
          tabIndex={tabIndex}
          column="select"
        />
      )}
      <span class="presence-text">
        <span class="presence-name">
          <strong>{name}</strong> {row.stuck && <span class="badge off">{words.stuckMark}</span>}
        </span>
        <span class="presence-state">
          <StatusDot indicator={row.indicator} stale={stale} />{' '}
          <span class="presence-times">{times.filter(Boolean).join(' · ')}</span>
        </span>
        {row.note && <span class="presence-note">“{row.note}”</span>}
      </span>
      {dnd && (
        <button
          type="button"
          class="button plain end"
          disabled={busy}
          tabIndex={tabIndex}
          data-column="end"
          aria-label={words.endOf(name)}
          onClick={onEnd}
        >
          {words.end}
        </button>
      )}
      <IconButton icon="edit" label={words.setOf(name)} onClick={onSet} tabIndex={tabIndex} column="main" />
    </div>
  );
}
