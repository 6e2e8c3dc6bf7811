// Why an import, an export or an undo was refused, in the user's words where they are known.

import type { Texts } from '../texts/en.ts';
import { failureText } from '../texts/failure-text.ts';

export function importFailureText(texts: Texts, thrown: unknown): string {
  const { failures } = texts.transfer;
  const { code, reason, message } = thrown as { code?: number; reason?: string; message?: string };
  if (reason === 'disconnected') return failures.disconnected;
  if (code === 403) return failures.forbidden;
  if (code === 404) return failures.notFound;
  if (code === 413) return failures.tooLarge;
  if (code === 429) return failures.busy;
  if (code === -32602 && message) return failures.file(message);
  return failureText(texts, thrown);
}

export function undoFailureText(texts: Texts, thrown: unknown): string {
  const { failures } = texts.transfer;
  const { code } = thrown as { code?: number };
  if (code === 409) return failures.undoConflict;
  if (code === 404) return failures.undoGone;
  return importFailureText(texts, thrown);
}
