// What is known of somebody, line by line: a label and a value; numbers and addresses can be used and copied.
import type { ComponentChildren } from 'preact';
import { useTexts } from '../texts/texts.ts';
import { IconButton } from './button.tsx';
import { toast } from './toast.ts';

export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface ReachProps {
  readonly label: string;
  readonly value: string;
  /** Undefined: it is only shown. */
  readonly href?: string | undefined;
  /** What is copied, in words. */
  readonly what: string;
  /** Before the button that copies. */
  readonly besides?: ComponentChildren;
  /** In place of a link. */
  readonly children?: ComponentChildren;
}

export function Reach({ label, value, href, what, besides, children }: ReachProps) {
  const { common } = useTexts();
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    toast(common.copied(what));
  };
  const shown = <bdi>{value}</bdi>;
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd class="reach">
        <span>{children ?? (href ? <a href={href}>{shown}</a> : shown)}</span>
        <span class="reach-ways">
          {besides}
          {/* Browsers have it on safe pages only. */}
          {navigator.clipboard && <IconButton label={common.copy(value)} icon="copy" onClick={() => void copy()} />}
        </span>
      </dd>
    </div>
  );
}
