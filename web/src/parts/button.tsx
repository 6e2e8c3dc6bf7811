// Buttons: with words, with an icon that has its words for those who do not see it, and links that look like buttons.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet';

interface ButtonProps {
  readonly kind?: ButtonKind;
  readonly type?: 'button' | 'submit';
  readonly onClick?: (event: MouseEvent) => void;
  readonly disabled?: boolean;
  /** Works on it: it cannot be pressed again, and says so. */
  readonly busy?: boolean;
  readonly icon?: IconName;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly class?: string;
  readonly form?: string;
  readonly describedBy?: string;
  /** For screen readers, where the words alone say too little; it holds the words. */
  readonly label?: string;
  readonly children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', type = 'button', busy = false, disabled = false, icon, children } = props;
  return (
    <button
      type={type}
      class={`button ${kind} ${props.class ?? ''}`}
      disabled={disabled}
      aria-disabled={busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-pressed={props.pressed}
      aria-expanded={props.expanded}
      aria-describedby={props.describedBy}
      form={props.form}
      aria-label={props.label}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {icon && <Icon name={icon} />}
      <span class="button-text">{children}</span>
    </button>
  );
}

interface IconButtonProps {
  /** What it does; told to screen readers and shown as a hint. */
  readonly label: string;
  readonly icon: IconName;
  readonly onClick: (event: MouseEvent) => void;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly disabled?: boolean;
  readonly tabIndex?: number;
  readonly class?: string;
  /** The name of its column in a list: arrow keys stay in it. */
  readonly column?: string;
}

export function IconButton(props: IconButtonProps) {
  const { label, icon, pressed } = props;
  return (
    <button
      type="button"
      class={`icon-button ${props.class ?? ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={props.expanded}
      disabled={props.disabled ?? false}
      tabIndex={props.tabIndex ?? 0}
      data-column={props.column}
      onClick={props.onClick}
    >
      <Icon name={icon} filled={pressed === true} />
    </button>
  );
}

/** A link that looks like a button. `href` is made by our own code, never by text from elsewhere. */
export function LinkButton(props: {
  href: string;
  kind?: ButtonKind;
  icon?: IconName;
  /** Of more words than are shown; it begins with them. */
  label?: string;
  children?: ComponentChildren;
}) {
  return (
    <a class={`button ${props.kind ?? 'plain'}`} href={props.href} aria-label={props.label}>
      {props.icon && <Icon name={props.icon} />}
      <span class="button-text">{props.children}</span>
    </a>
  );
}
