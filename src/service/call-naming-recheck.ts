// Looks up again who the numbers in one history are, and rewrites the rows of which that has changed. Knows no reason for it.

import type { Due } from './call-naming-due.ts';
import { sourcesOf } from './call-naming-index.ts';
import { partyOf, sameParty } from './call-naming-party.ts';
import type { CallRow, KnownParty } from './call-row.ts';
import type { Breath } from './import-breath.ts';
import type { Lookup } from './lookup.ts';
import { slicesOf } from './scope-rows.ts';
import { type Row, Stale, type Store, type Write } from './store.ts';

const SLICE = 200;

interface Recheck {
  readonly store: Store;
  readonly lookup: Pick<Lookup, 'find' | 'forms'>;
  readonly owner: string;
  readonly due: Due;
  readonly breath: Breath;
  /** Somebody else wrote one of these rows: they are as due as before. */
  readonly late: (ids: readonly string[]) => void;
}

/** Rejects when the store does. */
export async function recheck(asked: Recheck): Promise<void> {
  const { store, owner, due } = asked;
  const known = new Map<string, KnownParty | undefined>();
  if (!due.isAll && due.forms.size === 0) {
    const found = await store.find('calls', [...due.rows]);
    const own = [...found.values()].filter(({ value }) => (value as CallRow).owner === owner);
    return renew(asked, own, known);
  }
  // What is written from now on is rewritten by this, or told of.
  for await (const rows of slicesOf(store, { table: 'calls', scope: owner, limit: SLICE }))
    await renew(asked, rows, known);
}

async function renew(asked: Recheck, rows: readonly Row[], known: Map<string, KnownParty | undefined>): Promise<void> {
  let renewed: { row: Row; write: Write }[] = [];
  for (const row of rows) {
    const wanted = wantedIn(asked, row);
    const write = wanted ? await renewal(asked, row, wanted.isToldAgain, known) : undefined;
    if (write) renewed.push({ row, write });
    if (renewed.length >= SLICE) {
      await commit(asked, renewed);
      renewed = [];
    }
    if (asked.breath.isDue) await asked.breath.pause();
  }
  await commit(asked, renewed);
}

/** Undefined: the row was not asked for. */
function wantedIn({ lookup, due }: Recheck, { id, value }: Row): { readonly isToldAgain: boolean } | undefined {
  const { number, known } = value as CallRow;
  const form = due.forms.size === 0 ? undefined : lookup.forms.of(number);
  if (!due.isAll && !(form !== undefined && due.forms.has(form)) && !due.rows.has(id)) return undefined;
  return { isToldAgain: known !== undefined && (due.isForced || isNamedByOne(known, due.sources)) };
}

/** Who is named by another must not learn from his row that somebody's contact with the same number is gone. */
function isNamedByOne(known: KnownParty, sources: ReadonlySet<string>): boolean {
  return sourcesOf(known).some((source) => sources.has(source));
}

/** Undefined: the row is right as it is. */
async function renewal(
  { lookup, owner }: Recheck,
  { id, value }: Row,
  isToldAgain: boolean,
  known: Map<string, KnownParty | undefined>,
): Promise<Write | undefined> {
  const { known: before, ...row } = value as CallRow;
  const key = `${row.outside === true} ${row.number}`;
  if (!known.has(key)) known.set(key, await partyOf(lookup, owner, row));
  const now = known.get(key);
  if (sameParty(before, now) && !isToldAgain) return undefined;
  const next: CallRow = now ? { ...row, known: now } : row;
  // The name of a contact that may be gone for good.
  const isErased = before?.contact !== undefined && before.contact !== now?.contact;
  return { table: 'calls', id, value: next, ...(isErased ? { erase: true } : {}) };
}

async function commit(
  { store, late }: Recheck,
  renewed: readonly { readonly row: Row; readonly write: Write }[],
): Promise<void> {
  try {
    await store.commit(
      renewed.map(({ write }) => write),
      renewed.map(({ row: { id, rev } }) => ({ table: 'calls', id, rev })),
    );
  } catch (error) {
    if (!(error instanceof Stale)) throw error;
    late(renewed.map(({ row }) => row.id));
  }
}
