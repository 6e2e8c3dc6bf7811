// One call of the function that writes: notes and commits of this daemon, as the migrations define it.
import { isLarge, SCOPE_OF } from '../../service/store.ts';
import type { StoredWrite } from '../held/contents.ts';
import type { Sql } from './connect.ts';
import { contactIndex } from './search-payload.ts';
import { joined, numbers, restored, stored } from './wire.ts';

export interface SentRow {
  readonly table: string;
  readonly id: string;
  readonly scope: string;
  /** JSON; null: a removal. */
  readonly text: string | null;
  /** What belongs to a row of this table besides. */
  readonly more: string;
}

/** `rev`: ABSENT, NEVER, or a revision of the database. */
export interface SentGuard {
  readonly table: string;
  readonly id: string;
  readonly rev: number;
  /** JSON: the row has this value, whatever its revision is. */
  readonly text?: string;
}

/** There is no such row. */
export const ABSENT = -1;
export const WAITS = -1;
/** The guard does not hold in any case. */
export const NEVER = -2;

export interface Part {
  readonly rows: readonly SentRow[];
  /** Null: of a note, which waits for nothing. */
  readonly guards: readonly SentGuard[] | null;
}

export interface Writer {
  readonly daemon: string;
  /** Rises with each connection. */
  readonly generation: number;
}

export interface Answer {
  /** The newest revision before. */
  readonly before: number;
  /** Of each part its revision; null: a guard did not hold; WAITS: nothing was done of it, since a batch is taking effect. */
  readonly revs: readonly (number | null)[];
  /** Of each row of a large table, in the parts that took effect, the scope it was in before. */
  readonly was: readonly (string | null)[];
}

const CALL = `select rollcall.commit_1(
  $1::text, $2::int, $3::bigint, $4::boolean, $5::int[], $6::int[], $7::text, $8::text, $9::text, $10::text, $11::text,
  $12::text, $13::text, $14::bigint[], $15::text
) as answer`;

/** Throws TypeError when the value is no JSON. */
export function sentRow({ table, id, value }: StoredWrite): SentRow {
  const text = value === null ? null : JSON.stringify(value);
  const scope = value === null || !isLarge(table) ? '' : stored(SCOPE_OF[table](value));
  return { table, id: stored(id), scope, text, more: value === null ? '' : moreOf(table, value) };
}

function moreOf(table: string, value: object): string {
  if (table === 'contacts') return contactIndex(value);
  return table === 'favorites' ? stored(String((value as { target?: unknown }).target)) : '';
}

/** `keepsAnswer`: it can be asked for when it is lost on its way. Rejects as the library does. */
export async function call(
  sql: Sql,
  { daemon, generation }: Writer,
  number: number,
  parts: readonly Part[],
  keepsAnswer: boolean,
): Promise<Answer> {
  const rows = parts.flatMap((part) => part.rows);
  const guards = parts.flatMap((part) => part.guards ?? []);
  const args = [
    ...[daemon, generation, number, keepsAnswer],
    numbers(parts.map((part) => part.rows.length)),
    numbers(parts.map((part) => part.guards?.length ?? -1)),
    joined(rows.map(({ table }) => table)),
    joined(rows.map(({ id }) => id)),
    joined(rows.map(({ scope }) => scope)),
    joined(rows.map(({ text }) => text ?? '')),
    joined(rows.map(({ more }) => more)),
    joined(guards.map(({ table }) => table)),
    joined(guards.map(({ id }) => id)),
    numbers(guards.map(({ rev }) => rev)),
    joined(guards.map(({ text }) => text ?? '')),
  ];
  const [row] = await sql.unsafe<{ answer: string }[]>(CALL, args, { prepare: true });
  return answerOf(JSON.parse((row as { answer: string }).answer) as Answer);
}

/** The answer as the database keeps it. */
export function answerOf({ before, revs, was }: Answer): Answer {
  return { before, revs, was: was.map((scope) => (scope === null ? null : restored(scope))) };
}
