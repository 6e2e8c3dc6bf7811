// Light or dark: as the device has it, unless one of them is chosen.

export type Appearance = 'system' | 'light' | 'dark';

const KEY = 'rollcall.appearance';

export function keptAppearance(): Appearance {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function chooseAppearance(appearance: Appearance): void {
  localStorage.setItem(KEY, appearance);
  showAppearance(appearance);
}

/** The styles look at `data-theme`; without one they follow the device. */
export function showAppearance(appearance: Appearance): void {
  if (appearance === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = appearance;
}
