// The picture of somebody: the first letters of the name. A colleague is round, a personal contact round with a person at its
// edge, a company contact square with a building, so that the kind is seen without colour.

import { Icon } from './icon.tsx';
import { initials } from './initials.ts';

export type AvatarKind = 'personal' | 'company' | 'extension';

export function Avatar({ name, kind }: { name: string; kind: AvatarKind }) {
  return (
    <span class={`avatar ${kind}`} aria-hidden="true">
      <span class="avatar-letters">{initials(name)}</span>
      {kind !== 'extension' && (
        <span class="avatar-kind">
          <Icon name={kind === 'company' ? 'building' : 'person'} />
        </span>
      )}
    </span>
  );
}
