// A guard as it is asked of the database: what its revision here means there.
import type { Guard } from '../../service/store.ts';
import { ABSENT, NEVER, type SentGuard } from './call.ts';
import type { Ledger } from './ledger.ts';
import { stored } from './wire.ts';

export function sentGuard(ledger: Ledger, { table, id, rev }: Guard): SentGuard {
  const row = { table, id: stored(id) };
  if (rev === null) return { ...row, rev: ABSENT };
  const meant = ledger.meantBy(table, id, rev);
  if ('text' in meant) return { ...row, rev: NEVER, text: meant.text };
  return { ...row, rev: Number.isNaN(meant.g) ? NEVER : meant.g };
}
