// A button that opens a few more: Escape or a click beside closes it, arrow keys go from one to the next.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from './button.tsx';
import type { IconName } from './icon.tsx';

interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  readonly busy?: boolean;
  readonly items: readonly { readonly text: string; readonly onClick: () => void }[];
}

export function Menu({ label, icon, busy = false, items }: MenuProps) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const close = (focus: boolean) => {
    setOpen(false);
    if (focus) box.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('.menu-items button')?.focus();
    const look = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener('pointerdown', look);
    addEventListener('focusin', look);
    return () => {
      removeEventListener('pointerdown', look);
      removeEventListener('focusin', look);
    };
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>('.menu-items button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (event.key === 'Escape') close(true);
    else if (step !== undefined) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons inside
    <div class="menu" ref={box} onKeyDown={onKeyDown}>
      <Button icon={icon} expanded={open} busy={busy} onClick={() => setOpen(!open)}>
        {label}
      </Button>
      {open && (
        <ul class="menu-items">
          {items.map(({ text, onClick }) => (
            <li key={text}>
              <button
                type="button"
                onClick={() => {
                  close(true);
                  onClick();
                }}
              >
                {text}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
