// A window over the page: the browser's own <dialog>, which keeps the focus inside and gives it back; Escape and the
// Back button ask to close it.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useTexts } from '../texts/texts.ts';
import { Button, IconButton } from './button.tsx';
import { holdBack } from './dialog-history.ts';

interface DialogProps {
  readonly title: string;
  /** Asked for by Escape or the closing button; whoever shows the dialog takes it away, or not. */
  readonly onClose: () => void;
  readonly footer?: ComponentChildren;
  readonly size?: 'small' | 'large';
  /** A question that must be answered: told as such. */
  readonly alert?: boolean;
  readonly children?: ComponentChildren;
}

export function Dialog({ title, onClose, footer, size = 'small', alert = false, children }: DialogProps) {
  const id = useId();
  const { common } = useTexts();
  const box = useModal(onClose);
  return (
    <dialog
      ref={box}
      class={`dialog ${size}`}
      aria-labelledby={id}
      role={alert ? 'alertdialog' : undefined}
      onCancel={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <IconButton label={common.close} icon="close" onClick={onClose} />
      </div>
      <div class="dialog-body">{children}</div>
      {footer && <div class="dialog-foot">{footer}</div>}
    </dialog>
  );
}

/** Opens the dialog when it comes and closes it when it goes, so that the browser gives the focus back. */
function useModal(onClose: () => void) {
  const box = useRef<HTMLDialogElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    const before = document.activeElement;
    const release = holdBack(() => latest.current());
    dialog.showModal();
    const first = dialog.querySelector<HTMLElement>('[data-first], .dialog-body :is(input, select, textarea):enabled');
    (first ?? dialog.querySelector<HTMLElement>('h2'))?.focus();
    return () => {
      release();
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      requestAnimationFrame(() => {
        const isLost = document.activeElement === document.body && !document.querySelector('dialog[open]');
        if (isLost) document.querySelector<HTMLElement>('h1')?.focus(); // what opened it is gone too
      });
    };
  }, []);
  return box;
}

interface ConfirmProps {
  readonly title: string;
  readonly text: ComponentChildren;
  /** The words of the button that does it. */
  readonly action: string;
  /** Of the one that does not, when it is not just cancelled. */
  readonly cancel?: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function Confirm({ title, text, action, danger = false, busy = false, ...props }: ConfirmProps) {
  const { onConfirm, onCancel } = props;
  const { common } = useTexts();
  const footer = (
    <>
      <Button onClick={onCancel}>{props.cancel ?? common.cancel}</Button>
      <Button kind={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} onClose={onCancel} footer={footer} alert>
      <div class="confirm-text">{text}</div>
    </Dialog>
  );
}
