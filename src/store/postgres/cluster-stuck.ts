// Finds daemons whose connections stand although they do not ask any more: their processes are stopped or stuck, and what only they may do
// is not done. Pure but for what it remembers.
import type { Member } from './cluster-rules.ts';

/** Looks in a row that must show it: after the database itself stood still, all were silent. */
const LOOKS = 3;

export class StuckDaemons {
  /** Looks in a row, by serial. */
  readonly #looks = new Map<number, number>();
  readonly #silentMs: number;

  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  /** The serials of those that are stuck for sure; each is named again only after as many looks. */
  look(members: readonly Member[]): readonly number[] {
    const silent = members.filter(({ isMine, silentMs }) => !isMine && silentMs > this.#silentMs);
    const serials = silent.map(({ serial }) => serial);
    for (const serial of [...this.#looks.keys()]) if (!serials.includes(serial)) this.#looks.delete(serial);
    for (const serial of serials) this.#looks.set(serial, (this.#looks.get(serial) ?? 0) + 1);
    const sure = serials.filter((serial) => (this.#looks.get(serial) ?? 0) >= LOOKS);
    for (const serial of sure) this.#looks.delete(serial);
    return sure;
  }

  forget(): void {
    this.#looks.clear();
  }
}
