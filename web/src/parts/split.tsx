// A list, and beside it what is known of the chosen item; on a narrow screen the item lies over the list. Escape goes back.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWide } from '../hooks/use-wide.ts';
import { useTexts } from '../texts/texts.ts';
import { IconButton } from './button.tsx';

interface SplitProps {
  readonly children: ComponentChildren;
  /** Undefined: nothing is chosen. */
  readonly details: ComponentChildren | undefined;
  /** Of the chosen item; another one takes the focus to the heading of its details. */
  readonly chosen: string | undefined;
  readonly label: string;
  readonly onClose: () => void;
  /** What takes the focus in place of the heading, if it is there. */
  readonly focus?: string;
  readonly class?: string;
}

export function Split({ children, details, chosen, label, onClose, focus, ...rest }: SplitProps) {
  const { common } = useTexts();
  const wide = useWide();
  const pane = useRef<HTMLElement>(null);
  const shown = details !== undefined;
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (chosen !== undefined) first(pane.current, focus)?.focus({ preventScroll: true });
    else if (before.current !== undefined) focusRow(before.current);
    before.current = chosen;
  }, [chosen]);
  useEffect(() => {
    if (!shown) return;
    const look = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      onClose();
    };
    addEventListener('keydown', look);
    return () => removeEventListener('keydown', look);
  });
  return (
    <div class={`split ${shown ? 'open' : ''} ${rest.class ?? ''}`}>
      <div class="split-list" inert={shown && !wide}>
        {children}
      </div>
      {shown && (
        <section class="split-details" aria-label={label} ref={pane}>
          <IconButton
            class="split-close"
            label={wide ? common.close : common.back}
            icon={wide ? 'close' : 'back'}
            onClick={onClose}
          />
          {details}
        </section>
      )}
    </div>
  );
}

function first(pane: HTMLElement | null, focus: string | undefined): HTMLElement | null | undefined {
  return (focus && pane?.querySelector<HTMLElement>(focus)) || pane?.querySelector<HTMLElement>('h2');
}

/** Back to where one came from, unless the focus is somewhere of its own. */
function focusRow(id: string): void {
  if (document.activeElement && document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}
