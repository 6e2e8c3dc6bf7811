// The frame of a page: its heading, what can be done on it, and nothing to show when there is nothing. A page that comes takes
// the focus to its heading and gives the window its title.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTexts } from '../texts/texts.ts';
import { titlePage } from './window-title.ts';

interface PageProps {
  readonly title: string;
  readonly actions?: ComponentChildren;
  /** The page's own list scrolls, the page does not. */
  readonly filled?: boolean;
  readonly children?: ComponentChildren;
}

let first = true;

export function Page({ title, actions, filled = false, children }: PageProps) {
  const { common } = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    titlePage(`${title} · ${common.product}`);
  }, [title, common]);
  useEffect(() => {
    if (!first) heading.current?.focus();
    first = false;
  }, [title]);
  return (
    <div class={`page ${filled ? 'filled' : ''}`}>
      <header class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export function Empty({
  title,
  text,
  action,
}: {
  title: string;
  text?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {text && <div class="empty-text">{text}</div>}
      {action}
    </div>
  );
}
