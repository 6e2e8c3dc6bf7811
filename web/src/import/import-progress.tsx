// How far a file is: sent, read, stored. Seen as a bar and heard as words now and then.
import { useEffect, useRef } from 'preact/hooks';
import { useFormat } from '../hooks/use-format.ts';
import { Button } from '../parts/button.tsx';
import { announce } from '../parts/toast.ts';
import { useTexts } from '../texts/texts.ts';
import type { Running } from './flow.ts';
import { howFar } from './report-view.ts';

interface ImportProgressProps {
  readonly name: string;
  readonly running: Running;
  /** Absent: it cannot be cancelled any more. */
  readonly onCancel?: () => void;
}

export function ImportProgress({ name, running, onCancel }: ImportProgressProps) {
  const { transfer, common } = useTexts();
  const { count } = useFormat();
  const { phase, percent, known } = howFar(running);
  const rows = running.progress && running.progress.total > 0 ? running.progress : undefined;
  const text = transfer.phases[phase](name);
  const spoken = `${text} ${known ? transfer.percent(percent - (percent % 25)) : ''}`;
  useSpoken(spoken);
  return (
    <div class="progress">
      <p id="progress-text">
        {text} {known && transfer.percent(percent)}
        {rows && (
          <span class="quiet-text"> {transfer.rowsOf(count(rows.done), count(Math.max(rows.done, rows.total)))}</span>
        )}
      </p>
      <div
        class={`bar ${known ? '' : 'unknown'}`}
        role="progressbar"
        aria-label={transfer.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={known ? percent : undefined}
        aria-valuetext={known ? undefined : text}
      >
        <div class="bar-done" style={{ width: known ? `${percent}%` : '100%' }} />
      </div>
      {onCancel ? (
        <Button onClick={onCancel}>{common.cancel}</Button>
      ) : (
        <p class="field-hint">{transfer.cannotCancel}</p>
      )}
    </div>
  );
}

/** Speaks each text once. */
function useSpoken(text: string): void {
  const before = useRef('');
  useEffect(() => {
    if (before.current !== text) announce(text);
    before.current = text;
  }, [text]);
}
