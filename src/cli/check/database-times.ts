// How long the database takes, and how far its clock is from ours.
import type postgres from 'postgres';
import { ANSWERED_IS_KEPT } from '../../store/postgres/connect.ts';

export interface DatabaseTimes {
  readonly roundTripMs: number;
  /** Until a change is on its disk; undefined where that cannot be tried. */
  readonly commitMs: number | undefined;
  /** Above 0: the database is ahead. */
  readonly clockMs: number;
}

const ROUNDS = 5;

export async function readTimes(sql: postgres.Sql, isReadOnly: boolean): Promise<DatabaseTimes> {
  const clocks: { readonly millis: number; readonly apart: number }[] = [];
  const commits: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const begun = Date.now();
    const { millis, rows } = await timed(sql`select extract(epoch from clock_timestamp())::float8 * 1000 as now`);
    clocks.push({ millis, apart: Number(rows[0]?.['now']) - (begun + millis / 2) });
  }
  await sql.unsafe(ANSWERED_IS_KEPT); // as daemons write
  for (let i = 0; i < ROUNDS && !isReadOnly; i++) {
    // Written as a change is, and passed over by everybody.
    const commit = await timed(sql`select pg_logical_emit_message(true, 'rollcall', '')`).catch(() => undefined);
    if (commit === undefined) break; // some hosts of databases forbid it
    commits.push(commit.millis);
  }
  const [fastest] = clocks.sort((a, b) => a.millis - b.millis);
  const middle = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return {
    roundTripMs: middle(clocks.map(({ millis }) => millis)) ?? Number.NaN,
    commitMs: middle(commits),
    clockMs: fastest?.apart ?? 0,
  };
}

async function timed(
  query: PromiseLike<readonly Readonly<Record<string, unknown>>[]>,
): Promise<{ millis: number; rows: readonly Readonly<Record<string, unknown>>[] }> {
  const begun = performance.now();
  const rows = await query;
  return { millis: performance.now() - begun, rows };
}
