// Forgets removals that are too many, the oldest first and where most are remembered, as the store in files does. Whoever holds a cursor from
// before is answered from the beginning. Any daemon does it, and it does no harm when several do.
import type { Clock } from '../../service/clock.ts';
import type { Sql } from './connect.ts';

export interface ForgettingParts {
  readonly clock: Clock;
  readonly ask: <T>(question: (sql: Sql) => Promise<T>) => Promise<T>;
}

interface Scope {
  readonly tbl: string;
  readonly scope: string;
  readonly count: number;
}

/** Removals remembered per table. */
const KEPT = 100_000;
const EVERY_MS = 10 * 60_000;
/** So many at a time, for others wait meanwhile. */
const AT_ONCE = 1000;

export class Forgetting {
  readonly #parts: ForgettingParts;
  #stop: (() => void) | undefined;
  #isOver = false;

  constructor(parts: ForgettingParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { clock, ask } = this.#parts;
    if (this.#isOver) return;
    this.#stop = clock.after(EVERY_MS, () => {
      // What failed now is done the next time.
      void ask((sql) => forgetRemovals(sql, KEPT))
        .catch(() => undefined)
        .then(() => this.begin());
    });
  }

  end(): void {
    this.#isOver = true;
    this.#stop?.();
  }
}

/** Forgets a tenth more than is needed, so that it is seldom. Rejects as the library does. */
export async function forgetRemovals(sql: Sql, kept: number): Promise<void> {
  const lines = await sql<{ tbl: string; scope: string; count: string }[]>`
    select tbl, scope, count(*) from rollcall.removals group by tbl, scope`;
  const scopes = lines.map((line): Scope => ({ ...line, count: Number(line.count) }));
  for (const table of new Set(scopes.map(({ tbl }) => tbl))) {
    const own = scopes.filter(({ tbl }) => tbl === table);
    for (const [scope, count] of tooMany(own, kept)) await forget(sql, scope, count);
  }
}

/** How many are to go from which scopes of a table. */
function tooMany(scopes: readonly Scope[], kept: number): Map<Scope, number> {
  const left = new Map(scopes.map((scope) => [scope, scope.count]));
  let excess = scopes.reduce((sum, { count }) => sum + count, 0);
  if (excess <= kept) return new Map();
  excess -= kept - Math.floor(kept / 10);
  while (excess > 0) {
    const [scope, count] = [...left].reduce((a, b) => (b[1] > a[1] ? b : a));
    const most = Math.min(excess, Math.ceil(count / 2));
    left.set(scope, count - most);
    excess -= most;
  }
  return new Map(
    [...left].map(([scope, count]) => [scope, scope.count - count] as const).filter(([, gone]) => gone > 0),
  );
}

async function forget(sql: Sql, { tbl, scope }: Scope, count: number): Promise<void> {
  const [last] = await sql<{ rev: string }[]>`
    select rev from rollcall.removals where tbl = ${tbl} and scope = ${scope} order by rev offset ${count - 1} limit 1`;
  for (let gone = AT_ONCE; last && gone === AT_ONCE; ) {
    const [done] = await sql<
      { gone: string }[]
    >`select rollcall.forget_1(${tbl}, ${scope}, ${last.rev}, ${AT_ONCE}) as gone`;
    gone = Number(done?.gone);
  }
}
