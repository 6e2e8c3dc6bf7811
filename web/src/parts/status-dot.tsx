// A presence at a glance: a mark of its own shape and colour, and its word. What may be out of date is hollow and says so.
import type { Indicator } from '../../../client/types.ts';
import { useTexts } from '../texts/texts.ts';

/** Shapes on a grid of 16, drawn inside a full disc: what is cut out of it. */
const CUTS: Readonly<Record<Indicator, string>> = {
  available: 'M4.5 8.3l2.4 2.4 4.6-5',
  away: 'M8 4.3V8.2l2.6 1.7',
  do_not_disturb: 'M4.5 8h7',
  lunch: 'M6.5 4v8M5 4v2.5h3V4M10.5 12V4c-1.3.8-1.5 2.5-1.5 4h1.5',
  business_trip: 'M4.5 6.5h7v5h-7zM6.5 6.5V4.8h3v1.7',
  off_work: 'M5 11l6-6M5 5l6 6',
  ringing: 'M5 9.8c1.5 0 .5-5.3 3-5.3s1.5 5.3 3 5.3zM7.3 11.5h1.4',
  on_call: 'M5.2 4.7c0 3.5 2.6 6.1 6.1 6.1l.2-1.8-1.7-.6-.9.9a5 5 0 01-2.2-2.2l.9-.9-.6-1.7z',
  offline: '',
};

interface StatusDotProps {
  /** Undefined: not known. */
  readonly indicator: Indicator | undefined;
  /** May be out of date. */
  readonly stale?: boolean;
  /** The word is for screen readers only. */
  readonly quiet?: boolean;
}

export function StatusDot({ indicator, stale = false, quiet = false }: StatusDotProps) {
  const { status, directory } = useTexts();
  const word = indicator ? status.indicator[indicator] : directory.noPresence;
  return (
    <span class={`status ${indicator ?? 'none'} ${stale ? 'stale' : ''}`}>
      <svg class="status-mark" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <circle cx="8" cy="8" r="7" />
        <path d={indicator ? CUTS[indicator] : ''} />
      </svg>
      <span class={quiet ? 'unseen' : 'status-word'}>{stale ? directory.stale(word) : word}</span>
    </span>
  );
}
