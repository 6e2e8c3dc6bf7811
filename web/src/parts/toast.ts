// Short words about what has just happened, kept until they are read; `<Toasts/>` shows them, `announce` only speaks.

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'info' | 'error';
  readonly action?: { readonly text: string; readonly run: () => void };
}

interface ToastOptions {
  readonly action?: Toast['action'];
  readonly kind?: Toast['kind'];
}

const MOST = 4;
const SHOWN_MS = 6_000;
const SHOWN_WITH_ACTION_MS = 12_000;

let shown: readonly Toast[] = [];
let spoken = '';
let next = 1;
const listeners = new Set<() => void>();

export function toast(text: string, { action, kind = 'info' }: ToastOptions = {}): void {
  const id = next++;
  const item: Toast = action ? { id, text, kind, action } : { id, text, kind };
  change([...shown.filter((other) => other.text !== text), item].slice(-MOST));
  setTimeout(() => dismiss(id), action || kind === 'error' ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
}

export function dismiss(id: number): void {
  if (shown.some((item) => item.id === id)) change(shown.filter((item) => item.id !== id));
}

export function toasts(): readonly Toast[] {
  return shown;
}

/** For screen readers alone, such as how many were found. */
export function announce(text: string): void {
  spoken = text;
  tell();
}

export function announced(): string {
  return spoken;
}

/** Returns the function that stops it. */
export function subscribeToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(items: readonly Toast[]): void {
  shown = items;
  tell();
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}
