// What one presses to call a number. It is a `tel:` link, and a plain press on it rings the user's phone where calls are made so.
import type { ComponentChildren } from 'preact';
import { telLink } from '../parts/links.ts';
import { useCalling } from './use-calling.ts';

interface CallControlProps {
  readonly number: string;
  /** Who is called, for what is told of the call. */
  readonly name: string;
  /** For screen readers; it holds the words that are shown, if there are any. */
  readonly label?: string;
  /** Shown as a hint. */
  readonly title?: string;
  readonly class?: string;
  /** The name of its column in a list. */
  readonly column?: string;
  readonly tabIndex?: number;
  readonly children: ComponentChildren;
}

/** Without anything to dial in the number only what is inside is shown. */
export function CallControl({ number, name, label, column, children, ...rest }: CallControlProps) {
  const { way, call } = useCalling();
  const href = telLink(number);
  if (href === undefined) return <span class={rest.class}>{children}</span>;
  const onClick = (event: MouseEvent) => {
    if (way === 'device' || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    call(number, name);
  };
  return (
    <a {...rest} href={href} aria-label={label} data-column={column} onClick={onClick}>
      {children}
    </a>
  );
}
