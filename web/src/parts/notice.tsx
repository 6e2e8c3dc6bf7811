// A word to the reader inside the page: to know, to mind, wrong, or done.
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

type NoticeKind = 'info' | 'warning' | 'error' | 'success';

const ICONS: Readonly<Record<NoticeKind, IconName>> = {
  info: 'info',
  warning: 'warning',
  error: 'error',
  success: 'check',
};

interface NoticeProps {
  readonly kind: NoticeKind;
  readonly action?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function Notice({ kind, action, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : undefined}>
      <Icon name={ICONS[kind]} />
      <div class="notice-text">{children}</div>
      {action}
    </div>
  );
}
